package dhara.pipelines.commerce.recommend;

import dhara.events.Event;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is known of a product: how popular it is, and which products it came together with.
 *
 * <p>Data: touches of a product in event-time order → a {@link Row} at the end of each period in
 * which it was touched. Time: periods are multiples of their length since 1970; a touch at the end
 * of one belongs to the next. State: a row, forgotten 90 days after the last touch; a product that
 * is touched later starts anew.
 */
final class ProductTable implements Fold<Touch, ProductTable.State, ProductTable.Row> {

  private static final long serialVersionUID = 1L;

  /** For how long a product is remembered that nobody touches. */
  static final Duration KEPT = Duration.ofDays(90);

  /**
   * What is remembered of a product.
   *
   * @param due the end of the period in which it was touched; null if it has not been since the
   *     last row
   */
  record State(
      String product,
      double heat,
      long arrivals,
      List<Neighbour> neighbours,
      @Nullable Instant due) {}

  /**
   * What is known of a product at the end of a period.
   *
   * @param heat its popularity, see {@link Heat}
   * @param arrivals how often it came among the recent products of a user
   */
  record Row(String product, Instant at, double heat, long arrivals, List<Neighbour> neighbours)
      implements Event {

    @Override
    public String id() {
      return product;
    }
  }

  private final Duration every;
  private final Duration halfLife;
  private final int most;

  /**
   * A fold.
   *
   * @param every how long a period is
   * @param halfLife after this long a point counts half
   * @param most how many neighbours are kept
   */
  ProductTable(Duration every, Duration halfLife, int most) {
    this.every = every;
    this.halfLife = halfLife;
    this.most = most;
  }

  @Override
  public State initial() {
    return new State("", Heat.NONE, 0, List.of(), null);
  }

  @Override
  public State apply(State before, Touch touch, Consumer<Row> out) {
    double heat =
        touch.points() == 0
            ? before.heat
            : Heat.plus(before.heat, touch.points(), touch.at(), halfLife);
    List<Neighbour> neighbours = before.neighbours;
    for (String other : touch.with()) {
      neighbours = Neighbour.plus(neighbours, other, touch.at(), most);
    }
    return new State(
        touch.product(),
        heat,
        before.arrivals + (touch.arrived() ? 1 : 0),
        neighbours,
        before.due == null ? end(touch.at()) : before.due);
  }

  private Instant end(Instant at) {
    long length = every.toMillis();
    return Instant.ofEpochMilli((Math.floorDiv(at.toEpochMilli(), length) + 1) * length);
  }

  @Override
  public @Nullable Instant wakeAt(State state) {
    return state.due;
  }

  @Override
  public State wake(State state, Instant at, Consumer<Row> out) {
    out.accept(
        new Row(state.product, at, Heat.rounded(state.heat), state.arrivals, state.neighbours));
    return new State(state.product, state.heat, state.arrivals, state.neighbours, null);
  }

  @Override
  public Duration keep() {
    return KEPT;
  }
}
