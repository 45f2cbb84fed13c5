package dhara.testkit;

import dhara.pipelines.Analysis;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * What a build tests: every combination with {@code mvn verify -Pfull}, without it each analysis in
 * fewer combinations, to limit the time of a build; and some analyses only with {@code
 * -Ddhara.only=fraud,candles}, while one is written.
 */
public final class Full {

  private static final long SEEDS = 2;
  private static final long ALL_SEEDS = 5;

  private Full() {}

  /** Whether {@code -Pfull} asks for it. */
  public static boolean asked() {
    return Boolean.getBoolean("dhara.full");
  }

  /** The names of the analyses to test, which are all on the class path if nothing else is said. */
  public static Set<String> analyses() {
    Set<String> all = Analysis.all().keySet();
    String only = System.getProperty("dhara.only", "");
    if (only.isEmpty()) {
      return all;
    }
    Set<String> asked = new TreeSet<>(List.of(only.split(",", -1)));
    if (!all.containsAll(asked)) {
      throw new AssertionError("-Ddhara.only=" + only + ": there are " + all);
    }
    return asked;
  }

  /** The seeds that each analysis is tested with. */
  public static LongStream seeds() {
    return LongStream.rangeClosed(1, asked() ? ALL_SEEDS : SEEDS);
  }
}
