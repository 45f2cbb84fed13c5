package dhara.testkit;

import java.util.stream.LongStream;

/**
 * Whether a build tests every combination: {@code mvn verify -Pfull}. Without it, each analysis is
 * tested in fewer combinations, to limit the time of a build.
 */
public final class Full {

  private static final long SEEDS = 2;
  private static final long ALL_SEEDS = 5;

  private Full() {}

  /** Whether {@code -Pfull} asks for it. */
  public static boolean asked() {
    return Boolean.getBoolean("dhara.full");
  }

  /** The seeds that each analysis is tested with. */
  public static LongStream seeds() {
    return LongStream.rangeClosed(1, asked() ? ALL_SEEDS : SEEDS);
  }
}
