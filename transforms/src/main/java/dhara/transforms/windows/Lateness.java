package dhara.transforms.windows;

import java.io.Serializable;
import java.time.Duration;
import java.util.Arrays;
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
   * @param windows at least one; where some end, these decide, and those that never do have no say
   */
  public static Lateness of(Windows... windows) {
    if (windows.length == 0) {
      throw new IllegalArgumentException("name the windows that use the events");
    }
    List<Windows> ending = Arrays.stream(windows).filter(w -> !w.endless()).toList();
    return new Lateness(ending.isEmpty() ? List.of(windows) : ending);
  }

  /**
   * How long after its time an event can still come: one that comes when the watermark has passed
   * its time by that is late, and so is a copy of it, so that ids need to be known no longer.
   */
  public Duration horizon() {
    return windows.stream().map(Windows::patience).min(Duration::compareTo).orElseThrow();
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

  /**
   * How far the watermark had passed the end of the window that a late event missed; where this has
   * no end, the event itself.
   *
   * @param atMillis the event's time, epoch milliseconds
   * @param watermarkMillis the watermark as it came
   * @return milliseconds, at least the lateness
   */
  public long lateMillis(long atMillis, long watermarkMillis) {
    return watermarkMillis - closesFirst(atMillis).ends(atMillis);
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
    return windows.ends(atMillis) + millis(windows);
  }

  private static long millis(Windows windows) {
    return windows.lateness().toMillis();
  }
}
