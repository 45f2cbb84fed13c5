package dhara.transforms.order.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The matches and timed-out partial matches of a run, as text, in the order in which they came. */
final class Found implements Matcher.Output<Signal> {

  final List<String> matches = new ArrayList<>();
  final List<String> timedOut = new ArrayList<>();

  @Override
  public void match(Match<Signal> match) {
    matches.add(text(match.bySteps(), match.completeMicros()));
  }

  @Override
  public void timedOut(Match<Signal> partial) {
    timedOut.add(text(partial.bySteps(), partial.completeMicros()));
  }

  /** Steps in the order of their names, each with the numbers of its signals. */
  static String text(Map<String, List<Signal>> steps, long at) {
    Map<String, List<Integer>> numbers = new TreeMap<>();
    steps.forEach(
        (step, signals) -> numbers.put(step, signals.stream().map(Signal::number).toList()));
    return numbers + "@" + at;
  }

  List<String> sortedMatches() {
    return matches.stream().sorted().toList();
  }

  List<String> sortedTimedOut() {
    return timedOut.stream().sorted().toList();
  }
}
