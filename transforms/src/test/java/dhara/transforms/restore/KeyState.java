package dhara.transforms.restore;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.runners.core.InMemoryStateInternals.InMemoryState;
import org.apache.beam.runners.core.InMemoryStateInternals.InMemoryStateBinder;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.StateContext;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * The state and the timers of one key of a step. A copy of it passes all values through their
 * coders, so what was only changed in memory, and never written, is not in the copy.
 */
@SuppressWarnings("deprecation") // an engine implements the old methods too
final class KeyState implements StateInternals, TimerInternals {

  /** What the key's step knows of time. */
  interface Times {
    Instant inputWatermark();

    Instant outputWatermark();

    Instant processing();
  }

  private record Cell(StateNamespace namespace, InMemoryState<?> value) {}

  private final Object key;
  private final Times times;
  private final Coder<TimerData> timerCoder;
  private final Map<String, Cell> cells = new TreeMap<>();
  private final Map<String, TimerData> timers = new TreeMap<>();

  /** Nothing yet. */
  static KeyState of(Object key, Times times, Coder<? extends BoundedWindow> windows) {
    return new KeyState(key, times, TimerDataCoderV2.of(windows));
  }

  private KeyState(Object key, Times times, Coder<TimerData> timerCoder) {
    this.key = key;
    this.times = times;
    this.timerCoder = timerCoder;
  }

  /** A copy by the coders of its values. */
  KeyState copy() {
    KeyState copy = new KeyState(key, times, timerCoder);
    cells.forEach((id, cell) -> copy.cells.put(id, new Cell(cell.namespace, cell.value.copy())));
    timers.forEach(
        (id, timer) -> {
          try {
            copy.timers.put(id, CoderUtils.clone(timerCoder, timer));
          } catch (CoderException e) {
            throw new IllegalStateException(e);
          }
        });
    return copy;
  }

  /** Drops the state of windows that expired, as engines do. */
  void expire(Instant watermark, Duration lateness) {
    cells
        .values()
        .removeIf(
            cell ->
                cell.namespace instanceof WindowNamespace<?> namespace
                    && namespace.getWindow().maxTimestamp().plus(lateness).isBefore(watermark));
  }

  /** Removes the timer that is due first; null if none is. */
  @Nullable TimerData nextDue() {
    TimerData first = null;
    for (TimerData timer : timers.values()) {
      Instant now =
          timer.getDomain() == TimeDomain.EVENT_TIME ? times.inputWatermark() : times.processing();
      if (!timer.getTimestamp().isAfter(now)
          && (first == null || timer.getTimestamp().isBefore(first.getTimestamp()))) {
        first = timer;
      }
    }
    if (first != null) {
      deleteTimer(first);
    }
    return first;
  }

  /** The output times of its timers, before which the watermark is held. */
  List<Instant> holds() {
    List<Instant> holds = new ArrayList<>();
    timers.values().forEach(timer -> holds.add(timer.getOutputTimestamp()));
    return holds;
  }

  @Override
  public Object getKey() {
    return key;
  }

  @Override
  @SuppressWarnings("unchecked") // a tag always binds the same type of state
  public <T extends State> T state(
      StateNamespace namespace, StateTag<T> address, StateContext<?> context) {
    return (T)
        cells
            .computeIfAbsent(
                namespace.stringKey() + " " + address.getId(),
                id ->
                    new Cell(
                        namespace,
                        (InMemoryState<?>) address.bind(new InMemoryStateBinder(context))))
            .value();
  }

  private static String id(StateNamespace namespace, String timerId, String family) {
    return namespace.stringKey() + " " + family + " " + timerId;
  }

  @Override
  public void setTimer(
      StateNamespace namespace,
      String timerId,
      String timerFamilyId,
      Instant target,
      Instant outputTimestamp,
      TimeDomain domain) {
    setTimer(TimerData.of(timerId, timerFamilyId, namespace, target, outputTimestamp, domain));
  }

  @Override
  public void setTimer(TimerData timer) {
    timers.put(id(timer.getNamespace(), timer.getTimerId(), timer.getTimerFamilyId()), timer);
  }

  @Override
  public void deleteTimer(
      StateNamespace namespace, String timerId, String timerFamilyId, TimeDomain domain) {
    timers.remove(id(namespace, timerId, timerFamilyId));
  }

  @Override
  public void deleteTimer(StateNamespace namespace, String timerId, String timerFamilyId) {
    timers.remove(id(namespace, timerId, timerFamilyId));
  }

  @Override
  public void deleteTimer(TimerData timer) {
    timers.remove(id(timer.getNamespace(), timer.getTimerId(), timer.getTimerFamilyId()));
  }

  @Override
  public Instant currentProcessingTime() {
    return times.processing();
  }

  @Override
  public Instant currentSynchronizedProcessingTime() {
    return times.processing();
  }

  @Override
  public Instant currentInputWatermarkTime() {
    return times.inputWatermark();
  }

  @Override
  public Instant currentOutputWatermarkTime() {
    return times.outputWatermark();
  }
}
