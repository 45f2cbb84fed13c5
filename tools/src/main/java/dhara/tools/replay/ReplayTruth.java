package dhara.tools.replay;

import com.fasterxml.jackson.core.JsonGenerator;
import dhara.events.DeadLetter.Reason;
import dhara.tools.replay.ReplayRecord.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a replay has sent. {@code records = events + duplicates + archiveDuplicates + deadLetters +
 * archiveDeadLetters + closing}; {@code events} are distinct events and include {@code late} and
 * {@code heldBack}.
 *
 * <p>{@code worstDisorder} is how far an event came after a newer one on its partition, without the
 * late ones: the disorder that a stream must tolerate. {@code outOfOrder} counts events beyond the
 * requested disorder, which comes from the archive itself.
 */
final class ReplayTruth implements AutoCloseable {

  private final ReplayFaults faults;
  private final ReplayPartitions partitions;
  private final Map<Kind, Long> kinds = new EnumMap<>(Kind.class);
  private final Map<Reason, Long> planted = new EnumMap<>(Reason.class);
  private final Map<Reason, Long> found = new EnumMap<>(Reason.class);
  private final long[] records;
  private final long[] newestOf;
  private final IdSpool late = new IdSpool();
  private final IdSpool heldBack = new IdSpool();
  private final IdSpool closing = new IdSpool();
  private long oldest = Long.MAX_VALUE;
  private long newest = Long.MIN_VALUE;
  private long worstMicros;
  private long outOfOrder;

  ReplayTruth(ReplayFaults faults, ReplayPartitions partitions) {
    this.faults = faults;
    this.partitions = partitions;
    this.records = new long[partitions.count()];
    this.newestOf = new long[partitions.count()];
    Arrays.fill(newestOf, ReplayPlan.START);
  }

  /** Counts a record. */
  void sent(ReplayRecord record) throws IOException {
    kinds.merge(record.kind(), 1L, Long::sum);
    records[record.partition()]++;
    switch (record.kind()) {
      case LATE -> late.add(record.id());
      case HELD_BACK -> heldBack.add(record.id());
      case CLOSING -> closing.add(record.id());
      case GARBAGE -> planted.merge(record.reason(), 1L, Long::sum);
      case ARCHIVE_GARBAGE -> found.merge(record.reason(), 1L, Long::sum);
      case EVENT, DUPLICATE, ARCHIVE_DUPLICATE -> order(record);
    }
    if (!record.kind().garbage() && record.kind() != Kind.CLOSING) {
      oldest = Math.min(oldest, record.at());
      newest = Math.max(newest, record.at());
    }
  }

  private void order(ReplayRecord record) {
    long behind = newestOf[record.partition()] - record.at();
    if (behind < 0) {
      newestOf[record.partition()] = record.at();
    }
    worstMicros = Math.max(worstMicros, behind);
    if (!faults.disorder().isZero() && behind >= faults.disorder().toNanos() / 1_000) {
      outOfOrder++;
    }
  }

  long records() {
    return kinds.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Distinct events. */
  long events() {
    return of(Kind.EVENT) + of(Kind.LATE) + of(Kind.HELD_BACK);
  }

  long of(Kind kind) {
    return kinds.getOrDefault(kind, 0L);
  }

  private Duration worstDisorder() {
    return Duration.ofNanos(worstMicros * 1_000);
  }

  /** The requests that this archive could not fulfil. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (outOfOrder > 0) {
      warnings.add(
          "%,d events came more than --disorder=%s after a newer one, up to %s: the archive is that"
                  .formatted(outOfOrder, faults.disorder(), worstDisorder())
              + " much out of order; --sortWithin= sorts it");
    }
    if (late.size() == 0 && heldBack.size() > 0) {
      warnings.add(
          "--late=%s: no event is late: the archive spans %s, and none of a partition is newer by"
                  .formatted(faults.late(), span())
              + " --lateBy=%s; give a shorter one".formatted(faults.lateBy()));
    }
    return warnings;
  }

  private Duration span() {
    return Duration.ofMillis((newest - oldest) / 1_000);
  }

  /** In words, for a person. */
  String said() {
    return "%,d records: %,d events, %,d of them late, %,d duplicates, %,d dead letters, %,d closing"
        .formatted(
            records(),
            events(),
            of(Kind.LATE),
            of(Kind.DUPLICATE) + of(Kind.ARCHIVE_DUPLICATE),
            of(Kind.GARBAGE) + of(Kind.ARCHIVE_GARBAGE),
            of(Kind.CLOSING));
  }

  /** Writes the faults and their results as fields of the open object. */
  void write(JsonGenerator json) throws IOException {
    json.writeNumberField("seed", faults.seed());
    json.writeObjectFieldStart("faults");
    json.writeStringField("disorder", faults.disorder().toString());
    json.writeStringField("sortWithin", faults.sortWithin().toString());
    json.writeNumberField("duplicates", faults.duplicates());
    json.writeNumberField("late", faults.late());
    json.writeStringField("lateBy", faults.lateBy().toString());
    json.writeNumberField("garbage", faults.garbage());
    json.writeNumberField("farFuture", faults.farFuture());
    json.writeNumberField("farPast", faults.farPast());
    json.writeBooleanField("idlePartition", faults.idlePartition());
    json.writeBooleanField("unwrittenPartition", faults.unwrittenPartition());
    Duration closingAfter = faults.closing();
    json.writeStringField("closing", closingAfter == null ? null : closingAfter.toString());
    json.writeEndObject();
    json.writeNumberField("records", records());
    json.writeNumberField("events", events());
    json.writeNumberField("duplicates", of(Kind.DUPLICATE));
    json.writeNumberField("archiveDuplicates", of(Kind.ARCHIVE_DUPLICATE));
    write("deadLetters", planted, json);
    write("archiveDeadLetters", found, json);
    json.writeNumberField("late", late.size());
    json.writeNumberField("heldBack", heldBack.size());
    json.writeNumberField("closing", closing.size());
    json.writeNumberField("outOfOrder", outOfOrder);
    json.writeStringField("worstDisorder", worstDisorder().toString());
    json.writeStringField("oldest", time(oldest));
    json.writeStringField("newest", time(newest));
    json.writeArrayFieldStart("partitions");
    for (long count : records) {
      json.writeNumber(count);
    }
    json.writeEndArray();
    write("idlePartition", partitions.idle(), json);
    write("unwrittenPartition", partitions.unwritten(), json);
    late.write("lateIds", json);
    heldBack.write("heldBackIds", json);
    closing.write("closingIds", json);
  }

  private String time(long micros) {
    return oldest > newest ? null : ReplayRecord.instant(micros).toString();
  }

  private static void write(String name, Map<Reason, Long> counts, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<Reason, Long> count : counts.entrySet()) {
      json.writeNumberField(count.getKey().name(), count.getValue());
    }
    json.writeEndObject();
  }

  private static void write(String name, int partition, JsonGenerator json) throws IOException {
    if (partition < 0) {
      json.writeNullField(name);
    } else {
      json.writeNumberField(name, partition);
    }
  }

  @Override
  public void close() throws IOException {
    late.close();
    heldBack.close();
    closing.close();
  }
}
