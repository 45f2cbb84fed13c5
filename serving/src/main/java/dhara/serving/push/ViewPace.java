package dhara.serving.push;

import dhara.serving.views.ServedView;
import dhara.serving.views.ServedViews;
import dhara.serving.views.ServingStatus;
import dhara.serving.views.ViewChange;
import dhara.serving.views.ViewColumn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How fast rows come in and how old they are: rows per second of each view, and the delay from the
 * end of a window to the commit of its first answer.
 *
 * <p>A delay counts if the window ended after the server started and is the newest of its view, so
 * neither the loading of old answers nor a correction by late data counts. Delays are kept for a
 * minute, at most {@link #MOST} for each view.
 */
public final class ViewPace {

  private static final Duration KEPT = Duration.ofMinutes(1);

  /** Delays of a view that are kept at most. */
  private static final int MOST = 10_000;

  /**
   * Percentiles of delays, in milliseconds.
   *
   * @param count how many there were in the last minute
   */
  public record Delays(long count, long p50, long p95, long p99) {}

  private record Delay(Instant at, long millis) {}

  /** What is known of one view. */
  private static final class Known {
    private final Deque<Delay> delays = new ArrayDeque<>();
    private final Set<List<@Nullable Object>> answered = new HashSet<>();
    private Instant newest = Instant.MIN;
    private Instant sampled = Instant.MIN;
    private long taken;
    private OptionalDouble perSecond = OptionalDouble.empty();
  }

  private final ServedViews views;
  private final Instant started;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  ViewPace(ServedViews views, Instant started) {
    this.views = views;
    this.started = started;
  }

  /** Notes the delays of a change. */
  void saw(ViewChange change) {
    ServedView view = views.named(change.view());
    List<ViewColumn> windows = view.columns(ViewColumn.Role.WINDOW);
    if (view.kind() != ServedView.Kind.ANSWERS || windows.size() < 2) {
      return;
    }
    int end = view.columns().indexOf(windows.get(1));
    int keys = view.columns(ViewColumn.Role.KEY).size();
    Known mine = known.computeIfAbsent(change.view(), name -> new Known());
    synchronized (mine) {
      for (List<@Nullable Object> row : change.upserts()) {
        if (row.get(end) instanceof Instant ended
            && ended.isAfter(started)
            && !ended.isAfter(change.at())
            && !ended.isBefore(mine.newest)) {
          if (ended.isAfter(mine.newest)) {
            mine.newest = ended;
            mine.answered.clear();
          }
          if (mine.answered.size() < MOST && mine.answered.add(row.subList(0, keys))) {
            mine.delays.add(
                new Delay(change.at(), Duration.between(ended, change.at()).toMillis()));
            if (mine.delays.size() > MOST) {
              mine.delays.remove();
            }
          }
        }
      }
    }
  }

  /** Notes how many rows each view has taken by now. */
  void saw(ServingStatus status) {
    for (ServingStatus.ViewStatus view : status.views()) {
      Known mine = known.computeIfAbsent(view.view(), name -> new Known());
      synchronized (mine) {
        if (mine.sampled.isAfter(Instant.MIN)) {
          double seconds = Duration.between(mine.sampled, status.at()).toNanos() / 1e9;
          if (seconds <= 0) {
            continue;
          }
          mine.perSecond = OptionalDouble.of((view.taken() - mine.taken) / seconds);
        }
        mine.sampled = status.at();
        mine.taken = view.taken();
      }
    }
  }

  /** Rows per second that a view took between the last two statuses; empty before the second. */
  public OptionalDouble rowsPerSecond(String view) {
    Known mine = known.get(view);
    if (mine == null) {
      return OptionalDouble.empty();
    }
    synchronized (mine) {
      return mine.perSecond;
    }
  }

  /** The delays of a view in the minute before an instant; empty if there were none. */
  public Optional<Delays> delays(String view, Instant now) {
    Known mine = known.get(view);
    if (mine == null) {
      return Optional.empty();
    }
    List<Long> millis = new ArrayList<>();
    synchronized (mine) {
      Instant oldest = now.minus(KEPT);
      mine.delays.removeIf(delay -> delay.at.isBefore(oldest));
      mine.delays.forEach(delay -> millis.add(delay.millis));
    }
    if (millis.isEmpty()) {
      return Optional.empty();
    }
    millis.sort(null);
    return Optional.of(
        new Delays(
            millis.size(),
            percentile(millis, 0.50),
            percentile(millis, 0.95),
            percentile(millis, 0.99)));
  }

  private static long percentile(List<Long> sorted, double share) {
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
  }
}
