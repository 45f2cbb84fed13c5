package dhara.pipelines.commerce.inventory;

import dhara.options.BadOption;
import dhara.pipelines.Output;
import dhara.pipelines.commerce.inventory.StockOutcome.Change;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.tally.Max;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The view that is queried: one row per warehouse and product with its stock now, which is the sum
 * of all changes.
 *
 * <p>Data: moves → the level of each product. Time: one window that never ends; a stream answers
 * changed products {@link StockViewOptions#getViewEvery every so often}. State: a sum per product
 * that ever had stock, for good. Late: sums do not depend on the order of moves.
 *
 * <p><b>Designs.</b> The latest level by (time, id) would need each change to carry the level after
 * it, so that a change that settles differently changes all levels after it. Rows per day would be
 * cheap to close, but a reader would have to look for the last day on which a product moved. A sum
 * since ever is one row per product, and needs only the differences.
 */
public final class StockView
    extends PTransform<
        PCollection<StockView.Move>, PCollection<Answer<StockView.Product, StockView.Level>>> {

  private static final long serialVersionUID = 1L;

  /** A product in a warehouse. */
  public record Product(String warehouse, String product) {}

  /**
   * Its stock.
   *
   * @param onHand units in the warehouse
   * @param reserved those of them that orders have reserved
   * @param available the others
   * @param changes how often it has changed
   * @param changedAt when it changed last
   */
  public record Level(
      long onHand, long reserved, long available, long changes, Instant changedAt) {}

  /** A change of a product's stock. */
  record Move(String warehouse, String product, long onHand, long reserved, Instant at) {}

  /** Changes, added up. */
  private record Sums(long onHand, long reserved, long changes, @Max @Nullable Instant changedAt) {

    static Sums of(Move move) {
      return new Sums(move.onHand(), move.reserved(), 1, move.at());
    }

    Level level() {
      return new Level(onHand, reserved, onHand - reserved, changes, changedAt);
    }
  }

  static final Output<Product, Level> OUTPUT = new Output<>("stock", Product.class, Level.class);

  private final Windows windows;

  private StockView(Windows windows) {
    this.windows = windows;
  }

  /** The view, updated as the options say. */
  static StockView of(StockViewOptions options) {
    return new StockView(windows(options));
  }

  /** Its windows. */
  static Windows windows(StockViewOptions options) {
    Duration every = options.getViewEvery();
    if (every.toMillis() <= 0) {
      throw new BadOption("--viewEvery", every, "must be longer than zero, e.g. --viewEvery=PT5S");
    }
    return Windows.ever().withEarlyAnswersEvery(every);
  }

  /** The moves of a state change. */
  static List<Move> moves(String warehouse, Instant at, List<Change> changes) {
    return changes.stream()
        .map(
            change -> new Move(warehouse, change.product(), change.onHand(), change.reserved(), at))
        .toList();
  }

  @Override
  public PCollection<Answer<Product, Level>> expand(PCollection<Move> moves) {
    return moves.apply(
        "Add",
        Answers.in(windows)
            .perKey(
                Product.class,
                move -> new Product(move.warehouse(), move.product()),
                TallyFn.of(Sums.class, Sums::of, Level.class, Sums::level)));
  }
}
