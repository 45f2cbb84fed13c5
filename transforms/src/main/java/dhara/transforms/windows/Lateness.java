package dhara.transforms.windows;

import java.io.Serializable;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;

/**
 * Decides when an event is too late: when the watermark has passed the end of one of its windows by
 * the allowed lateness, so that this window's answer can no longer be revised. A late event is in
 * no answer, not even in those of windows that are still open, so that all answers cover the same
 * events, and an event leaves by one exit.
 *
 * <p>A source calls it for each event that it reads, with the watermark of the event's partition.
 * The watermarks of all later steps are behind that one, so no engine drops an event that was let
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
   * @param windows at least one; windows that never end are ignored if others end
   */
  public static Lateness of(Windows... windows) {
    if (windows.length == 0) {
      throw new IllegalArgumentException("name the windows that use the events");
    }
    List<Windows> ending = Arrays.stream(windows).filter(w -> !w.endless()).toList();
    return new Lateness(ending.isEmpty() ? List.of(windows) : ending);
  }

  /**
   * How long after its time an event can still come. If the watermark has passed its time by more,
   * the event is late, and so is any copy of it, so ids are needed no longer.
   */
  public Duration horizon() {
    return windows.stream().map(Windows::patience).min(Duration::compareTo).orElseThrow();
  }

  /**
   * Whether an event is late.
   *
   * @param atMillis its time, epoch milliseconds
   * @param watermarkMillis the watermark when it arrived
   */
  public boolean late(long atMillis, long watermarkMillis) {
    // Most events are newer than the watermark: they cost one comparison. (The watermark before
    // all events is Long.MIN_VALUE, which no subtraction may meet.)
    return watermarkMillis > atMillis
        && watermarkMillis - atMillis > shortestMillis
        && watermarkMillis >= closes(closesFirst(atMillis), atMillis);
  }

  /**
   * How far the watermark had passed the end of the window that a late event missed or, if that
   * never ends, the event's time.
   *
   * @param atMillis the event's time, epoch milliseconds
   * @param watermarkMillis the watermark when it arrived
   * @return milliseconds, at least the lateness
   */
  public long lateMillis(long atMillis, long watermarkMillis) {
    return watermarkMillis - closesFirst(atMillis).ends(atMillis);
  }

  /** The window that a late event missed: the one of its windows that closed first. */
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
