package dhara.transforms.join;

import dhara.events.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What an interval join finds for the events of one key, written down from its definition. */
final class NaiveJoin {

  private static final Comparator<Event> ORDER =
      Comparator.comparing(Event::at).thenComparing(Event::id);

  private NaiveJoin() {}

  /** All that is given out, in any order. */
  static <L extends Event, R extends Event> List<Matched<L, R>> of(
      Collection<L> lefts,
      Collection<R> rights,
      Kind kind,
      Matches matches,
      Duration before,
      Duration after) {
    List<Matched<L, R>> found = new ArrayList<>();
    Set<R> used = new HashSet<>();
    for (L left : lefts.stream().sorted(ORDER).toList()) {
      List<R> all =
          rights.stream()
              .filter(right -> !right.at().isBefore(left.at().minus(before)))
              .filter(right -> !right.at().isAfter(left.at().plus(after)))
              .sorted(ORDER)
              .toList();
      List<R> chosen = chosen(left, all, matches, used);
      used.addAll(chosen);
      switch (kind) {
        case INNER -> chosen.forEach(right -> found.add(new Matched<>(left, right)));
        case LEFT -> {
          chosen.forEach(right -> found.add(new Matched<>(left, right)));
          if (chosen.isEmpty()) {
            found.add(new Matched<>(left, null));
          }
        }
        case SEMI -> {
          if (!chosen.isEmpty()) {
            found.add(new Matched<>(left, null));
          }
        }
        case ANTI -> {
          if (chosen.isEmpty()) {
            found.add(new Matched<>(left, null));
          }
        }
      }
    }
    return found;
  }

  private static <L extends Event, R extends Event> List<R> chosen(
      L left, List<R> all, Matches matches, Set<R> used) {
    return switch (matches) {
      case ALL, ANY -> all;
      case NEAREST ->
          all.stream()
              .min(
                  Comparator.comparing((R right) -> distance(left.at(), right.at()))
                      .thenComparing(ORDER))
              .stream()
              .toList();
      case LAST -> all.stream().max(ORDER).stream().toList();
      case LAST_ONCE ->
          all.stream().filter(right -> !used.contains(right)).max(ORDER).stream().toList();
    };
  }

  private static Duration distance(Instant one, Instant other) {
    return Duration.between(one, other).abs();
  }
}
