package dhara.pipelines.mobility.surge;

import dhara.pipelines.mobility.surge.SurgePricing.Surge;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Moves the multiplier of a cell towards what its minutes ask for.
 *
 * <p>Data: counts of a cell → its prices. Time: counts are of the last millisecond of a window; a
 * wake-up one millisecond later adds none, and gives the price the time of the counts. A window
 * without any has no event, so while the multiplier is above 1 the next is asked for by a wake-up
 * too. State: the multiplier, until it is 1.
 *
 * @param window width of a window
 * @param every distance of windows
 * @param neighbourPercent how much of a neighbour counts
 * @param mostStep of a multiplier, in hundredths
 */
record PriceSteps(
    Duration window, Duration every, PriceTable table, int neighbourPercent, long mostStep)
    implements Fold<CellCounts, PriceSteps.Price, PriceSteps.Priced> {

  /**
   * The last price of a cell.
   *
   * @param next the end of the next window, epoch milliseconds
   * @param multiplier of the last one, in hundredths
   * @param sums what is known of the next window
   */
  record Price(long next, long multiplier, CellSums sums) {}

  /** A price of a window. */
  record Priced(Instant end, Surge surge) {}

  private static final long ONE = 100;
  private static final Price NONE = new Price(0, ONE, CellSums.NONE);

  @Override
  public Price initial() {
    return NONE;
  }

  @Override
  public Price apply(Price price, CellCounts counts, Consumer<Priced> out) {
    return new Price(
        counts.at().toEpochMilli() + 1, price.multiplier, price.sums.plus(counts.sums()));
  }

  @Override
  public Instant wakeAt(Price price) {
    return Instant.ofEpochMilli(price.next);
  }

  @Override
  public @Nullable Price wake(Price price, Instant end, Consumer<Priced> out) {
    CellSums sums = price.sums;
    if (sums.isEmpty() && price.multiplier == ONE) {
      return null; // only its neighbours have anything
    }
    long requests = ONE * sums.requests() + neighbourPercent * sums.nearRequests();
    long drivers = ONE * sums.drivers() + neighbourPercent * sums.nearDrivers();
    long wanted =
        sums.isEmpty() || requests == 0
            ? ONE
            : drivers == 0 ? table.greatest() : table.wanted(requests, drivers);
    long change = Math.max(-mostStep, Math.min(mostStep, wanted - price.multiplier));
    long multiplier = price.multiplier + change;
    out.accept(
        new Priced(
            end,
            new Surge(
                sums.requests(),
                sums.drivers(),
                sums.nearRequests(),
                sums.nearDrivers(),
                drivers == 0 ? null : (double) requests / drivers,
                wanted / 100.0,
                multiplier / 100.0)));
    return multiplier == ONE
        ? null
        : new Price(price.next + every.toMillis(), multiplier, CellSums.NONE);
  }

  /** A state is never older: the wake-up of each step replaces it or drops it. */
  @Override
  public Duration keep() {
    return every.multipliedBy((table.greatest() - ONE) / mostStep + 3);
  }

  @Override
  public Instant timeOf(Priced priced, Instant at) {
    return priced.end().minusMillis(1);
  }

  @Override
  public Duration earlierBy() {
    return Duration.ofMillis(1);
  }
}
