package dhara.testkit.flink;

import dhara.ledger.Ledger;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Followed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A running stream that writes to topics until it is cancelled. */
public interface LiveStream extends AutoCloseable {

  /**
   * Checks that it runs.
   *
   * @throws IllegalStateException if it has ended, with its output
   */
  void checkRunning();

  /**
   * Waits for the ledger of its input in which every record that was sent has left by an exit.
   *
   * @param topic the ledgers of an analysis with one input
   * @param records how many were sent
   * @throws IllegalStateException if that does not happen in time
   */
  default Ledger accountsFor(EmbeddedKafka kafka, String topic, long records, Duration patience) {
    return ledger(kafka, topic, ledger -> ledger.read() == records && ledger.balances(), patience);
  }

  /**
   * The same for one of several inputs.
   *
   * @param topic the ledgers of all inputs
   */
  default Ledger accountsFor(
      EmbeddedKafka kafka, String topic, String input, long records, Duration patience) {
    return ledger(
        kafka,
        topic,
        ledger -> ledger.input().equals(input),
        ledger -> ledger.read() == records && ledger.balances(),
        patience);
  }

  /**
   * Waits until its newest ledger satisfies a condition.
   *
   * @throws IllegalStateException if that does not happen in time
   */
  default Ledger ledger(
      EmbeddedKafka kafka, String topic, Predicate<Ledger> wanted, Duration patience) {
    return ledger(kafka, topic, any -> true, wanted, patience);
  }

  private Ledger ledger(
      EmbeddedKafka kafka,
      String topic,
      Predicate<Ledger> which,
      Predicate<Ledger> wanted,
      Duration patience) {
    Predicate<List<String>> enough = rows -> last(rows, which).filter(wanted).isPresent();
    Optional<Ledger> last = last(follow(kafka, topic, enough, patience), which);
    return last.filter(wanted)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the ledger is not as it should be within %s: %s"
                        .formatted(patience, last.map(Ledger::toString).orElse("there is none"))));
  }

  private static Optional<Ledger> last(List<String> rows, Predicate<Ledger> which) {
    return rows.stream().map(Ledger::read).filter(which).reduce((one, next) -> next);
  }

  /** Follows a topic that it writes to, until there is enough or the time is up. */
  default List<String> follow(
      EmbeddedKafka kafka, String topic, Predicate<List<String>> enough, Duration patience) {
    // A starting stream creates its topics.
    kafka.awaitTopic(topic, patience, this::checkRunning);
    try (Followed followed = kafka.follow(topic)) {
      followed.until(enough, patience, this::checkRunning);
      return followed.values();
    }
  }

  /** Cancels it, and waits for its end. */
  @Override
  void close();
}
