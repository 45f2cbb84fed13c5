package dhara.transforms.anomaly;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.order.InOrder;
import dhara.transforms.order.pattern.MatchPattern;
import dhara.transforms.order.pattern.Pattern;
import dhara.transforms.windows.Windows;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableBiFunction;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;

/**
 * Finds anomalies in a number of the events of each key, with any number of detectors.
 *
 * <p>Data: events in the global window, each once → an answer for each anomaly, about its series,
 * its detector and its moment. Time: an anomaly has the time of its event, of the event that
 * completes a pattern, or of the moment at which silence was certain. In a stream it is settled, so
 * it comes when the watermark has passed its moment by the lateness. State: per key what the
 * detectors remember, until {@link #keptFor} after its last event; then its series starts anew. For
 * each pattern also what {@link MatchPattern} keeps. Late: as in {@link InOrder}; tell the source
 * {@link #windows}. An infinite number fails the run, so an event should refuse it.
 *
 * <pre>{@code
 * DetectAnomalies.perKey(Sensor.class, (Reading r) -> new Sensor(r.sensor()), Reading::value)
 *     .by("threshold", Threshold.above(100))
 *     .by("z_score", ZScore.beyond(3, DecayedBaseline.over(100)))
 *     .by("missing", Missing.longerThan(Duration.ofMinutes(5)))
 *     .withLateness(Duration.ofMinutes(1))
 *     .answers(SensorAnomaly.class, (sensor, detector) -> new SensorAnomaly(sensor.sensor(), detector))
 * }</pre>
 *
 * @param <E> the events
 * @param <K> their key: which series they are of
 */
public final class DetectAnomalies<E extends Event, K extends Record> implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Longer than most series are silent for, and still normal as before. */
  private static final Duration KEPT = Duration.ofDays(30);

  /** A pattern, whose matches are anomalies. */
  private record Sought<E>(String name, Severity severity, Pattern<E> pattern)
      implements Serializable {}

  private final Class<K> type;
  private final SerializableFunction<E, K> key;
  private final Measure<E> measure;
  private final List<SeriesFold.Named<E>> detectors;
  private final List<Sought<E>> patterns;
  private final Duration kept;
  private final Duration lateness;

  private DetectAnomalies(
      Class<K> type,
      SerializableFunction<E, K> key,
      Measure<E> measure,
      List<SeriesFold.Named<E>> detectors,
      List<Sought<E>> patterns,
      Duration kept,
      Duration lateness) {
    this.type = type;
    this.key = key;
    this.measure = measure;
    this.detectors = List.copyOf(detectors);
    this.patterns = List.copyOf(patterns);
    this.kept = kept;
    this.lateness = lateness;
  }

  /**
   * The series of each key.
   *
   * @param type the record that keys are
   * @param measure the number that is watched; NaN if an event has none
   */
  public static <E extends Event, K extends Record> DetectAnomalies<E, K> perKey(
      Class<K> type, SerializableFunction<E, K> key, Measure<E> measure) {
    return new DetectAnomalies<>(type, key, measure, List.of(), List.of(), KEPT, Duration.ZERO);
  }

  /**
   * Also with this detector.
   *
   * @param name of its anomalies; each detector and pattern has one of its own
   */
  public DetectAnomalies<E, K> by(String name, Detector detector) {
    return by(name, measure, detector);
  }

  /**
   * Also with this detector of another number.
   *
   * @param name of its anomalies
   * @param other the number; NaN if an event has none
   */
  public DetectAnomalies<E, K> by(String name, Measure<E> other, Detector detector) {
    checkNew(name);
    List<SeriesFold.Named<E>> more = new ArrayList<>(detectors);
    more.add(new SeriesFold.Named<>(name, other, detector));
    return new DetectAnomalies<>(type, key, measure, more, patterns, kept, lateness);
  }

  /**
   * Also the matches of a pattern. Their score is how many events they have, and their value that
   * of the last one.
   *
   * @param name of its anomalies
   * @param severity of each match
   * @param pattern it needs a {@code within}, and no two matches may be complete in the same
   *     millisecond, because answers are about milliseconds
   */
  public DetectAnomalies<E, K> by(String name, Severity severity, Pattern<E> pattern) {
    checkNew(name);
    List<Sought<E>> more = new ArrayList<>(patterns);
    more.add(new Sought<>(name, severity, pattern));
    return new DetectAnomalies<>(type, key, measure, detectors, more, kept, lateness);
  }

  private void checkNew(String name) {
    if (detectors.stream().anyMatch(named -> named.name().equals(name))
        || patterns.stream().anyMatch(sought -> sought.name().equals(name))) {
      throw new IllegalArgumentException(
          "two detectors are called \"%s\"; their anomalies could not be told apart"
              .formatted(name));
    }
  }

  /** How long after its last event a series is remembered; by default thirty days. */
  public DetectAnomalies<E, K> keptFor(Duration duration) {
    return new DetectAnomalies<>(type, key, measure, detectors, patterns, duration, lateness);
  }

  /** How far behind the watermark events may come; by default, not at all. */
  public DetectAnomalies<E, K> withLateness(Duration newLateness) {
    return new DetectAnomalies<>(type, key, measure, detectors, patterns, kept, newLateness);
  }

  /** The windows that decide when an event is too late, for the source. */
  public Windows windows() {
    return InOrder.windows(lateness);
  }

  /**
   * Makes answers of the anomalies.
   *
   * @param about what answers are about
   * @param naming what an anomaly is about, from its series and the name of its detector; different
   *     for each detector
   */
  public <A extends Record> PTransform<PCollection<E>, PCollection<Answer<A, Anomaly>>> answers(
      Class<A> about, SerializableBiFunction<K, String, A> naming) {
    if (detectors.isEmpty() && patterns.isEmpty()) {
      throw new IllegalArgumentException("there is no detector; name one with by");
    }
    for (SeriesFold.Named<E> named : detectors) {
      if (named.detector().keep().compareTo(kept) > 0) {
        throw new IllegalArgumentException(
            "\"%s\" looks at a series until %s after its last event, but it is kept for %s; name a longer time with keptFor"
                .formatted(named.name(), named.detector().keep(), kept));
      }
    }
    return new Answering<>(this, about, naming);
  }

  private static final class Answering<E extends Event, K extends Record, A extends Record>
      extends PTransform<PCollection<E>, PCollection<Answer<A, Anomaly>>> {

    private static final long serialVersionUID = 1L;

    private final DetectAnomalies<E, K> of;
    private final Class<A> about;
    private final SerializableBiFunction<K, String, A> naming;

    Answering(
        DetectAnomalies<E, K> of, Class<A> about, SerializableBiFunction<K, String, A> naming) {
      this.of = of;
      this.about = about;
      this.naming = naming;
    }

    @Override
    public PCollection<Answer<A, Anomaly>> expand(PCollection<E> events) {
      PCollectionList<Answer<A, Anomaly>> found = PCollectionList.empty(events.getPipeline());
      if (!of.detectors.isEmpty()) {
        found = found.and(events.apply("Detect", detecting()));
      }
      for (Sought<E> sought : of.patterns) {
        found = found.and(events.apply("Match " + sought.name, matching(sought)));
      }
      return found.apply("Anomalies", Flatten.pCollections()).setCoder(coder());
    }

    private InOrder.Answering<E, K, SeriesMemory, SeriesFold.Detected, A, Anomaly> detecting() {
      SerializableBiFunction<K, String, A> name = naming;
      return InOrder.perKey(of.type, of.key)
          .fold(
              new SeriesFold<>(of.measure, of.detectors, of.kept),
              new SeriesMemory.Coder(),
              SeriesFold.Detected.coder())
          .withLateness(of.lateness)
          .answers(
              about,
              Anomaly.class,
              (key, found) ->
                  Answer.at(name.apply(key, found.detector()), found.at(), found.anomaly()));
    }

    private MatchPattern<E, K, Answer<A, Anomaly>> matching(Sought<E> sought) {
      SerializableBiFunction<K, String, A> naming = this.naming;
      SerializableFunction<E, K> key = of.key;
      Measure<E> measure = of.measure;
      String name = sought.name;
      Severity severity = sought.severity;
      return MatchPattern.of(sought.pattern)
          .perKey(of.type, key)
          .into(
              coder(),
              match -> {
                List<E> events = match.events();
                E last = events.get(events.size() - 1);
                return Answer.at(
                    naming.apply(key.apply(last), name),
                    match.complete(),
                    new Anomaly(severity, events.size(), measure.of(last), null));
              })
          .withLateness(of.lateness);
    }

    private Coder<Answer<A, Anomaly>> coder() {
      return AnswerCoder.of(RecordCoder.of(about), RecordCoder.of(Anomaly.class));
    }
  }
}
