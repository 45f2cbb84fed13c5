package dhara.tools.generate;

import dhara.events.DeadLetter.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Faults to be planted among events: disorder, duplicates, and garbage. They are a function of the
 * events and the seed.
 *
 * <p>Each line arrives at its event's time plus less than {@code disorder}, and lines are written
 * in order of arrival. So no event is late for a watermark that trails the newest event by {@code
 * disorder}.
 *
 * @param seed of the faults
 * @param disorder how far out of order events may come; zero for none
 * @param duplicates the share of events that come twice
 * @param garbage how many lines of garbage, as a share of the events
 */
public record Faults(long seed, Duration disorder, double duplicates, double garbage) {

  /**
   * The distance between the seeds of two inputs; no multiple of it is near the step of the random
   * generator.
   */
  private static final long NEXT = 0x5851_f42d_4c95_7f2dL;

  /** The kinds of garbage that can be made of any event. */
  public static final List<Reason> KINDS =
      List.of(
          Reason.MALFORMED,
          Reason.EMPTY,
          Reason.NOT_UTF8,
          Reason.MISSING_FIELD,
          Reason.WRONG_TYPE,
          Reason.TOO_OLD,
          Reason.IN_THE_FUTURE);

  /** The same faults among the events of another input, at other places. */
  Faults of(int input) {
    return new Faults(seed(seed, input), disorder, duplicates, garbage);
  }

  /**
   * The seed of an input, derived from the seed of all of them; the first input has that seed
   * itself.
   */
  public static long seed(long seed, int input) {
    return seed + input * NEXT;
  }

  /** A garbage line with this reason, made from the line of an event. */
  public static byte[] garbage(Reason kind, byte[] line) {
    String json = new String(line, StandardCharsets.UTF_8);
    return switch (kind) {
      case MALFORMED ->
          json.substring(0, json.offsetByCodePoints(0, codePoints(json) / 2))
              .getBytes(StandardCharsets.UTF_8);
      case EMPTY -> "   ".getBytes(StandardCharsets.UTF_8);
      case NOT_UTF8 -> withByte(line, (byte) 0xff);
      case MISSING_FIELD -> "{}".getBytes(StandardCharsets.UTF_8);
      case WRONG_TYPE -> at(json, "yesterday");
      case TOO_OLD -> at(json, "1971-02-03T04:05:06Z");
      case IN_THE_FUTURE -> at(json, "2971-02-03T04:05:06Z");
      case ANSWER_TOO_LONG, UNDELIVERED ->
          throw new IllegalArgumentException(kind + " is of answers");
      case TOO_LONG, OUT_OF_RANGE, INVALID ->
          throw new IllegalArgumentException(kind + " depends on the event's type");
    };
  }

  private static int codePoints(String json) {
    return json.codePointCount(0, json.length());
  }

  /** The line with a byte that is never valid in UTF-8, inside its first text. */
  private static byte[] withByte(byte[] line, byte stray) {
    int inside = 0;
    for (int i = 0; i + 1 < line.length && inside == 0; i++) {
      inside = line[i] == ':' && line[i + 1] == '"' ? i + 2 : 0;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(line.length + 1);
    out.write(line, 0, inside);
    out.write(stray);
    out.write(line, inside, line.length - inside);
    return out.toByteArray();
  }

  /** The line with another event time. */
  private static byte[] at(String json, String at) {
    String key = "\"at\":";
    int start = json.indexOf(key) + key.length();
    if (start < key.length()) {
      throw new IllegalArgumentException("no field \"at\" in " + json);
    }
    int end = start;
    if (json.charAt(start) == '"') {
      end = json.indexOf('"', start + 1) + 1;
    } else {
      while (json.charAt(end) != ',' && json.charAt(end) != '}') {
        end++;
      }
    }
    return (json.substring(0, start) + '"' + at + '"' + json.substring(end))
        .getBytes(StandardCharsets.UTF_8);
  }
}
