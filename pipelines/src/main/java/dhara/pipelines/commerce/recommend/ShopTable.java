package dhara.pipelines.commerce.recommend;

import dhara.pipelines.commerce.recommend.ProductTable.Row;
import dhara.transforms.join.Version;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Bounds the tables: those of the most popular products are in force, the others are not.
 *
 * <p>Data: rows of all products in event-time order → after each period versions of the tables that
 * it changed, removals of those that are no longer among the most popular, and one of the whole
 * shop. Time: a version holds from a millisecond after the end of the period on, when all rows of
 * the period are there. State: the most popular products with their heat; and between the end of a
 * period and its versions, its rows.
 *
 * <p>All heats decay alike, so a product that has fallen out comes back only when it is touched
 * again, and then its row brings all that is needed: what has fallen out need not be remembered.
 */
final class ShopTable implements Fold<Row, ShopTable.State, Version<KnownTable>> {

  private static final long serialVersionUID = 1L;

  /** A product that is in force. */
  record Hot(String product, double heat) {

    private static final Comparator<Hot> HOTTEST =
        Comparator.comparingDouble(Hot::heat).reversed().thenComparing(Hot::product);
  }

  /**
   * What is remembered of the shop.
   *
   * @param top the most popular products, most popular first
   * @param rows those of the period that has just ended
   * @param due when their versions begin to hold; null if there are none
   */
  record State(List<Hot> top, List<Row> rows, @Nullable Instant due) {}

  private final int products;
  private final int listed;

  /**
   * A fold.
   *
   * @param products how many products are in force
   * @param listed how many of them are listed for the whole shop
   */
  ShopTable(int products, int listed) {
    this.products = products;
    this.listed = listed;
  }

  @Override
  public State initial() {
    return new State(List.of(), new ArrayList<>(), null);
  }

  @Override
  public State apply(State before, Row row, Consumer<Version<KnownTable>> out) {
    // A state that was read has a list that cannot be modified.
    List<Row> rows = before.rows instanceof ArrayList<Row> own ? own : new ArrayList<>(before.rows);
    rows.add(row);
    return new State(before.top, rows, row.at().plusMillis(1));
  }

  @Override
  public @Nullable Instant wakeAt(State state) {
    return state.due;
  }

  @Override
  public State wake(State state, Instant at, Consumer<Version<KnownTable>> out) {
    Map<String, Double> heats = new TreeMap<>();
    state.top.forEach(hot -> heats.put(hot.product, hot.heat));
    state.rows.forEach(row -> heats.put(row.product(), row.heat()));
    List<Hot> top =
        heats.entrySet().stream()
            .map(each -> new Hot(each.getKey(), each.getValue()))
            .sorted(Hot.HOTTEST)
            .limit(products)
            .toList();
    Set<String> inForce = top.stream().map(Hot::product).collect(Collectors.toSet());
    for (Hot before : state.top) {
      if (!inForce.contains(before.product)) {
        out.accept(Version.removed(before.product, at, ""));
      }
    }
    for (Row row : state.rows) {
      if (inForce.contains(row.product())) {
        out.accept(
            new Version<>(
                row.product(),
                at,
                "",
                new KnownTable(row.at(), row.heat(), row.arrivals(), row.neighbours(), List.of())));
      }
    }
    out.accept(
        new Version<>(
            KnownTable.SHOP,
            at,
            "",
            new KnownTable(
                at.minusMillis(1),
                top.get(0).heat,
                0,
                List.of(),
                top.stream().limit(listed).map(Hot::product).toList())));
    return new State(top, new ArrayList<>(), null);
  }

  @Override
  public Duration keep() {
    return ProductTable.KEPT;
  }
}
