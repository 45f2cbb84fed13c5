package dhara.transforms.order.pattern;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.cep.pattern.conditions.IterativeCondition;

/**
 * How fast the matcher is beside Flink CEP's engine (its automaton and its shared buffer on the
 * heap, as its own test harness runs them): the same patterns over the same events, in turns.
 * Prints the medians in nanoseconds per event and the ratio, after it has checked that both find as
 * many matches. Not a test: run {@code main} with the test class path.
 */
final class PatternSpeed {

  private static final int EVENTS = Integer.getInteger("dhara.speed.events", 200_000);
  private static final int ROUNDS = Integer.getInteger("dhara.speed.rounds", 7);

  /** Keeps the compiler from leaving out that results are read. */
  private static long consumed;

  private PatternSpeed() {}

  private static EventCondition<Signal> is(char kind) {
    return signal -> signal.kind() == kind;
  }

  private static Duration micros(long micros) {
    return Duration.of(micros, ChronoUnit.MICROS);
  }

  private static Map<String, Pattern<Signal>> patterns() {
    AfterMatchSkip past = AfterMatchSkip.skipPastLastEvent();
    Map<String, Pattern<Signal>> patterns = new LinkedHashMap<>();
    patterns.put(
        "strict",
        Pattern.<Signal>begin("a").where(is('a')).next("b").where(is('b')).within(micros(100)));
    patterns.put(
        "relaxed",
        Pattern.<Signal>begin("a")
            .where(is('a'))
            .followedBy("b")
            .where(is('b'))
            .followedBy("c")
            .where(is('c'))
            .within(micros(100)));
    patterns.put(
        "greedy",
        Pattern.<Signal>begin("a", past)
            .where(signal -> signal.kind() < 'e')
            .timesOrMore(3)
            .consecutive()
            .greedy()
            .next("e")
            .where(is('e'))
            .within(micros(100)));
    patterns.put(
        "any",
        Pattern.<Signal>begin("a")
            .where(is('a'))
            .followedByAny("b")
            .where(signal -> signal.kind() == 'b' && signal.value() < 5)
            .within(micros(200)));
    patterns.put(
        "absence",
        Pattern.<Signal>begin("a")
            .where(is('a'))
            .notFollowedBy("b")
            .where(signal -> signal.kind() == 'b' && signal.value() < 10)
            .within(micros(200)));
    patterns.put(
        "optional",
        Pattern.<Signal>begin("a", past)
            .where(is('a'))
            .followedBy("b")
            .where(is('b'))
            .optional()
            .followedBy("c")
            .where(is('c'))
            .oneOrMore()
            .followedBy("d")
            .where(is('d'))
            .within(micros(100)));
    patterns.put(
        "iterative",
        Pattern.<Signal>begin("a", past)
            .where(is('a'))
            .followedBy("b")
            .where(new Above())
            .within(micros(100)));
    return patterns;
  }

  private static List<Signal> signals() {
    SplittableRandom random = new SplittableRandom(7);
    List<Signal> signals = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      signals.add(new Signal(i, (char) ('a' + random.nextInt(8)), random.nextInt(100), i));
    }
    return signals;
  }

  /** A b whose value is above that of the last a. */
  private record Above() implements MatchCondition<Signal>, FlinkMatches.Native {

    @Override
    public boolean test(Signal signal, Match<Signal> before) {
      return signal.kind() == 'b' && signal.value() > before.last("a").orElseThrow().value();
    }

    @Override
    public IterativeCondition<Signal> forFlink() {
      return new IterativeCondition<>() {
        @Override
        public boolean filter(Signal signal, Context<Signal> context) throws Exception {
          return signal.kind() == 'b'
              && signal.value() > context.getEventsForPattern("a").iterator().next().value();
        }
      };
    }
  }

  /** Counts what is found. */
  private static final class Count implements Matcher.Output<Signal> {
    private int matches;
    private long steps;

    @Override
    public void match(Match<Signal> match) {
      matches++;
      steps += match.bySteps().size();
    }

    @Override
    public void timedOut(Match<Signal> partial) {
      steps += partial.bySteps().size();
    }
  }

  private static int ours(Pattern<Signal> pattern, List<Signal> signals) {
    Matcher<Signal> matcher = Matcher.of(pattern);
    Partials<Signal> partials = new Partials<>();
    Count count = new Count();
    for (Signal signal : signals) {
      matcher.next(partials, signal, signal.micros(), count);
    }
    consumed += count.steps;
    return count.matches;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  public static void main(String[] arguments) throws Exception {
    List<Signal> signals = signals();
    for (Map.Entry<String, Pattern<Signal>> entry : patterns().entrySet()) {
      Pattern<Signal> pattern = entry.getValue();
      double[] ours = new double[ROUNDS];
      double[] flinks = new double[ROUNDS];
      int found = 0;
      int flinkFound = 0;
      for (int round = -2; round < ROUNDS; round++) {
        long start = System.nanoTime();
        found = ours(pattern, signals);
        long middle = System.nanoTime();
        flinkFound = new FlinkMatches(pattern).count(signals);
        long end = System.nanoTime();
        if (round >= 0) {
          ours[round] = (double) (middle - start) / EVENTS;
          flinks[round] = (double) (end - middle) / EVENTS;
        }
      }
      System.out.printf(
          "%-10s %-24s %8d matches (Flink %d): %8.0f ns, Flink %8.0f ns, ratio %.1f%n",
          entry.getKey(),
          pattern,
          found,
          flinkFound,
          median(ours),
          median(flinks),
          median(flinks) / median(ours));
    }
    System.out.println("steps read: " + consumed);
  }
}
