package dhara.transforms.order.pattern;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;

import dhara.records.RecordCoder;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;

/**
 * Random patterns over random sequences, against the meaning said naively and against Flink CEP's
 * own engine. {@code -Ddhara.fuzz.patterns=} says how many pairs.
 */
class RandomPatternsTest {

  private static final int PAIRS = Integer.getInteger("dhara.fuzz.patterns", 2_000);
  private static final long SEED = Long.getLong("dhara.fuzz.seed", 1);
  private static final int SEQUENCES = 5;
  private static final long END = 50;

  @Test
  void matchesAreTheNaiveOnesAndThoseOfFlinkWhereItHasNoKnownQuirk() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    Map<String, Integer> counts = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < PAIRS / SEQUENCES && wrong.size() < 20; i++) {
      RandomPatterns patterns = new RandomPatterns(random.split(), ChronoUnit.MICROS);
      Pattern<Signal> pattern = patterns.pattern();
      for (int j = 0; j < SEQUENCES; j++) {
        compare(pattern, patterns.signals(), counts, wrong);
      }
    }

    assertThat(counts.toString(), wrong, empty());
    assertThat(counts.get("flink"), greaterThan(PAIRS / 3));
    assertThat(counts.get("matches"), greaterThan(PAIRS / 3));
  }

  private static void compare(
      Pattern<Signal> pattern,
      List<Signal> signals,
      Map<String, Integer> counts,
      List<String> wrong)
      throws Exception {
    String what = describe(pattern) + " over " + describe(signals) + ": ";
    Found ours = run(pattern, signals);
    Found restored = runFromBytes(pattern, signals);
    check(wrong, what + "restored", restored.matches, ours.matches);
    check(wrong, what + "restored timed out", restored.timedOut, ours.timedOut);
    NaiveMatches naive = new NaiveMatches(pattern, signals);
    boolean skips = pattern.skip().skips();
    counts.merge("matches", ours.matches.size(), Integer::sum);
    counts.merge("timed out", ours.timedOut.size(), Integer::sum);
    if (!skips) {
      check(wrong, what + "naive", ours.sortedMatches(), naive.all());
      check(wrong, what + "naive timed out", ours.sortedTimedOut(), naive.timedOut());
    } else if (pattern.withinMicros() != 0) {
      check(wrong, what + "naive", ours.matches, naive.skipped());
    }
    List<String> quirks = FlinkQuirks.of(pattern);
    quirks.forEach(quirk -> counts.merge("quirk: " + quirk, 1, Integer::sum));
    if (quirks.isEmpty()) {
      compareWithFlink(pattern, signals, ours, naive, counts, wrong);
    }
  }

  private static void compareWithFlink(
      Pattern<Signal> pattern,
      List<Signal> signals,
      Found ours,
      NaiveMatches naive,
      Map<String, Integer> counts,
      List<String> wrong)
      throws Exception {
    String what = describe(pattern) + " over " + describe(signals) + ": ";
    Found theirs = new FlinkMatches(pattern).run(signals, END);
    if (pattern.skip().skips()
        && (naive.hasTies() || (naive.hasRivals() && !naive.all().containsAll(theirs.matches)))) {
      // A match that is reported later than it was complete has waited in Flink's queue.
      counts.merge("quirk: the order of the queue", 1, Integer::sum);
      return;
    }
    counts.merge("flink", 1, Integer::sum);
    check(
        wrong,
        what + "flink",
        comparable(pattern, ours.matches),
        comparable(pattern, theirs.matches));
    check(
        wrong,
        what + "flink timed out",
        ours.sortedTimedOut(),
        theirs.sortedTimedOut().stream().distinct().toList());
  }

  /** With a skip strategy Flink tells when a match is reported, and not when it was complete. */
  private static List<String> comparable(Pattern<Signal> pattern, List<String> matches) {
    List<String> sorted =
        matches.stream()
            .map(match -> pattern.skip().skips() ? match.replaceAll("@.*", "") : match)
            .sorted()
            .toList();
    return Automaton.of(pattern).ambiguous() ? sorted.stream().distinct().toList() : sorted;
  }

  private static void check(
      List<String> wrong, String what, List<String> ours, List<String> expected) {
    if (!ours.equals(expected)) {
      wrong.add("\n" + what + "\n    expected " + expected + "\n    but was  " + ours);
    }
  }

  private static Found run(Pattern<Signal> pattern, List<Signal> signals) {
    Matcher<Signal> matcher = Matcher.of(pattern);
    Partials<Signal> partials = new Partials<>();
    Found found = new Found();
    for (Signal signal : signals) {
      matcher.next(partials, signal, signal.micros(), found);
    }
    matcher.advance(partials, END, found);
    return found;
  }

  /** The same with the state written and read between any two events. */
  private static Found runFromBytes(Pattern<Signal> pattern, List<Signal> signals)
      throws IOException {
    PartialsCoder<Signal> coder = PartialsCoder.of(pattern, RecordCoder.of(Signal.class));
    Matcher<Signal> matcher = Matcher.of(pattern);
    byte[] state = CoderUtils.encodeToByteArray(coder, new Partials<>());
    Found found = new Found();
    for (Signal signal : signals) {
      Partials<Signal> partials = CoderUtils.decodeFromByteArray(coder, state);
      matcher.next(partials, signal, signal.micros(), found);
      state = CoderUtils.encodeToByteArray(coder, partials);
    }
    matcher.advance(CoderUtils.decodeFromByteArray(coder, state), END, found);
    return found;
  }

  private static String describe(Pattern<Signal> pattern) {
    return pattern
        + " "
        + pattern.skip()
        + " within "
        + pattern.withinMicros()
        + conditions(pattern.steps());
  }

  private static String conditions(List<Step<Signal>> steps) {
    StringBuilder text = new StringBuilder();
    for (Step<Signal> step : steps) {
      text.append(
          step.isGroup() ? conditions(step.group()) : " " + step.name() + ":" + step.condition());
      text.append(step.quantifier().counted() ? " " + step.quantifier().inner() : "");
      text.append(step.quantifier().greedy() ? " greedy" : "");
      text.append(step.until() != null ? " until " + step.until() : "");
    }
    return text.toString();
  }

  private static String describe(List<Signal> signals) {
    StringBuilder text = new StringBuilder();
    signals.forEach(signal -> text.append(signal).append("@").append(signal.micros()).append(" "));
    return text.toString().trim();
  }
}
