package dhara.transforms.order.pattern;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a pattern must be. Each error names the pattern, the step and the fix. Rules that need what
 * comes later in a pattern are checked by {@link #checkWhole}, before a pattern is used.
 */
final class PatternRules {

  private PatternRules() {}

  /** Checks each pattern, which may still be extended. */
  static <E> void check(Pattern<E> pattern) {
    List<Step<E>> steps = pattern.steps();
    names(pattern, steps, new HashSet<>());
    for (int i = 1; i < steps.size(); i++) {
      Step<E> before = steps.get(i - 1);
      Step<E> step = steps.get(i);
      if (step.isAbsence() && before.mayBeEmpty()) {
        throw refused(
            pattern,
            step,
            "cannot come after a step that may be left out; use two patterns, one with and one"
                + " without \"%s\"".formatted(before.name()));
      }
      if (before.quantifier().greedy() && step.mayBeEmpty()) {
        throw refused(
            pattern,
            step,
            "may be left out, after the greedy step \"%s\"; leave out greedy() or optional()"
                .formatted(before.name()));
      }
    }
    Step<E> last = pattern.last();
    if (last.isGroup() && last.quantifier().counted() && emptyBody(last)) {
      throw refused(pattern, last, "is repeated and may be empty; make one of its steps required");
    }
  }

  private static <E> boolean emptyBody(Step<E> group) {
    return group.group().stream().allMatch(step -> step.isAbsence() || step.mayBeEmpty());
  }

  private static <E> void names(Pattern<E> pattern, List<Step<E>> steps, Set<String> seen) {
    for (Step<E> step : steps) {
      if (step.isGroup()) {
        names(pattern, step.group(), seen);
      } else if (step.name() == null || step.name().isEmpty()) {
        throw new IllegalArgumentException(
            "pattern %s: a step has no name; name it, e.g. followedBy(\"paid\")"
                .formatted(pattern));
      } else if (!seen.add(step.name())) {
        throw refused(pattern, step, "has the name of another step; give it a name of its own");
      }
    }
  }

  /** Checks a pattern that is to be matched. */
  static <E> void checkWhole(Pattern<E> pattern) {
    Step<E> last = pattern.last();
    if (last.kind() == Step.Kind.NOT_FOLLOWED_BY && pattern.withinMicros() == 0) {
      throw refused(
          pattern,
          last,
          "is last and never known to be absent; say how long to wait for it, e.g."
              + " within(Duration.ofMinutes(10))");
    }
    String to = pattern.skip().step();
    if (to != null && !matched(pattern.steps(), to)) {
      throw new IllegalArgumentException(
          "pattern %s: %s names no step that has events; name one of the pattern's"
              .formatted(pattern, pattern.skip()));
    }
  }

  /** Checks a pattern whose partial matches are kept as state: they must end at some time. */
  static <E> void checkKept(Pattern<E> pattern) {
    if (pattern.withinMicros() == 0) {
      throw new IllegalArgumentException(
          ("pattern %s: its partial matches would wait for ever; say how long a match may take,"
                  + " e.g. within(Duration.ofMinutes(10))")
              .formatted(pattern));
    }
  }

  /** Checks what comes after a notNext. */
  static <E> void mayFollowNotNext(Pattern<E> pattern, Step<E> step, Follow follow) {
    if (follow.accepts() && !follow.isEnd()) {
      throw refused(
          pattern,
          step,
          "comes before steps that may all be left out; make it the last step, or one of them"
              + " required");
    }
  }

  private static <E> boolean matched(List<Step<E>> steps, String name) {
    return steps.stream()
        .anyMatch(
            step ->
                step.isGroup()
                    ? matched(step.group(), name)
                    : !step.isAbsence() && step.name().equals(name));
  }

  static <E> void mayBeGroup(Pattern<E> group) {
    if (group.last().isAbsence()) {
      throw refused(
          group, group.last(), "ends a group, where it has no meaning; put it after the group");
    }
    if (group.withinMicros() != 0) {
      throw new IllegalArgumentException(
          "pattern %s: a group has no time of its own; call within(…) on the whole pattern"
              .formatted(group));
    }
    if (group.skip().skips()) {
      throw new IllegalArgumentException(
          "pattern %s: a group has no skip strategy; give %s to the whole pattern's begin(…)"
              .formatted(group, group.skip()));
    }
  }

  static <E> void mayHaveCondition(Pattern<E> pattern) {
    if (pattern.last().isGroup()) {
      throw refused(
          pattern,
          pattern.last(),
          "is a group and has no condition; give one to each of its steps");
    }
  }

  static <E> void mayHaveUntil(Pattern<E> pattern) {
    Step<E> last = pattern.last();
    if (!last.quantifier().loops()) {
      throw refused(
          pattern, last, "has until(…) without oneOrMore() or timesOrMore(…); call one before");
    }
    if (last.until() != null) {
      throw refused(pattern, last, "has until(…) twice; join the conditions in one");
    }
  }

  static <E> void mayRepeat(Pattern<E> pattern, int from, int to) {
    Step<E> last = pattern.last();
    event(pattern, "times(…)");
    if (last.quantifier().counted()) {
      throw refused(pattern, last, "has two quantifiers; keep one");
    }
    if (from < 0 || to < 1 || to < from) {
      throw refused(
          pattern,
          last,
          "occurs %d to %d times; use at least one, and at most not less than at least"
              .formatted(from, to));
    }
  }

  static <E> void mayBeOptional(Pattern<E> pattern) {
    event(pattern, "optional()");
    if (pattern.last().quantifier().optional()) {
      throw refused(pattern, pattern.last(), "is optional already; call optional() once");
    }
  }

  static <E> void mayBeGreedy(Pattern<E> pattern) {
    Step<E> last = pattern.last();
    event(pattern, "greedy()");
    if (last.isGroup()) {
      throw refused(pattern, last, "is a group and cannot be greedy; make its steps greedy");
    }
    if (!last.quantifier().counted()) {
      throw refused(
          pattern, last, "is greedy and not repeated; call times(…) or oneOrMore() before");
    }
    if (last.quantifier().inner() == Contiguity.ANY) {
      throw refused(pattern, last, "is greedy and allows combinations; choose one");
    }
  }

  static <E> void mayChooseContiguity(Pattern<E> pattern, String method) {
    Step<E> last = pattern.last();
    event(pattern, method);
    if (!last.quantifier().counted()) {
      throw refused(
          pattern,
          last,
          "has %s and is not repeated; call times(…) or oneOrMore() before".formatted(method));
    }
    if (last.quantifier().inner() != Contiguity.RELAXED) {
      throw refused(pattern, last, "has consecutive() or allowCombinations() already; keep one");
    }
    if (last.quantifier().greedy() && method.startsWith("allow")) {
      throw refused(pattern, last, "is greedy and allows combinations; choose one");
    }
  }

  static long micros(Duration duration) {
    long micros = duration.toNanos() / 1000;
    if (micros <= 0) {
      throw new IllegalArgumentException(
          "within(%s): a match takes some time, e.g. within(Duration.ofMinutes(10))"
              .formatted(duration));
    }
    return micros;
  }

  private static <E> void event(Pattern<E> pattern, String method) {
    if (pattern.last().isAbsence()) {
      throw refused(
          pattern,
          pattern.last(),
          "is an absence and cannot have %s; leave it out".formatted(method));
    }
  }

  private static <E> IllegalArgumentException refused(
      Pattern<E> pattern, Step<E> step, String why) {
    return new IllegalArgumentException(
        "pattern %s: step \"%s\" %s".formatted(pattern, step.name(), why));
  }
}
