package dhara.pipelines.platform.quality;

import dhara.pipelines.platform.quality.Counted.Counts;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What each ledger of a source counts since the one before. If fewer records are read, it is of a
 * run that began anew, and counts from zero.
 */
record LedgerSteps(Duration keep) implements Fold<LedgerRow, LedgerSteps.Last, Counted> {

  /** The ledger before; null for the first one. */
  record Last(@Nullable LedgerRow ledger) {}

  @Override
  public Last initial() {
    return new Last(null);
  }

  @Override
  public Last apply(Last before, LedgerRow now, Consumer<Counted> out) {
    LedgerRow from = before.ledger;
    boolean goesOn = from != null && from.read() <= now.read();
    out.accept(
        new Counted(
            now.input(),
            new Counts(
                now.read() - (goesOn ? from.read() : 0),
                risen(goesOn ? from.deadLettered() : 0, now.deadLettered()),
                risen(goesOn ? from.late() : 0, now.late()),
                risen(goesOn ? from.duplicate() : 0, now.duplicate()),
                0,
                0,
                0,
                Map.of())));
    return new Last(now);
  }

  private static long risen(long from, long to) {
    return Math.max(0, to - from);
  }
}
