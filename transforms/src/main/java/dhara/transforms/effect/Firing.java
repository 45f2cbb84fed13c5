package dhara.transforms.effect;

import dhara.transforms.aggregate.Answer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Decides which answers of an incident are acted on. In the order of their windows, an answer is
 * acted on if its window ends later than all before it by more than the incident's duration; those
 * within that duration belong to the same incident.
 *
 * <p>It works on plain values, so a stream and a backfill decide alike.
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
   * The answers to act on, and how far the incident reaches.
   *
   * @param acted in order
   * @param last end of the last window of the incident, epoch milliseconds
   */
  record Fired<K, V>(List<Answer<K, V>> acted, long last) {}

  /**
   * Processes answers of an incident.
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

  /** The latest end of a window that belongs to an incident that reaches this far. */
  long until(long last) {
    return last > Long.MAX_VALUE - lastingMillis ? Long.MAX_VALUE : last + lastingMillis;
  }

  /** The answer to act on: a new answer, the first of its incident. */
  static <K, V> Answer<Incident<K>, V> of(String incident, Answer<K, V> acted) {
    return new Answer<>(
        new Incident<>(incident, acted.key()), acted.start(), acted.end(), 0, acted.value());
  }

  /** The one of two answers of a key and window that counts: that with the higher revision. */
  static <K, V> Answer<K, V> higher(Answer<K, V> one, Answer<K, V> next) {
    return next.revision() >= one.revision() ? next : one;
  }
}
