package dhara.pipelines.commerce.inventory;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.Upcoming;
import dhara.pipelines.commerce.inventory.StockCommand.Kind;
import dhara.pipelines.commerce.inventory.StockCommand.Line;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Made-up warehouses: orders of a few lines, of which most leave, some are cancelled, and some are
 * forgotten. A few products are made for one incident each, so that it is known what must come of
 * it: two orders race for the last units, one line of an order is short, a reservation ends twice
 * or too late, stock runs low, recovers and runs low again.
 */
final class StockCommands {

  private static final Instant OPENING = Instant.parse("2026-01-05T09:00:00Z");
  private static final String[] WAREHOUSES = {"BLR", "DEL", "MUM"};
  private static final int PRODUCTS = 24;

  /** Common products never run low: this much comes first, and a part of it when as much left. */
  private static final long PLENTY = 10_000;

  private static final long RESTOCKED = 5_000;

  private final SplittableRandom random;
  private final Upcoming<Given<?>> upcoming = Upcoming.given();
  private final long[][] taken = new long[WAREHOUSES.length][PRODUCTS];
  private long millis;
  private long commands;
  private long orders;
  private int incidents;

  private StockCommands(long seed) {
    random = new SplittableRandom(seed);
    for (String warehouse : WAREHOUSES) {
      List<Line> lines = new ArrayList<>();
      for (int product = 0; product < PRODUCTS; product++) {
        lines.add(new Line(common(product), PLENTY));
      }
      add("", at(0), warehouse, Kind.RESTOCK, null, lines);
    }
  }

  /** The first {@code count} commands of a seed, in the order of their time. */
  static Stream<Given<?>> events(long seed, long count) {
    return Stream.<Given<?>>generate(new StockCommands(seed)::next).limit(count);
  }

  private Given<?> next() {
    // Commands that are due before the next ones can be output now.
    while (!upcoming.anyBefore(at(0))) {
      millis += 200L + random.nextInt(1_000);
      if (random.nextInt(25) == 0) {
        incident();
      } else if (random.nextInt(40) == 0) {
        long found = random.nextInt(2) == 0 ? 1 + random.nextInt(3) : -1 - random.nextInt(3);
        add("", at(0), warehouse(), Kind.ADJUST, null, List.of(new Line(anyCommon(), found)));
      } else {
        order();
      }
    }
    return upcoming.next();
  }

  /** An order for common products, which is always reserved. */
  private void order() {
    int of = random.nextInt(WAREHOUSES.length);
    String warehouse = WAREHOUSES[of];
    String order = newOrder();
    List<Line> lines = new ArrayList<>();
    for (int line = 1 + random.nextInt(4); line > 0; line--) {
      int product = random.nextInt(PRODUCTS);
      long quantity = 1L + random.nextInt(4);
      lines.add(new Line(common(product), quantity));
      taken[of][product] += quantity;
      if (taken[of][product] >= RESTOCKED) {
        taken[of][product] -= RESTOCKED;
        List<Line> restocked = List.of(new Line(common(product), RESTOCKED));
        add("", at(0), warehouse, Kind.RESTOCK, null, restocked);
      }
    }
    int fate = random.nextInt(100);
    add(fate >= 96 ? "expires" : "", at(0), warehouse, Kind.RESERVE, order, lines);
    if (fate < 75) {
      end("", 1_000 + random.nextInt(40_000), warehouse, Kind.COMMIT, order);
    } else if (fate < 85) { // often it arrives before the order
      end("reversal", 1 + random.nextInt(500), warehouse, Kind.CANCEL, order);
    } else if (fate < 93) {
      end("", 500 + random.nextInt(20_000), warehouse, Kind.CANCEL, order);
    } else if (fate < 96) {
      end("", 20_000 + random.nextInt(40_000), warehouse, Kind.EXPIRE, order);
    }
  }

  private void incident() {
    String warehouse = warehouse();
    String order = newOrder();
    String product = "SKU-X%04d".formatted(++incidents);
    switch (random.nextInt(5)) {
      case 0 -> oversell(warehouse, product, order);
      case 1 -> {
        restock(0, warehouse, product, 150);
        List<Line> lines = List.of(new Line(anyCommon(), 1), new Line(product, 151));
        add("short", at(1_000), warehouse, Kind.RESERVE, order, lines);
        end("unknown", 2_000, warehouse, Kind.COMMIT, order);
      }
      case 2 -> {
        reserve("", 0, warehouse, anyCommon(), 1, order);
        end("", 3_000, warehouse, Kind.COMMIT, order);
        end("twice", 3_000 + random.nextInt(5_000), warehouse, Kind.COMMIT, order);
      }
      case 3 -> {
        reserve("expires", 0, warehouse, anyCommon(), 1, order);
        end("too-late", 16 * 60_000L, warehouse, Kind.COMMIT, order);
      }
      default -> low(warehouse, product, order);
    }
  }

  /** Two orders want the last units, at the same time or nearly so. */
  private void oversell(String warehouse, String product, String order) {
    String loser = newOrder();
    restock(0, warehouse, product, 205);
    reserve("", 1_000, warehouse, product, 103, order);
    reserve("oversell", 1_000 + random.nextInt(3), warehouse, product, 103, loser);
    end("", 5_000, warehouse, Kind.COMMIT, order);
    end("unknown", 5_500, warehouse, Kind.COMMIT, loser);
  }

  /** A product that runs low, gets a few units, which are too few, recovers, and runs low again. */
  private void low(String warehouse, String product, String order) {
    String second = newOrder();
    String third = newOrder();
    restock(0, warehouse, product, 150);
    reserve("low", 1_000, warehouse, product, 60, order);
    end("", 2_000, warehouse, Kind.COMMIT, order);
    restock(3_000, warehouse, product, 30);
    reserve("", 4_000, warehouse, product, 25, second);
    end("", 5_000, warehouse, Kind.COMMIT, second);
    restock(6_000, warehouse, product, 200);
    reserve("low", 7_000, warehouse, product, 200, third);
    end("", 8_000, warehouse, Kind.COMMIT, third);
  }

  private void restock(long later, String warehouse, String product, long quantity) {
    add("", at(later), warehouse, Kind.RESTOCK, null, List.of(new Line(product, quantity)));
  }

  private void reserve(
      String planted, long later, String warehouse, String product, long quantity, String order) {
    List<Line> lines = List.of(new Line(product, quantity));
    add(planted, at(later), warehouse, Kind.RESERVE, order, lines);
  }

  private void end(String planted, long later, String warehouse, Kind kind, String order) {
    add(planted, at(later), warehouse, kind, order, List.of());
  }

  private void add(
      String planted,
      Instant at,
      String warehouse,
      Kind kind,
      @Nullable String order,
      List<Line> lines) {
    String id = "C%08d".formatted(++commands);
    upcoming.add(
        Inventory.COMMANDS
            .given(new StockCommand(id, at, warehouse, kind, order, lines))
            .planted(planted));
  }

  private Instant at(long later) {
    return OPENING.plusMillis(millis + later);
  }

  private String newOrder() {
    return "O%07d".formatted(++orders);
  }

  private String warehouse() {
    return WAREHOUSES[random.nextInt(WAREHOUSES.length)];
  }

  private String anyCommon() {
    return common(random.nextInt(PRODUCTS));
  }

  private static String common(int product) {
    return "SKU-%03d".formatted(product);
  }
}
