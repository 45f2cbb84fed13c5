package dhara.transforms.anomaly;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.order.Fold;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The detectors of a series as a fold over its events. */
final class SeriesFold<E extends Event> implements Fold<E, SeriesMemory, SeriesFold.Detected> {

  private static final long serialVersionUID = 1L;

  /** A detector with the name by which its anomalies are known. */
  record Named<E>(String name, Measure<E> measure, Detector detector) implements Serializable {}

  /** What a detector has found. */
  record Detected(String detector, Instant at, Anomaly anomaly) {

    static Coder<Detected> coder() {
      return RecordCoder.of(Detected.class);
    }
  }

  private final Measure<E> measure;
  private final List<Named<E>> detectors;
  private final Duration keep;

  SeriesFold(Measure<E> measure, List<Named<E>> detectors, Duration keep) {
    this.measure = measure;
    this.detectors = List.copyOf(detectors);
    this.keep = keep;
  }

  @Override
  public SeriesMemory initial() {
    return new SeriesMemory(
        Long.MIN_VALUE, 0, detectors.stream().map(named -> named.detector.initial()).toList());
  }

  @Override
  public SeriesMemory apply(SeriesMemory before, E event, Consumer<Detected> out) {
    long millis = event.at().toEpochMilli();
    if (millis == before.lastMillis()) {
      return before;
    }
    SeriesMemory after = new SeriesMemory(millis, measure.of(event), before.memories());
    for (int i = 0; i < detectors.size(); i++) {
      Named<E> named = detectors.get(i);
      double value = named.measure.of(event);
      if (!Double.isNaN(value)) {
        Memory memory = after.memories().get(i);
        tell(i, named.detector.next(memory, new Sample(event.at(), value)), value, event.at(), out);
      }
    }
    return after;
  }

  @Override
  public @Nullable Instant wakeAt(SeriesMemory series) {
    Instant first = null;
    for (int i = 0; i < detectors.size(); i++) {
      Instant at = detectors.get(i).detector.wakeAt(series.memories().get(i));
      first = first == null || (at != null && at.isBefore(first)) ? at : first;
    }
    return first;
  }

  @Override
  public SeriesMemory wake(SeriesMemory series, Instant at, Consumer<Detected> out) {
    for (int i = 0; i < detectors.size(); i++) {
      Detector detector = detectors.get(i).detector;
      Memory memory = series.memories().get(i);
      if (Objects.equals(detector.wakeAt(memory), at)) {
        tell(i, detector.silent(memory, at), series.lastValue(), at, out);
      }
    }
    return series;
  }

  private void tell(
      int index, @Nullable Judgement judgement, double value, Instant at, Consumer<Detected> out) {
    if (judgement != null && judgement.isAnomaly()) {
      Named<E> named = detectors.get(index);
      out.accept(
          new Detected(named.name, at, Anomaly.of(named.detector.scale(), judgement, value)));
    }
  }

  @Override
  public Duration keep() {
    return keep;
  }
}
