package dhara.benchmarks.nexmark;

import dhara.transforms.aggregate.KeyBy;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * The winning bids of the auctions: the highest bid at or above the reserve between an auction's
 * opening and its close; ties go to the earliest bid, then to the lowest bidder id.
 *
 * <p>Data: chunks → the {@link Win} of each closed auction that has one. Time: a win has the time
 * of the close. State: the auction's terms and its best offer until it closes; offers without an
 * auction until the auction cannot come any more. Late or bad data: the model has none.
 */
final class WinningBids extends PTransform<PCollection<Chunk>, PCollection<WinningBids.Win>> {

  private static final long serialVersionUID = 1L;

  /**
   * A bid that won.
   *
   * @param price in cents
   * @param closedMillis when the auction closed, epoch milliseconds
   */
  public record Win(long auction, long category, long bidder, long price, long closedMillis) {}

  /** What happens in an auction: it opens, or there is an offer. */
  public record Step(long auction, @Nullable Terms terms, @Nullable Offer offer) {}

  /** What an auction asks for; money in cents, times in epoch milliseconds. */
  public record Terms(long category, long reserve, long opensMillis, long closesMillis) {

    /** Whether an offer counts. */
    boolean admit(Offer offer) {
      return offer.price() >= reserve
          && offer.atMillis() >= opensMillis
          && offer.atMillis() < closesMillis;
    }
  }

  /** A bid, without what does not matter to who wins. */
  public record Offer(long bidder, long price, long atMillis) {

    /** Whether this one wins against another. */
    boolean beats(@Nullable Offer other) {
      if (other == null || price != other.price) {
        return other == null || price > other.price;
      }
      return atMillis != other.atMillis ? atMillis < other.atMillis : bidder < other.bidder;
    }
  }

  private record AuctionId(long auction) {}

  @Override
  public PCollection<Win> expand(PCollection<Chunk> chunks) {
    return chunks
        .apply("Steps", Unroll.to(Step.class, WinningBids::step))
        .apply("ByAuction", KeyBy.record(AuctionId.class, step -> new AuctionId(step.auction())))
        .apply("Win", ParDo.of(new WinFn()));
  }

  static @Nullable Step step(Event event) {
    Bid bid = event.bid();
    if (bid != null) {
      return new Step(bid.auction(), null, new Offer(bid.bidder(), bid.price(), bid.atMillis()));
    }
    Auction auction = event.auction();
    return auction == null
        ? null
        : new Step(
            auction.id(),
            new Terms(
                auction.category(), auction.reserve(), auction.atMillis(), auction.expiresMillis()),
            null);
  }

  static Win win(long auction, Terms terms, Offer best) {
    return new Win(auction, terms.category(), best.bidder(), best.price(), terms.closesMillis());
  }

  /** Keeps the best offer of each open auction, and gives it when the auction closes. */
  private static final class WinFn extends DoFn<KV<AuctionId, Step>, Win> {

    private static final long serialVersionUID = 1L;

    private static final String TERMS = "terms";
    private static final String BEST = "best";
    private static final String EARLY = "early";
    private static final String CLOSE = "close";
    private static final String FORGET = "forget";

    @StateId(TERMS)
    private final StateSpec<ValueState<Terms>> termsSpec = StateSpecs.value();

    @StateId(BEST)
    private final StateSpec<ValueState<Offer>> bestSpec = StateSpecs.value();

    @StateId(EARLY)
    private final StateSpec<BagState<Offer>> earlySpec = StateSpecs.bag();

    @TimerId(CLOSE)
    private final TimerSpec closeSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId(FORGET)
    private final TimerSpec forgetSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<AuctionId, Step> element,
        @StateId(TERMS) ValueState<Terms> termsState,
        @StateId(BEST) ValueState<Offer> bestState,
        @StateId(EARLY) BagState<Offer> early,
        @TimerId(CLOSE) Timer close,
        @TimerId(FORGET) Timer forget) {
      Terms opened = element.getValue().terms();
      Offer offer = element.getValue().offer();
      if (opened != null) {
        termsState.write(opened);
        close.set(Instant.ofEpochMilli(opened.closesMillis()));
        Offer best = null;
        for (Offer made : early.read()) {
          if (opened.admit(made) && made.beats(best)) {
            best = made;
          }
        }
        early.clear();
        if (best != null) {
          bestState.write(best);
        }
      } else if (offer != null) {
        Terms terms = termsState.read();
        if (terms == null) {
          if (early.isEmpty().read()) {
            forgetFrom(offer, forget);
          }
          early.add(offer);
        } else if (terms.admit(offer) && offer.beats(bestState.read())) {
          bestState.write(offer);
        }
      }
    }

    @OnTimer(CLOSE)
    public void close(
        @Key AuctionId auction,
        @StateId(TERMS) ValueState<Terms> termsState,
        @StateId(BEST) ValueState<Offer> bestState,
        OutputReceiver<Win> out) {
      Terms terms = termsState.read();
      Offer best = bestState.read();
      if (terms != null && best != null) {
        out.output(win(auction.auction(), terms, best));
      }
      termsState.clear();
      bestState.clear();
    }

    /** An auction opens before the offers that count: it cannot come after them. */
    private static void forgetFrom(Offer offer, Timer forget) {
      forget.withNoOutputTimestamp().set(Instant.ofEpochMilli(offer.atMillis() + 1));
    }

    @OnTimer(FORGET)
    public void forget(
        OnTimerContext context,
        @StateId(EARLY) BagState<Offer> early,
        @TimerId(FORGET) Timer forget) {
      List<Offer> later = new ArrayList<>();
      for (Offer offer : early.read()) {
        if (offer.atMillis() >= context.fireTimestamp().getMillis()) {
          later.add(offer);
        }
      }
      early.clear();
      later.forEach(early::add);
      if (!later.isEmpty()) {
        forgetFrom(later.get(0), forget);
      }
    }
  }
}
