package dhara.pipelines.commerce.inventory;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;

import dhara.pipelines.commerce.inventory.Stock.Order;
import dhara.pipelines.commerce.inventory.Stock.Shelf;
import dhara.pipelines.commerce.inventory.StockCommand.Kind;
import dhara.pipelines.commerce.inventory.StockCommand.Line;
import dhara.pipelines.commerce.inventory.StockOutcome.Change;
import dhara.transforms.order.Fold;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.CoderUtils;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

/** What holds for every warehouse: a thousand of them, in which commands collide in every way. */
class StockFoldLawsTest {

  private static final int WAREHOUSES = 1_000;
  private static final int COMMANDS = 60;
  private static final int PRODUCTS = 3;
  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
  private static final List<Kind> KINDS = List.of(Kind.values());
  private static final Coder<Stock> FORM = new Stock.Form();

  private static final StockFold FOLD =
      new StockFold(Duration.ofSeconds(10), Duration.ofSeconds(15), 5, 40);

  @Test
  void aWarehouseThatWasEncodedInBetweenGoesOnAsIfItHadNotBeen() throws IOException {
    long outcomes = 0;
    for (long seed = 0; seed < WAREHOUSES; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<StockCommand> commands = commands(random);
      List<StockOutcome> given = new ArrayList<>();
      Stock stock = null;
      for (StockCommand command : commands.stream().sorted(Fold.ORDER).toList()) {
        stock = wokenUntil(command.at(), encoded(stock, random), given);
        stock = FOLD.apply(stock == null ? FOLD.initial() : stock, command, given::add);
      }
      wokenUntil(Instant.MAX, encoded(stock, random), given);

      assertThat("warehouse " + seed, given, is(FOLD.over(commands)));
      outcomes += given.size();
    }
    assertThat(outcomes, is(greaterThan((long) WAREHOUSES * COMMANDS)));
  }

  @Test
  void noProductIsEverBelowZeroAndWhatIsReservedIsWhatOpenOrdersHold() {
    for (long seed = 0; seed < WAREHOUSES; seed++) {
      List<StockOutcome> given = new ArrayList<>();
      Map<String, Shelf> sums = new TreeMap<>();
      Stock stock = null;
      List<StockCommand> commands = commands(new SplittableRandom(seed));
      for (StockCommand command : commands.stream().sorted(Fold.ORDER).toList()) {
        stock = wokenUntil(command.at(), stock, given);
        stock = FOLD.apply(stock == null ? FOLD.initial() : stock, command, given::add);
        given.forEach(outcome -> outcome.changes().forEach(change -> add(sums, change)));
        given.clear();
        for (int i = 0; i < PRODUCTS; i++) {
          String product = "p" + i;
          Shelf shelf = stock == null ? Stock.empty().shelf(product) : stock.shelf(product);
          String where = "warehouse %d, %s after %s".formatted(seed, product, command.id());
          assertThat(where, shelf.available(), is(greaterThanOrEqualTo(0L)));
          assertThat(where, shelf.reserved(), is(held(stock, product)));
          assertThat(where, shelf.onHand(), is(sum(sums, product).onHand()));
          assertThat(where, shelf.reserved(), is(sum(sums, product).reserved()));
        }
      }
    }
  }

  private static void add(Map<String, Shelf> sums, Change change) {
    sums.put(
        change.product(), sum(sums, change.product()).plus(change.onHand(), change.reserved()));
  }

  private static Shelf sum(Map<String, Shelf> sums, String product) {
    return sums.getOrDefault(product, new Shelf(0, 0, false));
  }

  private static long held(@Nullable Stock stock, String product) {
    return stock == null
        ? 0
        : stock.orders().dueUntil(Instant.MAX).stream()
            .map(Map.Entry::getValue)
            .map(Order::lines)
            .flatMap(List::stream)
            .filter(line -> line.product().equals(product))
            .mapToLong(Line::quantity)
            .sum();
  }

  private static @Nullable Stock wokenUntil(
      Instant moment, @Nullable Stock stock, List<StockOutcome> given) {
    Stock woken = stock;
    Instant at = woken == null ? null : FOLD.wakeAt(woken);
    while (at != null && !at.isAfter(moment)) {
      woken = FOLD.wake(woken, at, given::add);
      at = woken == null ? null : FOLD.wakeAt(woken);
    }
    return woken;
  }

  /** Sometimes the same, and sometimes what has become of it in the state of an engine. */
  private static @Nullable Stock encoded(@Nullable Stock stock, SplittableRandom random)
      throws IOException {
    return stock == null || random.nextInt(3) > 0 ? stock : CoderUtils.clone(FORM, stock);
  }

  /** In no order of time. */
  private static List<StockCommand> commands(SplittableRandom random) {
    List<StockCommand> commands = new ArrayList<>();
    for (int i = 0; i < COMMANDS; i++) {
      Kind kind = KINDS.get(random.nextInt(i < COMMANDS / 6 ? 2 : KINDS.size()));
      boolean moves = kind == Kind.RESTOCK || kind == Kind.RESERVE || kind == Kind.ADJUST;
      commands.add(
          new StockCommand(
              "c%02d-%d".formatted(random.nextInt(100), i),
              NINE.plusMillis(500L * random.nextInt(120)),
              "PNQ",
              kind,
              "o" + random.nextInt(5),
              moves ? lines(kind, random) : null));
    }
    return commands;
  }

  private static List<Line> lines(Kind kind, SplittableRandom random) {
    List<Line> lines = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      long quantity = 1L + random.nextInt(kind == Kind.RESTOCK ? 9 : 4);
      boolean away = kind == Kind.ADJUST && random.nextInt(2) == 0;
      lines.add(new Line("p" + random.nextInt(PRODUCTS), away ? -quantity : quantity));
    }
    return lines;
  }
}
