package dhara.testkit;

import dhara.pipelines.Analysis;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What a build tests: every combination with {@code mvn verify -Pfull}, without it each analysis in
 * fewer combinations, to limit the time of a build; and some analyses only with {@code
 * -Ddhara.only=fraud,candles}, while one is written.
 */
public final class Full {

  private static final int RUNS = 2;
  private static final long ALL_SEEDS = 5;

  /** Options of an analysis, and the seed of its events. */
  public record Run(List<String> options, long seed) {}

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

  /**
   * What an analysis is tested with: each of its options with a seed of its own, and at least two
   * seeds; if everything is asked for, each of its options with each of five seeds.
   */
  public static List<Run> runs(String analysis) {
    List<List<String>> options = Oracle.of(analysis).runs();
    if (asked()) {
      return options.stream()
          .flatMap(
              each -> LongStream.rangeClosed(1, ALL_SEEDS).mapToObj(seed -> new Run(each, seed)))
          .toList();
    }
    return IntStream.range(0, Math.max(RUNS, options.size()))
        .mapToObj(i -> new Run(options.get(Math.min(i, options.size() - 1)), i + 1L))
        .toList();
  }

  /** The same with the first two options only, for tests whose runs take long. */
  public static List<Run> firstRuns(String analysis) {
    List<Run> runs = runs(analysis);
    return asked() ? runs : runs.subList(0, RUNS);
  }
}
