package dhara.transforms.effect;

import dhara.transforms.aggregate.Answer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Which of the answers of an incident are acted on: in the order of their windows, each that ends
 * later than all before it by more than the incident lasts. The first is; those that follow within
 * that time are the same incident.
 *
 * <p>Plain values, so that a stream and a backfill decide alike.
 */
final class Firing<K extends Record, V> implements Serializable {

  private static final long serialVersionUID = 1L;

  /** The incident was never seen. */
  static final long NEVER = Long.MIN_VALUE;

  private final Naming<K, V> naming;
  private final long lastingMillis;

  Firing(Naming<K, V> naming, long lastingMillis) {
    this.naming = naming;
    this.lastingMillis = lastingMillis;
  }

  /**
   * What is acted on, and how far the incident reaches.
   *
   * @param acted in order
   * @param last end of the last window of the incident, epoch milliseconds
   */
  record Fired<K, V>(List<Answer<K, V>> acted, long last) {}

  /**
   * Goes through answers of an incident.
   *
   * @param before how far the incident reaches without them; {@link #NEVER} if it is new
   * @param answers in any order, none of them withdrawn
   */
  Fired<K, V> fire(long before, List<Answer<K, V>> answers) {
    List<Answer<K, V>> ordered = new ArrayList<>(answers);
    ordered.sort(
        Comparator.comparing((Answer<K, V> answer) -> answer.end())
            .thenComparing(Answer::start)
            .thenComparing(naming::key));
    List<Answer<K, V>> acted = new ArrayList<>();
    long last = before;
    for (Answer<K, V> answer : ordered) {
      long end = answer.end().toEpochMilli();
      if (last == NEVER || end > until(last)) {
        acted.add(answer);
      }
      last = Math.max(last, end);
    }
    return new Fired<>(acted, last);
  }

  /** Until when a window must end to be of an incident that reaches so far. */
  long until(long last) {
    return last > Long.MAX_VALUE - lastingMillis ? Long.MAX_VALUE : last + lastingMillis;
  }

  /** What is acted on: an answer of its own, the first of its incident. */
  static <K, V> Answer<Incident<K>, V> of(String incident, Answer<K, V> acted) {
    return new Answer<>(
        new Incident<>(incident, acted.key()), acted.start(), acted.end(), 0, acted.value());
  }

  /** The answer that counts: the one of the highest revision; null if it is withdrawn. */
  static <K, V> @Nullable Answer<K, V> settled(Iterable<Answer<K, V>> revisions) {
    @Nullable Answer<K, V> highest = null;
    for (Answer<K, V> next : revisions) {
      if (highest == null || next.revision() >= highest.revision()) {
        highest = next;
      }
    }
    return highest == null || highest.isWithdrawn() ? null : highest;
  }
}
