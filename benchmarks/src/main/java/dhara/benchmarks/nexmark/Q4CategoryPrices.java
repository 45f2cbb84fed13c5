package dhara.benchmarks.nexmark;

import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.KeyBy;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Query 4: for what the auctions of each category closed, on average, in the last 10 seconds, every
 * 5.
 *
 * <pre>
 *   chunks ─▶ winning bids ─▶ by category ─▶ 10 s every 5 s ─▶ average
 * </pre>
 */
final class Q4CategoryPrices
    extends PTransform<PCollection<Chunk>, PCollection<Q4CategoryPrices.CategoryPrice>> {

  private static final long serialVersionUID = 1L;

  /**
   * The average of a category's auctions that closed in a window.
   *
   * @param startMillis start of the window, epoch milliseconds
   * @param cents rounded down
   */
  public record CategoryPrice(long startMillis, long category, long cents) {}

  private record Category(long category) {}

  private record Average(long cents) {}

  private record Prices(long count, long cents) implements Tally<Prices> {

    static final Prices ZERO = new Prices(0, 0);

    static Prices of(WinningBids.Win win) {
      return new Prices(1, win.price());
    }

    @Override
    public Prices plus(Prices other) {
      return new Prices(count + other.count, cents + other.cents);
    }

    Average average() {
      return new Average(cents / count);
    }
  }

  @Override
  public PCollection<CategoryPrice> expand(PCollection<Chunk> chunks) {
    return chunks
        .apply("WinningBids", new WinningBids())
        .apply("ByCategory", KeyBy.record(Category.class, win -> new Category(win.category())))
        .apply(
            "Average",
            Answers.in(Windows.sliding(Duration.ofSeconds(10), Duration.ofSeconds(5)))
                .perKey(TallyFn.of(Prices.ZERO, Prices::of, Average.class, Prices::average)))
        .apply(
            "Rows",
            MapElements.into(TypeDescriptor.of(CategoryPrice.class))
                .via(
                    answer ->
                        new CategoryPrice(
                            answer.start().toEpochMilli(),
                            answer.key().category(),
                            answer.value().cents())));
  }
}
