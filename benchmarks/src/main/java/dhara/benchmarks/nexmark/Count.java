package dhara.benchmarks.nexmark;

import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;

/** How many there were. */
record Count(long count) implements Tally<Count> {

  private static final Count ZERO = new Count(0);
  private static final Count ONE = new Count(1);

  /** Counts, whatever it is given. */
  static <T> TallyFn<T, Count, Count> each() {
    return TallyFn.of(ZERO, one -> ONE, Count.class, sum -> sum);
  }

  @Override
  public Count plus(Count other) {
    return new Count(count + other.count);
  }
}
