package dhara.tools.replay;

import static java.util.Objects.requireNonNullElseGet;

import dhara.connectors.files.Archive;
import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import dhara.tools.replay.ReplayRecord.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Turns an archive into the records of a replay, in the order in which they are sent. It is a
 * function of the archive and the faults.
 *
 * <p>With a disorder, each record arrives at its event's time plus less than the disorder, so on no
 * partition an event comes later than that after a newer one. Before, the archive's own disorder is
 * sorted out, up to {@code sortWithin}; that much event time is held in memory. Without a disorder,
 * a record arrives together with the archive's newest event so far, which keeps the archive's
 * order.
 *
 * <p>An event that is to be late leaves this order: {@link HeldBack} keeps it until its partition
 * has seen a newer one. If the archive ends before that, or holds the event twice, it is not late.
 */
final class ReplayPlan<T extends Record & Event> implements Archive.ArchiveTaker<T> {

  /** A time before any event, far from an overflow. */
  static final long START = Long.MIN_VALUE / 2;

  /** Within the ten seconds of disorder that streams tolerate by default. */
  private static final Duration COPY_WITHIN = Duration.ofSeconds(1);

  /** Takes records in the order of their arrival. */
  @FunctionalInterface
  interface Sender {
    void send(ReplayRecord record) throws IOException;
  }

  private final ReplayFaults faults;
  private final ReplayPartitions partitions;
  private final ReplayLines lines;
  private final RecordKey<T> keys;
  private final Sender sender;
  private final PriorityQueue<ReplayRecord> underway = new PriorityQueue<>(ReplayRecord.BY_ARRIVAL);
  private final HeldBack heldBack;
  private final ReplayIds ids = new ReplayIds();

  /** One for each fault, so that none shifts the others. */
  private final SplittableRandom delays;

  private final SplittableRandom copies;
  private final SplittableRandom late;
  private final SplittableRandom garbage;
  private final SplittableRandom future;
  private final SplittableRandom past;

  private final long disorderMicros;
  private final long copyMicros;
  private final long sortMicros;

  /** The event that each partition's closing event is a copy of; null if it got none. */
  private final List<Last<T>> lasts;

  private @Nullable T last;
  private long frontier = START;
  private long order;

  /** The last event that was read for a partition, and whether anything was. */
  private static final class Last<T> {
    private @Nullable T event;
    private boolean written;
  }

  ReplayPlan(
      ReplayFaults faults,
      ReplayPartitions partitions,
      ReplayLines lines,
      RecordKey<T> keys,
      Sender sender) {
    this.faults = faults;
    this.partitions = partitions;
    this.lines = lines;
    this.keys = keys;
    this.sender = sender;
    this.heldBack = new HeldBack(partitions.count(), micros(faults.lateBy()));
    SplittableRandom random = new SplittableRandom(faults.seed());
    this.delays = random.split();
    this.copies = random.split();
    this.late = random.split();
    this.garbage = random.split();
    this.future = random.split();
    this.past = random.split();
    this.disorderMicros = micros(faults.disorder());
    this.copyMicros = disorderMicros > 0 ? disorderMicros : micros(COPY_WITHIN);
    this.sortMicros = disorderMicros > 0 ? micros(faults.sortWithin()) : 0;
    this.lasts = Stream.generate(() -> new Last<T>()).limit(partitions.count()).toList();
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1_000;
  }

  @Override
  public void event(T event, byte[] json) throws IOException {
    byte[] key = keys.of(event);
    int partition = partitions.of(requireNonNullElseGet(key, () -> RecordKey.utf8(event.id())));
    long at = ReplayRecord.micros(event.at());
    frontier = Math.max(frontier, at);
    last = event;
    lasts.get(partition).event = event;
    boolean again = !ids.add(event.id());
    ReplayRecord record =
        new ReplayRecord(
            again ? Kind.ARCHIVE_DUPLICATE : Kind.EVENT,
            partition,
            key,
            lines.event(event, json),
            base(at) + (disorderMicros > 0 ? delays.nextLong(disorderMicros) : 0),
            order++,
            event.id(),
            at,
            null);
    boolean heldBackNow =
        late.nextDouble() < faults.late() && !again && partition != partitions.idle();
    if (again) {
      heldBack.comesAgain(event.id());
    }
    if (heldBackNow) {
      heldBack.add(record);
    } else {
      add(record);
    }
    if (copies.nextDouble() < faults.duplicates()) {
      long arrival = base(at) + copies.nextLong(copyMicros);
      // An on-time copy would be counted instead of the late event.
      if (!heldBackNow) {
        add(at(record, Kind.DUPLICATE, record.bytes(), arrival, event.id(), null));
      }
    }
    plantGarbage(event, record);
    sendUntil(frontier - sortMicros);
  }

  private void plantGarbage(T event, ReplayRecord record) {
    if (garbage.nextDouble() < faults.garbage()) {
      List<Reason> kinds = lines.kinds();
      plant(kinds.get(garbage.nextInt(kinds.size())), event, record, garbage);
    }
    if (future.nextDouble() < faults.farFuture()) {
      plant(Reason.IN_THE_FUTURE, event, record, future);
    }
    if (past.nextDouble() < faults.farPast()) {
      plant(Reason.TOO_OLD, event, record, past);
    }
  }

  private void plant(Reason reason, T event, ReplayRecord record, SplittableRandom random) {
    long arrival = base(record.at()) + random.nextLong(copyMicros);
    add(at(record, Kind.GARBAGE, lines.garbage(reason, event), arrival, "", reason));
  }

  private ReplayRecord at(
      ReplayRecord record,
      Kind kind,
      byte[] bytes,
      long arrival,
      String id,
      @Nullable Reason reason) {
    return new ReplayRecord(
        kind, record.partition(), record.key(), bytes, arrival, order++, id, record.at(), reason);
  }

  /** Notes that no event comes that is earlier than this, although none may come at all. */
  void passed(Instant at) throws IOException {
    frontier = Math.max(frontier, ReplayRecord.micros(at));
    sendUntil(frontier - sortMicros);
  }

  @Override
  public void garbage(Reason reason, byte[] line) {
    add(
        new ReplayRecord(
            Kind.ARCHIVE_GARBAGE,
            partitions.next(),
            null,
            line,
            frontier,
            order++,
            "",
            frontier,
            reason));
  }

  /** After the end of the archive: sends the remaining records, and those still held back. */
  void end() throws IOException {
    sendUntil(Long.MAX_VALUE);
    for (ReplayRecord record : heldBack.rest()) {
      sender.send(record.as(Kind.HELD_BACK));
    }
  }

  /** The time of the newest event so far, in microseconds. */
  long frontier() {
    return frontier;
  }

  /**
   * Sends the events that close the windows of all others.
   *
   * @param newest the time of the newest event of all inputs
   */
  void close(long newest) throws IOException {
    frontier = Math.max(frontier, newest);
    if (faults.closing() == null || last == null) {
      return;
    }
    for (int partition = 0; partition < lasts.size(); partition++) {
      Last<T> of = lasts.get(partition);
      if (of.written) {
        sender.send(closing(partition, of.event == null ? last : of.event, faults.closing()));
      }
    }
  }

  private ReplayRecord closing(int partition, T event, Duration after) {
    String id = "closing-" + partition;
    Instant at = ReplayRecord.instant(frontier).plus(after);
    return new ReplayRecord(
        Kind.CLOSING,
        partition,
        keys.of(event, id),
        lines.copy(event, id, at),
        frontier,
        order++,
        id,
        ReplayRecord.micros(at),
        null);
  }

  private long base(long at) {
    return disorderMicros > 0 ? at : frontier;
  }

  private void add(ReplayRecord record) {
    lasts.get(record.partition()).written = true;
    underway.add(record);
  }

  private void sendUntil(long arrival) throws IOException {
    while (!underway.isEmpty() && underway.peek().arrival() <= arrival) {
      ReplayRecord record = underway.remove();
      sender.send(record);
      if (!record.kind().garbage()) {
        for (ReplayRecord held : heldBack.after(record)) {
          sender.send(held);
        }
      }
    }
  }
}
