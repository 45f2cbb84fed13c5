package dhara.benchmarks.decisions;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * By which version of a model each event is decided, and by which it should be: the one in force at
 * the time of the event. A decision may be replaced, so its last revision counts; the revisions of
 * a decision are in one partition, in their order.
 */
final class DecidingVersions {

  /** No decision yet. */
  private static final byte NONE = -1;

  /** A version that was not released, or no version. */
  private static final byte OTHER = Byte.MAX_VALUE;

  private static final byte[] MARK = "\"model\":\"".getBytes(StandardCharsets.US_ASCII);

  /**
   * What was found.
   *
   * @param wrong decisions by another version than the one in force at the time of their event
   * @param example one of them; null for none
   * @param before those of the measured time by the version before the swap
   * @param replaced those that were first given by that version, and then by the other one
   * @param after those that were given by the other one at once
   */
  record Counts(long wrong, @Nullable String example, long before, long replaced, long after) {}

  private final List<byte[]> versions;
  private final byte[] due;
  private final byte[] first;
  private final byte[] last;

  /**
   * For a number of events.
   *
   * @param versions the names of the versions, in the order in which they come into force
   */
  DecidingVersions(List<String> versions, int events) {
    this.versions =
        versions.stream().map(version -> (version + '"').getBytes(StandardCharsets.UTF_8)).toList();
    this.due = new byte[events];
    this.first = new byte[events];
    this.last = new byte[events];
    Arrays.fill(first, NONE);
    Arrays.fill(last, NONE);
  }

  /** An event, and the number of the version that is in force at its time. */
  void event(int number, int version) {
    due[number] = (byte) version;
  }

  /** A decision about an event, as a row of JSON. */
  void decision(int number, byte[] row) {
    byte by = version(row);
    if (first[number] == NONE) {
      first[number] = by;
    }
    last[number] = by;
  }

  private byte version(byte[] row) {
    int from = 0;
    while (from + MARK.length <= row.length
        && !Arrays.equals(row, from, from + MARK.length, MARK, 0, MARK.length)) {
      from++;
    }
    from += MARK.length;
    for (int version = 0; version < versions.size(); version++) {
      byte[] name = versions.get(version);
      if (from + name.length <= row.length
          && Arrays.equals(row, from, from + name.length, name, 0, name.length)) {
        return (byte) version;
      }
    }
    return OTHER;
  }

  /**
   * What was found.
   *
   * @param measuredFrom the first event of the measured time; those before it are checked too
   */
  Counts counts(int measuredFrom) {
    long wrong = 0;
    String example = null;
    long before = 0;
    long replaced = 0;
    long after = 0;
    for (int number = 0; number < last.length; number++) {
      if (last[number] == NONE) {
        continue; // events without a decision are counted elsewhere
      }
      if (last[number] != due[number]) {
        wrong++;
        example =
            example != null
                ? example
                : "event %d is decided by %s and not by %s"
                    .formatted(number, named(last[number]), named(due[number]));
      } else if (number >= measuredFrom) {
        if (last[number] == 0) {
          before++;
        } else if (first[number] == 0) {
          replaced++;
        } else {
          after++;
        }
      }
    }
    return new Counts(wrong, example, before, replaced, after);
  }

  private String named(byte version) {
    if (version == OTHER) {
      return "none of the released versions";
    }
    byte[] name = versions.get(version);
    return new String(name, 0, name.length - 1, StandardCharsets.UTF_8);
  }
}
