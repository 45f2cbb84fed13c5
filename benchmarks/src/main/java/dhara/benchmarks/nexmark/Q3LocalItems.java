package dhara.benchmarks.nexmark;

import dhara.transforms.aggregate.KeyBy;
import java.time.Duration;
import java.util.Set;
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
 * Query 3: what people of Oregon, Idaho and California sell in category 10: an incremental join.
 *
 * <pre>
 *           ┌─▶ people of these states ─┐
 *   chunks ─┤                           ├─ by person ─▶ join ─▶ items
 *           └─▶ auctions of category 10 ┘
 * </pre>
 *
 * <p>The published query has no bound in time, and so a state that grows for ever. Here a person
 * and an auction meet if they are at most ten minutes apart.
 */
final class Q3LocalItems
    extends PTransform<PCollection<Chunk>, PCollection<Q3LocalItems.LocalItem>> {

  private static final long serialVersionUID = 1L;

  /** How far apart a person and an auction may be. */
  static final Duration REACH = Duration.ofMinutes(10);

  private static final Set<String> STATES = Set.of("OR", "ID", "CA");

  /** Somebody's auction. */
  public record LocalItem(String name, String city, String state, long auction) {}

  /** One side of the join: a person as seller, or an auction as item. */
  public record Side(long person, @Nullable Seller seller, @Nullable Item item) {}

  /** A person who may sell. */
  public record Seller(String name, String city, String state, long atMillis) {}

  /** An auction that waits for its seller. */
  public record Item(long auction, long atMillis) {}

  private record PersonId(long person) {}

  @Override
  public PCollection<LocalItem> expand(PCollection<Chunk> chunks) {
    return chunks
        .apply("Sides", Unroll.to(Side.class, Q3LocalItems::side))
        .apply("ByPerson", KeyBy.record(PersonId.class, side -> new PersonId(side.person())))
        .apply("Join", ParDo.of(new JoinFn()));
  }

  static @Nullable Side side(Event event) {
    Person person = event.person();
    if (person != null && STATES.contains(person.state())) {
      return new Side(
          person.id(),
          new Seller(person.name(), person.city(), person.state(), person.atMillis()),
          null);
    }
    Auction auction = event.auction();
    if (auction != null && auction.category() == 10) {
      return new Side(auction.seller(), null, new Item(auction.id(), auction.atMillis()));
    }
    return null;
  }

  static boolean meet(Seller seller, Item item) {
    return Math.abs(seller.atMillis() - item.atMillis()) <= REACH.toMillis();
  }

  static LocalItem join(Seller seller, Item item) {
    return new LocalItem(seller.name(), seller.city(), seller.state(), item.auction());
  }

  /** Keeps the person, or the auctions that wait for one, as long as there is something to meet. */
  private static final class JoinFn extends DoFn<KV<PersonId, Side>, LocalItem> {

    private static final long serialVersionUID = 1L;

    private static final String SELLER = "seller";
    private static final String WAITING = "waiting";
    private static final String LATEST = "latest";
    private static final String FORGET = "forget";

    @StateId(SELLER)
    private final StateSpec<ValueState<Seller>> sellerSpec = StateSpecs.value();

    @StateId(WAITING)
    private final StateSpec<BagState<Item>> waitingSpec = StateSpecs.bag();

    @StateId(LATEST)
    private final StateSpec<ValueState<Long>> latestSpec = StateSpecs.value();

    @TimerId(FORGET)
    private final TimerSpec forgetSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<PersonId, Side> element,
        @StateId(SELLER) ValueState<Seller> sellers,
        @StateId(WAITING) BagState<Item> waiting,
        @StateId(LATEST) ValueState<Long> latest,
        @TimerId(FORGET) Timer forget,
        OutputReceiver<LocalItem> out) {
      Seller seller = element.getValue().seller();
      Item item = element.getValue().item();
      if (seller != null) {
        sellers.write(seller);
        for (Item early : waiting.read()) {
          if (meet(seller, early)) {
            out.output(join(seller, early));
          }
        }
        waiting.clear();
        remember(seller.atMillis(), latest, forget);
      } else if (item != null) {
        Seller known = sellers.read();
        if (known == null) {
          waiting.add(item);
          remember(item.atMillis(), latest, forget);
        } else if (meet(known, item)) {
          out.output(join(known, item));
        }
      }
    }

    /** Until nothing that is still to come can meet what is here. */
    private static void remember(long atMillis, ValueState<Long> latest, Timer forget) {
      Long before = latest.read();
      long newLatest = before == null ? atMillis : Math.max(before, atMillis);
      latest.write(newLatest);
      forget.withNoOutputTimestamp().set(Instant.ofEpochMilli(newLatest + REACH.toMillis() + 1));
    }

    @OnTimer(FORGET)
    public void forget(
        @StateId(SELLER) ValueState<Seller> sellers,
        @StateId(WAITING) BagState<Item> waiting,
        @StateId(LATEST) ValueState<Long> latest) {
      sellers.clear();
      waiting.clear();
      latest.clear();
    }
  }
}
