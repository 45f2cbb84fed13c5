package dhara.parity.visits;

import dhara.parity.visits.Visits.Click;
import dhara.parity.visits.Visits.Impression;
import dhara.parity.visits.Visits.Price;
import dhara.pipelines.Scenario.Given;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Made-up users who come and go: each click belongs to an impression shortly before it, prices
 * change over time, and some users click everything that they are shown.
 */
final class MadeUpVisits {

  /** Ten minutes before midnight in Kolkata. */
  private static final Instant START = Instant.parse("2026-01-05T18:20:00Z");

  private static final int USERS = 12;
  private static final int ADS = 6;

  private final SplittableRandom random;
  private final PriorityQueue<Given<?>> ahead =
      new PriorityQueue<>(
          Comparator.comparing((Given<?> given) -> given.event().at())
              .thenComparing(given -> given.event().id()));
  private long millis;
  private long made;

  private MadeUpVisits(long seed) {
    this.random = new SplittableRandom(seed);
    for (int ad = 0; ad < ADS / 2; ad++) {
      price(ad); // the others have none at first
    }
  }

  /** The first events of a seed, in the order of their time. */
  static Stream<Given<?>> events(long seed, long count) {
    return Stream.<Given<?>>generate(new MadeUpVisits(seed)::next).limit(count);
  }

  private Given<?> next() {
    // Events that are due before the next impression can be output now.
    while (ahead.isEmpty() || !ahead.peek().event().at().isBefore(START.plusMillis(millis))) {
      show();
    }
    return ahead.remove();
  }

  private void show() {
    millis += 300L + random.nextInt(2_000);
    int user = random.nextInt(USERS);
    String ad = "ad-" + random.nextInt(ADS);
    Impression shown = new Impression(id("I"), at(0), "user-" + user, ad);
    ahead.add(Visits.IMPRESSIONS.given(shown));
    boolean eager = user < 2;
    if (eager || random.nextInt(4) == 0) {
      Click click =
          new Click(id("C"), at(random.nextInt(6_000)), shown.user(), shown.ad(), shown.id());
      ahead.add(Visits.CLICKS.given(click).planted(eager ? "eager" : "click"));
    }
    if (random.nextInt(12) == 0) {
      price(random.nextInt(ADS));
    }
  }

  private void price(int ad) {
    boolean withdrawn = random.nextInt(8) == 0;
    ahead.add(
        Visits.PRICES.given(
            new Price(id("P"), at(0), "ad-" + ad, 10L + random.nextInt(90), withdrawn)));
  }

  private Instant at(long later) {
    return START.plusMillis(millis + later);
  }

  private String id(String of) {
    return "%s%07d".formatted(of, ++made);
  }
}
