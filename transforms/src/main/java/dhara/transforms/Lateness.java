package dhara.transforms;

import java.io.Serializable;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;

/**
 * When an event is too late: when the watermark has passed the end of one of its windows by the
 * allowed lateness, so that this window's answer can be revised no more. A late event is in no
 * answer, also not in those of windows that are still open: every answer is about the same events,
 * and an event leaves by one exit.
 *
 * <p>A source asks it about each event as it reads, with the watermark of the event's partition.
 * The watermark of every later step is behind that one, so that no engine drops what was let
 * through.
 */
public final class Lateness implements Serializable {

  private static final long serialVersionUID = 1L;

  private final List<Windows> windows;
  private final long shortestMillis;

  private Lateness(List<Windows> windows) {
    this.windows = windows;
    this.shortestMillis = windows.stream().mapToLong(Lateness::millis).min().orElseThrow();
  }

  /**
   * The lateness of events that go into these windows.
   *
   * @param windows at least one
   */
  public static Lateness of(Windows... windows) {
    if (windows.length == 0) {
      throw new IllegalArgumentException("name the windows that use the events");
    }
    return new Lateness(List.of(windows));
  }

  /**
   * Whether an event is late.
   *
   * @param atMillis its time, epoch milliseconds
   * @param watermarkMillis the watermark as it came
   */
  public boolean late(long atMillis, long watermarkMillis) {
    // Most events are newer than the watermark: they cost one comparison. (The watermark before
    // all events is Long.MIN_VALUE, which no subtraction may meet.)
    return watermarkMillis > atMillis
        && watermarkMillis - atMillis > shortestMillis
        && watermarkMillis >= closes(closesFirst(atMillis), atMillis);
  }

  /** The window that a late event missed: of its windows the one that closed first. */
  public IntervalWindow missed(long atMillis) {
    return closesFirst(atMillis).first(atMillis);
  }

  private Windows closesFirst(long atMillis) {
    Windows first = windows.get(0);
    for (Windows other : windows) {
      if (closes(other, atMillis) < closes(first, atMillis)) {
        first = other;
      }
    }
    return first;
  }

  private static long closes(Windows windows, long atMillis) {
    return windows.first(atMillis).end().getMillis() + millis(windows);
  }

  private static long millis(Windows windows) {
    return windows.lateness().toMillis();
  }
}
