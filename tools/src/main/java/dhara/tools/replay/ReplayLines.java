package dhara.tools.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import dhara.formats.mapping.Mapping;
import dhara.options.BadOption;
import dhara.tools.generate.Faults;
import dhara.tools.generate.LineWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;

/**
 * The bytes that a replay sends for an event: its own line, or its components in JSON.
 *
 * @param writer writes events under the names of their components
 * @param originals whether JSON lines are sent unchanged
 * @param mapping how the reader of the topic maps fields
 * @param mapped whether it maps any
 */
record ReplayLines(LineWriter writer, boolean originals, Mapping mapping, boolean mapped) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The kinds of garbage that need no dates and can be distinguished. */
  private static final List<Reason> KINDS =
      Faults.KINDS.stream()
          .filter(kind -> kind != Reason.TOO_OLD && kind != Reason.IN_THE_FUTURE)
          .toList();

  /**
   * How the lines of an archive are sent.
   *
   * @param formats the archive's
   * @throws BadOption if one mapping could not read everything that would be sent
   */
  static ReplayLines of(
      LineWriter writer, ReplayOptions options, Mapping mapping, List<String> formats) {
    boolean originals = !options.getCanonical() && formats.contains("jsonl");
    boolean mapped = originals && options.getMap() != null;
    if (mapped && options.getStartAt() != null) {
      throw mixed(options, "--startAt writes all events under those of components");
    } else if (mapped && formats.contains("csv")) {
      throw mixed(options, "CSV events are sent with the names of components as field names");
    } else if (mapped && ReplayFaults.of(options).rewrites()) {
      throw mixed(
          options, "--closing, --farFuture and --farPast write events under those of components");
    }
    return new ReplayLines(writer, originals, mapped ? mapping : Mapping.none(), mapped);
  }

  private static BadOption mixed(ReplayOptions options, String other) {
    return new BadOption(
        "--map",
        String.join(",", options.getMap()),
        "names the fields of lines that are sent unchanged, but "
            + other
            + "; add --canonical, and read the topic without --map");
  }

  /** How made-up events are written: under the names of their components. */
  static ReplayLines ofMadeUp(LineWriter writer) {
    return new ReplayLines(writer, false, Mapping.none(), false);
  }

  /**
   * The bytes of an event.
   *
   * @param json its line; empty if that is not JSON, or not this event's any more
   */
  byte[] event(Record event, byte[] json) {
    return originals && json.length > 0 ? json : writer.line(event);
  }

  /** The kinds of garbage for which the topic's reader finds the intended reason. */
  List<Reason> kinds() {
    // With other field names, a bad event time would be reported as a missing field first.
    return mapped ? KINDS.stream().filter(kind -> kind != Reason.WRONG_TYPE).toList() : KINDS;
  }

  /** A garbage line, made from an event. */
  byte[] garbage(Reason kind, Record event) {
    return Faults.garbage(kind, writer.line(event));
  }

  /** A copy of an event with another id and time. */
  <T extends Record & Event> byte[] copy(T event, String id, Instant at) {
    try {
      ObjectNode json = (ObjectNode) JSON.readTree(writer.line(event));
      json.put("id", id).put("at", at.toString());
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the line of an event is no JSON: " + event, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
