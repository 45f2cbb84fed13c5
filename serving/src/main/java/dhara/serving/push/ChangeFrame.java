package dhara.serving.push;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Changes that are pushed together, encoded once for all clients: an event for each view. Only the
 * last event of a frame carries the id, so a client that saw half of a frame asks for all of it
 * again.
 */
final class ChangeFrame {

  private static final byte[] BLANK = "\n".getBytes(StandardCharsets.UTF_8);

  private final long id;
  private final byte[] last;
  private final Map<String, byte[]> events;
  private final long size;

  /**
   * @param id the id of the last change in it
   * @param events for each view that changed, an event without id and without the blank line at its
   *     end, in the order in which they are sent
   */
  ChangeFrame(long id, Map<String, byte[]> events) {
    this.id = id;
    this.last = id(id);
    this.events = events;
    this.size = events.values().stream().mapToLong(event -> event.length).sum();
  }

  /** The line that tells a client which change it has got, and the blank line after it. */
  static byte[] id(long id) {
    return ("id: " + id + "\n\n").getBytes(StandardCharsets.UTF_8);
  }

  /** The id of the last change in it. */
  long id() {
    return id;
  }

  /** How many bytes the events have together. */
  long size() {
    return size;
  }

  /**
   * What a client gets, in parts that all clients share; nothing if none of its views changed.
   *
   * @param views those that it wants; all if empty
   */
  List<byte[]> parts(Optional<Set<String>> views) {
    List<byte[]> parts = new ArrayList<>();
    events.forEach(
        (view, event) -> {
          if (views.isEmpty() || views.get().contains(view)) {
            if (!parts.isEmpty()) {
              parts.add(BLANK);
            }
            parts.add(event);
          }
        });
    if (!parts.isEmpty()) {
      parts.add(last);
    }
    return parts;
  }
}
