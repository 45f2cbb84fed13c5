package dhara.connectors.delivery;

import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import io.github.resilience4j.core.IntervalFunction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One round over a queue: takes the replies that have come, and sends what may be sent now. A round
 * never waits. It is the same for a stream, whose queue is in its state, and a backfill, whose
 * queue is in memory.
 *
 * <p>At most {@link #ACTIVE} rows, or twice those that may be in flight, are looked at in a round.
 * If all of these wait for their next attempt, the rows behind wait with them.
 */
final class Round {

  /** How long after a round the next one looks for replies, in milliseconds. */
  static final long TICK_MILLIS = 25;

  private static final int ACTIVE = 256;

  /** The waits after an attempt are spread by half of their mean to either side. */
  private static final double JITTER = 0.5;

  private static final int LONGEST_TEXT = 500;

  private final DeliveryTerms terms;
  private final Courier courier;
  private final RoundCounts metrics;
  private final IntervalFunction backoff;
  private final int most;
  private long outages;
  private boolean broke;

  Round(DeliveryTerms terms, Courier courier, RoundCounts metrics) {
    this.terms = terms;
    this.courier = courier;
    this.metrics = metrics;
    this.backoff =
        IntervalFunction.ofExponentialRandomBackoff(
            terms.backoff().toMillis(), 2, JITTER, terms.maxBackoff().toMillis());
    this.most = Math.max(ACTIVE, 2 * terms.inFlight());
  }

  /**
   * Runs a round.
   *
   * @param nowMillis wall clock, epoch milliseconds
   * @param undelivered takes the rows that will not be sent again
   * @return the rest; it says when the next round is due
   */
  RowQueue run(Slots slots, RowQueue queue, long nowMillis, Consumer<DeadLetter> undelivered) {
    long known = courier.outages();
    broke = known != outages;
    outages = known;
    List<Long> active = new ArrayList<>();
    long wake = RowQueue.NEVER;
    for (long position : queue.active()) {
      wake = Math.min(wake, turn(slots, position, nowMillis, active, undelivered));
    }
    long head = queue.head();
    while (head < queue.tail() && active.size() < most) {
      wake = Math.min(wake, turn(slots, head, nowMillis, active, undelivered));
      head++;
    }
    RowQueue rest = new RowQueue(active, head, queue.tail(), wake);
    metrics.show(rest.size(), courier);
    return rest;
  }

  /** The turn of one row; returns when it wants the next. */
  private long turn(
      Slots slots,
      long position,
      long nowMillis,
      List<Long> active,
      Consumer<DeadLetter> undelivered) {
    Waiting row = slots.get(position);
    if (row == null) {
      throw new IllegalStateException(terms.place() + ": no row at " + position);
    }
    Optional<Reply> reply = courier.reply(row.parcel());
    if (reply.isPresent()) {
      Optional<Waiting> rest = after(row, reply.get(), nowMillis, undelivered);
      if (rest.isEmpty()) {
        slots.remove(position);
        return RowQueue.NEVER;
      }
      row = rest.get();
      slots.put(position, row);
    }
    active.add(position);
    if (courier.carries(row.parcel())) {
      return nowMillis + TICK_MILLIS;
    }
    if (row.dueMillis() > nowMillis) {
      return row.dueMillis();
    }
    if (courier.send(row.parcel())) {
      return nowMillis + TICK_MILLIS;
    }
    if (!broke || !courier.open()) {
      return nowMillis + courier.patienceMillis();
    }
    // The attempt that failed is one of every row that waits: else an outage would last for ever.
    Optional<Waiting> rest =
        after(row, Reply.failed("the circuit breaker is open"), nowMillis, undelivered);
    if (rest.isEmpty()) {
      slots.remove(position);
      active.remove(active.size() - 1);
      return RowQueue.NEVER;
    }
    slots.put(position, rest.get());
    return rest.get().dueMillis();
  }

  /** What remains of a row after a reply: nothing, or the row for its next attempt. */
  private Optional<Waiting> after(
      Waiting row, Reply reply, long nowMillis, Consumer<DeadLetter> undelivered) {
    return switch (reply.kind()) {
      case TAKEN -> {
        metrics.delivered();
        yield Optional.empty();
      }
      case REFUSED -> {
        undelivered.accept(letter(row.parcel(), "refused: " + reply.text()));
        yield Optional.empty();
      }
      case BUSY, FAILED -> {
        int attempts = row.attempts() + 1;
        if (attempts >= terms.attempts()) {
          undelivered.accept(
              letter(
                  row.parcel(),
                  "not taken in %d attempts, the last: %s".formatted(attempts, reply.text())));
          yield Optional.empty();
        }
        metrics.retried();
        long wait = Math.max(backoff.apply(attempts), reply.pause().toMillis());
        yield Optional.of(row.again(nowMillis + wait));
      }
    };
  }

  /** The dead letter of a row that found no place in the queue. */
  DeadLetter crowdedOut(Parcel parcel) {
    return letter(parcel, "%,d rows wait already: queue=".formatted(terms.queue()));
  }

  /** The position in the dead letter of the row with a name. */
  static String position(String name) {
    return "key=" + DeadLetter.sha256(name.getBytes(StandardCharsets.UTF_8));
  }

  private DeadLetter letter(Parcel parcel, String text) {
    metrics.undelivered();
    return new DeadLetter(
        terms.output(),
        Reason.UNDELIVERED,
        text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "…" : text,
        terms.place(),
        position(parcel.name()),
        Instant.now().truncatedTo(ChronoUnit.MICROS),
        parcel.row().getBytes(StandardCharsets.UTF_8));
  }
}
