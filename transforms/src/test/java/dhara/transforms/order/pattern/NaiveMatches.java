package dhara.transforms.order.pattern;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The meaning of a pattern, said directly: every way to put signals into steps is tried, and the
 * conditions of the steps are checked over the whole sequence. It shares no code with the matcher
 * but the declaration of the pattern, and takes exponential time.
 */
final class NaiveMatches {

  /**
   * A signal in a step; the tries for one place in a match are numbered as the pattern has them.
   */
  private record Pick(String step, Signal signal, int attempt) {}

  /** A match, or a partial match that timed out. */
  private record Result(List<Pick> picks, long at, int by) {}

  /** What holds for the signals between the last pick and the next. */
  private record Between(
      List<Criterion<Signal>> nots, List<Criterion<Signal>> notNext, List<Guard> guards) {

    static final Between NOTHING = new Between(List.of(), List.of(), List.of());

    Between not(List<Criterion<Signal>> more) {
      return new Between(plus(nots, more), notNext, guards);
    }

    Between notNext(Criterion<Signal> more) {
      return new Between(nots, plus(notNext, List.of(more)), guards);
    }

    Between guard(Guard more) {
      return new Between(nots, notNext, plus(guards, List.of(more)));
    }
  }

  /** A greedy step that could take a signal; null if any, or if nothing ends it. */
  private record Guard(Criterion<Signal> test, Criterion<Signal> until) {}

  /** Goes on with the rest of the pattern. */
  private interface Rest {
    void from(List<Pick> picks, Between between);
  }

  private final Pattern<Signal> pattern;
  private final List<Signal> signals;
  private final EventSteps names;
  private final long within;

  private int attempts;
  private final List<Result> results = new ArrayList<>();
  private final Set<String> waiting = new TreeSet<>();
  private final Map<String, Result> late = new LinkedHashMap<>();

  NaiveMatches(Pattern<Signal> pattern, List<Signal> signals) {
    this.pattern = pattern;
    this.signals = signals;
    this.names = EventSteps.of(pattern);
    this.within = pattern.withinMicros() == 0 ? Long.MAX_VALUE / 2 : pattern.withinMicros();
    chain(
        pattern.steps(),
        0,
        Contiguity.STRICT,
        List.of(),
        List.of(),
        List.of(),
        Between.NOTHING,
        this::end);
  }

  private void chain(
      List<Step<Signal>> steps,
      int index,
      Contiguity head,
      List<Criterion<Signal>> ends,
      List<Criterion<Signal>> absent,
      List<Pick> picks,
      Between between,
      Rest rest) {
    if (index == steps.size()) {
      rest.from(picks, between);
      return;
    }
    Step<Signal> step = steps.get(index);
    Rest further = (now, then) -> chain(steps, index + 1, head, ends, absent, now, then, rest);
    switch (step.kind()) {
      case NOT_NEXT -> further.from(picks, between.notNext(step.condition()));
      case NOT_FOLLOWED_BY -> further.from(picks, between.not(List.of(step.condition())));
      default ->
          times(
              step,
              1,
              index == 0 ? head : step.contiguity(),
              ends,
              absentAfter(steps, index, absent),
              picks,
              between,
              further);
    }
  }

  /** The conditions of notFollowedBy that also hold between the occurrences of a step. */
  private static List<Criterion<Signal>> absentAfter(
      List<Step<Signal>> steps, int index, List<Criterion<Signal>> outer) {
    if (index + 1 == steps.size()) {
      return outer;
    }
    Step<Signal> next = steps.get(index + 1);
    return switch (next.kind()) {
      case NOT_FOLLOWED_BY -> plus(List.of(next.condition()), absentAfter(steps, index + 1, outer));
      case NOT_NEXT -> List.of();
      default -> next.mayBeEmpty() ? absentAfter(steps, index + 1, outer) : List.of();
    };
  }

  private void times(
      Step<Signal> step,
      int occurrence,
      Contiguity contiguity,
      List<Criterion<Signal>> ends,
      List<Criterion<Signal>> absent,
      List<Pick> picks,
      Between between,
      Rest rest) {
    Quantifier times = step.quantifier();
    Rest after =
        times.greedy() && times.varies()
            ? (now, then) -> rest.from(now, then.guard(new Guard(step.condition(), step.until())))
            : rest;
    Rest next =
        (now, then) -> {
          if (occurrence < times.most()) {
            times(step, occurrence + 1, times.inner(), ends, absent, now, then.not(absent), rest);
          }
          if (occurrence >= times.least()) {
            after.from(now, then);
          }
        };
    List<Criterion<Signal>> until = step.until() == null ? List.of() : List.of(step.until());
    if (step.isGroup()) {
      chain(step.group(), 0, contiguity, plus(ends, until), absent, picks, between, next);
    } else if (occurrence == 1) {
      once(step, contiguity, ends, until, picks, between, next);
    } else {
      once(step, contiguity, plus(ends, until), List.of(), picks, between, next);
    }
    if (occurrence == 1 && times.optional()) {
      after.from(picks, between);
    }
  }

  /** Tries each signal for an event. */
  private void once(
      Step<Signal> step,
      Contiguity contiguity,
      List<Criterion<Signal>> ends,
      List<Criterion<Signal>> refuses,
      List<Pick> picks,
      Between between,
      Rest rest) {
    int from = from(picks);
    int attempt = attempts++;
    for (int i = from; i < signals.size() && inTime(picks, i); i++) {
      boolean wanted = step.condition() == null || holds(step.condition(), i, picks);
      int since = picks.isEmpty() ? i : from;
      boolean free =
          !any(ends, i, picks)
              && !guarded(between, since, i, picks)
              && !(i == from && !picks.isEmpty() && any(between.notNext, i, picks));
      if (wanted && free && !any(refuses, i, picks)) {
        rest.from(
            plus(picks, List.of(new Pick(step.name(), signals.get(i), attempt))), Between.NOTHING);
      }
      boolean passes =
          contiguity == Contiguity.ANY || (contiguity == Contiguity.RELAXED && !wanted);
      if (!picks.isEmpty() && !(passes && free && !any(between.nots, i, picks))) {
        return;
      }
    }
    timeout(picks);
  }

  private void end(List<Pick> picks, Between between) {
    if (picks.isEmpty()) {
      return;
    }
    int from = from(picks);
    if (pattern.last().kind() == Step.Kind.NOT_FOLLOWED_BY) {
      int i = from;
      while (i < signals.size() && inTime(picks, i)) {
        if (any(between.nots, i, picks)
            || guarded(between, from, i, picks)
            || (i == from && any(between.notNext, i, picks))) {
          return;
        }
        i++;
      }
      waiting.add(key(picks));
      results.add(new Result(picks, start(picks) + within, Integer.MAX_VALUE));
    } else if (!between.notNext.isEmpty()) {
      if (from == signals.size() || !inTime(picks, from)) {
        timeout(picks);
      } else if (!any(between.notNext, from, picks)
          && !any(between.nots, from, picks)
          && !guarded(between, from, from, picks)) {
        results.add(new Result(picks, signals.get(from).micros(), from));
      }
    } else {
      results.add(new Result(picks, last(picks).micros(), last(picks).number()));
    }
  }

  private void timeout(List<Pick> picks) {
    if (!picks.isEmpty() && pattern.withinMicros() != 0) {
      late.put(key(picks), new Result(picks, start(picks) + within, Integer.MAX_VALUE));
    }
  }

  private boolean guarded(Between between, int from, int index, List<Pick> picks) {
    for (Guard guard : between.guards) {
      boolean ended = false;
      for (int i = from; i <= index && guard.until != null; i++) {
        ended |= holds(guard.until, i, picks);
      }
      if (!ended && (guard.test == null || holds(guard.test, index, picks))) {
        return true;
      }
    }
    return false;
  }

  private boolean any(List<Criterion<Signal>> criteria, int index, List<Pick> picks) {
    return criteria.stream().anyMatch(criterion -> holds(criterion, index, picks));
  }

  private boolean holds(Criterion<Signal> criterion, int index, List<Pick> picks) {
    if (criterion == null) {
      return true;
    }
    Taken<Signal> chain = null;
    for (Pick pick : picks) {
      chain =
          new Taken<>(
              chain,
              names.index(pick.step),
              new Taken.Entry<>(pick.signal, pick.signal.micros(), pick.signal.number()));
    }
    return criterion.test(signals.get(index), new Match<>(names, chain, 0));
  }

  private boolean inTime(List<Pick> picks, int index) {
    return picks.isEmpty() || signals.get(index).micros() < start(picks) + within;
  }

  private static int from(List<Pick> picks) {
    return picks.isEmpty() ? 0 : last(picks).number() + 1;
  }

  private static Signal last(List<Pick> picks) {
    return picks.get(picks.size() - 1).signal;
  }

  private static long start(List<Pick> picks) {
    return picks.get(0).signal.micros();
  }

  private static String key(List<Pick> picks) {
    return picks.stream().map(pick -> pick.step + pick.signal.number()).toList().toString();
  }

  private static <T> List<T> plus(List<T> some, List<T> more) {
    List<T> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  /** All matches, before any skip strategy, sorted. */
  List<String> all() {
    return results.stream().map(this::text).distinct().sorted().toList();
  }

  /** The partial matches that timed out, if no strategy skips, sorted. */
  List<String> timedOut() {
    return late.entrySet().stream()
        .filter(entry -> !waiting.contains(entry.getKey()))
        .map(entry -> text(entry.getValue()))
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * What the skip strategy leaves, in order: matches by first event, completion, and earlier
   * events; each discards those that begin before the state to which it skips.
   */
  List<String> skipped() {
    List<Result> sorted = new ArrayList<>(results);
    sorted.sort(
        Comparator.comparingInt((Result result) -> result.picks.get(0).signal.number())
            .thenComparingInt(result -> result.by)
            .thenComparing(this::byEvents));
    List<String> left = new ArrayList<>();
    int from = 0;
    for (Result result : sorted) {
      String text = text(result);
      if (result.picks.get(0).signal.number() >= from && !left.contains(text)) {
        left.add(text);
        from = Math.max(from, from(result));
      }
    }
    return left;
  }

  /** Whether two matches have one first event, so that Flink's queue may decide. */
  boolean hasRivals() {
    return results.stream().map(result -> result.picks.get(0).signal.number()).distinct().count()
        < all().size();
  }

  /** Whether moreover one event completes both. */
  boolean hasTies() {
    return results.stream()
            .map(result -> result.picks.get(0).signal.number() + " " + result.by)
            .distinct()
            .count()
        < all().size();
  }

  private int byEvents(Result one, Result other) {
    for (int i = 0; i < Math.min(one.picks.size(), other.picks.size()); i++) {
      Pick left = one.picks.get(i);
      Pick right = other.picks.get(i);
      int order = Integer.compare(left.signal.number(), right.signal.number());
      order = order != 0 ? order : Integer.compare(left.attempt, right.attempt);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(other.picks.size(), one.picks.size());
  }

  private int from(Result result) {
    List<Pick> picks = result.picks;
    return switch (pattern.skip().to()) {
      case NONE -> 0;
      case NEXT -> picks.get(0).signal.number() + 1;
      case PAST_LAST -> last(picks).number() + 1;
      case FIRST -> in(picks).mapToInt(pick -> pick.signal.number()).min().orElse(0);
      case LAST -> in(picks).mapToInt(pick -> pick.signal.number()).max().orElse(0);
    };
  }

  private java.util.stream.Stream<Pick> in(List<Pick> picks) {
    return picks.stream().filter(pick -> pick.step.equals(pattern.skip().step()));
  }

  private String text(Result result) {
    Map<String, List<Signal>> steps = new TreeMap<>();
    for (Pick pick : result.picks) {
      steps.computeIfAbsent(pick.step, step -> new ArrayList<>()).add(pick.signal);
    }
    return Found.text(steps, result.at);
  }
}
