package dhara.pipelines.commerce;

import dhara.pipelines.Upcoming;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * The made-up day of a shop: orders of one to five lines, with a few products far ahead of the
 * others, and one order in thirty cancelled some time later.
 */
final class OrderLines {

  private static final Instant OPENING = Instant.parse("2026-01-05T09:00:00Z");
  private static final String[] CATEGORIES = {"books", "games", "garden", "kitchen", "shoes"};
  private static final String[][] PLACES = {
    {"India", "Mumbai"},
    {"India", "Pune"},
    {"India", "Delhi"},
    {"Nepal", "Kathmandu"},
    {"Sri Lanka", "Colombo"},
    {"Bhutan", "Thimphu"}
  };
  private static final int PRODUCTS = 60;

  private OrderLines() {}

  /** The first {@code count} lines of a seed's day, in the order of their time. */
  static Stream<OrderLine> generate(long seed, long count) {
    return Stream.generate(new Day(seed)::next).limit(count);
  }

  /** Makes orders in time order, with the cancellations of earlier ones between them. */
  private static final class Day {

    private final SplittableRandom random;
    private final Upcoming<OrderLine> upcoming = Upcoming.events();
    private long millis;
    private int orders;

    Day(long seed) {
      random = new SplittableRandom(seed);
    }

    OrderLine next() {
      // Lines that are due before the next order starts can be output now.
      while (!upcoming.anyBefore(OPENING.plusMillis(millis))) {
        order();
      }
      return upcoming.next();
    }

    private void order() {
      millis += 200L + random.nextInt(2800);
      String id = "O%07d".formatted(++orders);
      String[] place = PLACES[random.nextInt(PLACES.length)];
      String customer = random.nextInt(8) == 0 ? null : "C%05d".formatted(random.nextInt(2000));
      boolean cancelled = random.nextInt(30) == 0;
      long later = 30_000L + random.nextInt(600_000);
      int size = 1 + random.nextInt(5);
      for (int line = 1; line <= size; line++) {
        // The least of three draws, so the first products are bought many times as often.
        int product =
            Math.min(
                random.nextInt(PRODUCTS),
                Math.min(random.nextInt(PRODUCTS), random.nextInt(PRODUCTS)));
        OrderLine bought =
            new OrderLine(
                id + "-" + line,
                OPENING.plusMillis(millis + line),
                id,
                "P%03d".formatted(product),
                product % 13 == 12 ? null : CATEGORIES[product % CATEGORIES.length],
                place[0],
                place[1],
                customer,
                1 + random.nextInt(4),
                199 + 150L * product + random.nextInt(100));
        upcoming.add(bought);
        if (cancelled) {
          upcoming.add(cancellation(bought, later));
        }
      }
    }

    private static OrderLine cancellation(OrderLine bought, long later) {
      return new OrderLine(
          "X" + bought.id(),
          bought.at().plusMillis(later),
          "X" + bought.order(),
          bought.product(),
          bought.category(),
          bought.country(),
          bought.city(),
          bought.customer(),
          -bought.quantity(),
          bought.unitMinor());
    }
  }
}
