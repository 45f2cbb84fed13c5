package dhara.transforms.order.pattern;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Patterns and sequences by chance. Kinds are a to e; e is mostly the forbidden one. */
final class RandomPatterns {

  private static final char[] NAMES = "pqrstuvwxyzABCDEFGHIJKLMNO".toCharArray();

  private final SplittableRandom random;
  private final ChronoUnit unit;
  private int names;

  /** Patterns by chance, whose times are a few of the unit. */
  RandomPatterns(SplittableRandom random, ChronoUnit unit) {
    this.random = random;
    this.unit = unit;
  }

  /** A signal of one of some kinds. */
  record Kinds(int mask) implements EventCondition<Signal> {
    @Override
    public boolean test(Signal signal) {
      return (mask >> (signal.kind() - 'a') & 1) != 0;
    }
  }

  /** A signal of one of some kinds whose value is not less than that of the last of a step. */
  record Rising(int mask, String step) implements MatchCondition<Signal> {
    @Override
    public boolean test(Signal signal, Match<Signal> before) {
      return (mask >> (signal.kind() - 'a') & 1) != 0
          && before.last(step).map(last -> last.value() <= signal.value()).orElse(true);
    }
  }

  /** A pattern that the rules allow. */
  Pattern<Signal> pattern() {
    return Stream.generate(this::attempt).flatMap(Optional::stream).findFirst().orElseThrow();
  }

  /** Empty if the rules refuse what was made; they allow most. */
  private Optional<Pattern<Signal>> attempt() {
    names = 0;
    try {
      Pattern<Signal> pattern = chain(1 + random.nextInt(4), 0, skip());
      if (random.nextInt(6) > 0) {
        pattern = pattern.within(Duration.of(2 + random.nextInt(10), unit));
      }
      Automaton<Signal> allowed = Automaton.of(pattern);
      return allowed.states().isEmpty() ? Optional.empty() : Optional.of(pattern);
    } catch (IllegalArgumentException refused) {
      return Optional.empty();
    }
  }

  private AfterMatchSkip skip() {
    return switch (random.nextInt(9)) {
      case 0 -> AfterMatchSkip.skipToNext();
      case 1 -> AfterMatchSkip.skipPastLastEvent();
      case 2 -> AfterMatchSkip.skipToFirst("" + NAMES[random.nextInt(3)]);
      case 3 -> AfterMatchSkip.skipToLast("" + NAMES[random.nextInt(3)]);
      default -> AfterMatchSkip.noSkip();
    };
  }

  private Pattern<Signal> chain(int steps, int depth, AfterMatchSkip skip) {
    Pattern<Signal> pattern = null;
    List<String> before = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      if (depth < 2 && random.nextInt(7) == 0) {
        Pattern<Signal> group = chain(1 + random.nextInt(3), depth + 1, AfterMatchSkip.noSkip());
        pattern = quantified(group(pattern, group, skip), true);
        continue;
      }
      String name = "" + NAMES[names++];
      boolean absent = i > 0 && random.nextInt(5) == 0;
      pattern = absent ? absence(pattern, name) : event(pattern, name, skip);
      if (!absent) {
        before.add(name);
      }
      pattern = condition(pattern, absent, before);
      pattern = absent ? pattern : quantified(pattern, false);
    }
    return pattern;
  }

  private Pattern<Signal> group(
      Pattern<Signal> before, Pattern<Signal> group, AfterMatchSkip skip) {
    if (before == null) {
      return Pattern.begin(group, skip);
    }
    return switch (random.nextInt(3)) {
      case 0 -> before.next(group);
      case 1 -> before.followedBy(group);
      default -> before.followedByAny(group);
    };
  }

  private Pattern<Signal> absence(Pattern<Signal> before, String name) {
    return random.nextInt(3) == 0 ? before.notNext(name) : before.notFollowedBy(name);
  }

  private Pattern<Signal> event(Pattern<Signal> before, String name, AfterMatchSkip skip) {
    if (before == null) {
      return Pattern.begin(name, skip);
    }
    return switch (random.nextInt(5)) {
      case 0 -> before.next(name);
      case 1, 2, 3 -> before.followedBy(name);
      default -> before.followedByAny(name);
    };
  }

  private Pattern<Signal> condition(Pattern<Signal> pattern, boolean absent, List<String> before) {
    int kind = absent && random.nextInt(4) > 0 ? 4 : random.nextInt(4);
    int mask = 1 << kind | (random.nextInt(4) == 0 ? 1 << random.nextInt(4) : 0);
    if (!before.isEmpty() && random.nextInt(7) == 0) {
      return pattern.where(new Rising(mask, before.get(random.nextInt(before.size()))));
    }
    return pattern.where(new Kinds(mask));
  }

  private Pattern<Signal> quantified(Pattern<Signal> pattern, boolean group) {
    Pattern<Signal> quantified = pattern;
    int choice = random.nextInt(10);
    if (choice < 2) {
      quantified = quantified.oneOrMore();
    } else if (choice == 2) {
      quantified = quantified.times(2);
    } else if (choice == 3) {
      quantified = quantified.times(random.nextInt(3), 2 + random.nextInt(2));
    } else if (choice == 4) {
      quantified = quantified.timesOrMore(2);
    }
    if (!quantified.last().quantifier().optional() && random.nextInt(5) == 0) {
      quantified = quantified.optional();
    }
    if (choice >= 5) {
      return quantified;
    }
    if (!group && random.nextInt(3) == 0) {
      quantified = quantified.greedy();
    }
    int inner = random.nextInt(4);
    if (inner == 0) {
      quantified = quantified.consecutive();
    } else if (inner == 1 && !quantified.last().quantifier().greedy()) {
      quantified = quantified.allowCombinations();
    }
    if (quantified.last().quantifier().loops() && random.nextInt(4) == 0) {
      quantified = quantified.until(new Kinds(1 << random.nextInt(5)));
    }
    return quantified;
  }

  /** A sequence; some signals come at the same time. */
  List<Signal> signals() {
    int count = 1 + random.nextInt(9);
    List<Signal> signals = new ArrayList<>();
    long at = micros(1);
    for (int i = 0; i < count; i++) {
      char kind = (char) ('a' + (random.nextInt(6) == 0 ? 4 : random.nextInt(4)));
      signals.add(new Signal(i, kind, random.nextInt(4), at));
      at += micros(random.nextInt(3));
    }
    return signals;
  }

  private long micros(int units) {
    return Duration.of(units, unit).toNanos() / 1000;
  }
}
