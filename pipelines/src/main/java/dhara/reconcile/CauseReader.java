package dhara.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.connectors.WrittenRow;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.reconcile.Cause.Kind;
import dhara.reconcile.Cause.Side;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads rows of late events ({@link dhara.events.LateEvent}) and of dead letters ({@link
 * dhara.events.DeadLetter}), as sinks write them.
 *
 * @param kind which of the two
 * @param side the side that lists them
 * @param at how to read the time in a dead letter's bytes, from {@code --map}: {@code at=…}
 */
record CauseReader(Kind kind, Side side, Mapping at) implements WrittenRow.Reader<Cause> {

  /** The part of a dead letter that can still be read. */
  record Dated(Instant at) {}

  @Override
  public @Nullable Cause read(WrittenRow row) {
    if (row.tombstone()) {
      return null;
    }
    return kind == Kind.LATE ? late(row) : dead(row);
  }

  private Cause late(WrittenRow row) {
    Instant at = row.instant("at");
    Instant start = row.instant(AnswerReader.START);
    long last = at.toEpochMilli();
    if (start.toEpochMilli() == last) {
      last = Math.max(last, row.instant(AnswerReader.END).toEpochMilli() - 1);
    }
    String place = text(row, "source") + " " + text(row, "position");
    return new Cause(kind, side, text(row, "id"), at.toEpochMilli(), last, place);
  }

  private Cause dead(WrittenRow row) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text(row, "bytes"));
    } catch (IllegalArgumentException e) {
      throw row.unreadable("its bytes are not Base64: " + e.getMessage());
    }
    Long at = at(bytes);
    return new Cause(
        kind,
        side,
        text(row, "source") + " " + text(row, "position") + others(row),
        at,
        at == null ? 0 : at,
        digest(bytes));
  }

  /**
   * For a dead letter that stands for several records, the position of the last and their number.
   */
  private static String others(WrittenRow row) {
    JsonNode records = row.columns().path("records");
    return records.isNull() || records.isMissingNode()
        ? ""
        : " to %s, %,d records".formatted(text(row, "last_position"), records.asLong());
  }

  private @Nullable Long at(byte[] bytes) {
    try {
      return JsonFormat.of(Dated.class, at)
          .parser()
          .parse(bytes, 0, bytes.length)
          .at()
          .toEpochMilli();
    } catch (BadEvent e) {
      return null; // its time is unreadable; counted as undated
    }
  }

  private static String text(WrittenRow row, String column) {
    JsonNode node = row.columns().get(column);
    if (node == null || !node.isValueNode()) {
      throw row.unreadable("it has no " + column);
    }
    return node.isNull() ? "" : node.asText();
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
