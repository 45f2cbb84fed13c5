package dhara.transforms.decide;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * A shop sells while its limit is not reached, and to each buyer at most twice.
 *
 * @param limit the most that it sells
 */
record ShopLimit(long limit, Duration keep) implements Decider<ShopLimit.Wish, ShopLimit.Sold> {

  private static final long MOST = 2;

  /**
   * A wish to buy.
   *
   * @param revision of the wish; the highest counts
   */
  record Wish(String id, Instant at, String shop, String buyer, long price, int revision)
      implements Event {}

  /** Whether it was sold, and what was sold before. */
  record Sold(boolean sold, long before, long bought) {}

  /** What an answer is about. */
  record About(String wish) {}

  @Override
  public Sold decide(Wish wish, Used used) {
    long before = used.of("till", "sold");
    long bought = used.of("buyer", wish.buyer);
    return new Sold(before + wish.price <= limit && bought < MOST, before, bought);
  }

  @Override
  public void use(Wish wish, Sold decision, Uses uses) {
    if (decision.sold) {
      uses.add("till", "sold", wish.price);
      uses.add("buyer", wish.buyer, 1);
    }
  }

  /** The decisions in a stream or a backfill of wishes. */
  PTransform<PCollection<Wish>, PCollection<Answer<About, Sold>>> over(
      Duration lateness, boolean provisional) {
    ShopLimit shop = this;
    return new PTransform<>() {
      private static final long serialVersionUID = 1L;

      @Override
      public PCollection<Answer<About, Sold>> expand(PCollection<Wish> wishes) {
        return wishes
            .apply(
                "Wish",
                MapElements.into(new TypeDescriptor<Answer<About, Wish>>() {})
                    .via(ShopLimit::answer))
            .setCoder(AnswerCoder.of(RecordCoder.of(About.class), wishes.getCoder()))
            .apply(
                "Sell",
                DecideInOrder.perKey(Wish::shop)
                    .<About, Sold>by(shop, Sold.class)
                    .withLateness(lateness)
                    .provisionally(provisional));
      }
    };
  }

  static Answer<About, Wish> answer(Wish wish) {
    return Answer.at(new About(wish.id), wish.at, wish).withRevision(wish.revision);
  }

  /** A decision about a wish, which is or is not the first answer. */
  static Answer<About, Sold> answer(Wish wish, int revision, boolean first, Sold sold) {
    Answer<About, Sold> answer =
        new Answer<>(
            new About(wish.id),
            Instant.ofEpochMilli(wish.at.toEpochMilli()),
            Instant.ofEpochMilli(wish.at.toEpochMilli() + 1),
            revision,
            false,
            sold);
    return first ? answer.asFirst() : answer;
  }

  /** What was used, once. */
  private record Entry(String account, String item, long amount, Instant at) {}

  /** The decisions by searching all that was used before, for each wish. */
  Map<About, Sold> naive(List<Wish> wishes) {
    Map<String, Wish> counting = new TreeMap<>();
    for (Wish wish : wishes) {
      counting.merge(wish.id, wish, (one, other) -> one.revision > other.revision ? one : other);
    }
    List<Wish> inOrder = new ArrayList<>(counting.values());
    inOrder.sort(Fold.ORDER);
    Map<About, Sold> sold = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (Wish wish : inOrder) {
      String of = wish.shop + "/";
      Sold decision = decide(wish, (account, item) -> sum(entries, of + account, item, wish.at));
      use(
          wish,
          decision,
          (account, item, amount) -> entries.add(new Entry(of + account, item, amount, wish.at)));
      sold.put(new About(wish.id), decision);
    }
    return sold;
  }

  private long sum(List<Entry> entries, String account, String item, Instant at) {
    long sum = 0;
    Instant last = Instant.MIN;
    for (Entry entry : entries) {
      if (entry.account.equals(account)) {
        sum = last.isBefore(entry.at.minus(keep)) ? 0 : sum;
        sum += entry.item.equals(item) ? entry.amount : 0;
        last = entry.at;
      }
    }
    return last.isBefore(at.minus(keep)) ? 0 : sum;
  }
}
