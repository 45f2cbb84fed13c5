package dhara.connectors.reading;

import dhara.connectors.Counts;
import dhara.connectors.EventSource.Read;
import dhara.events.DeadLetter;
import dhara.events.Event;
import dhara.events.LateEvent;
import dhara.formats.RecordFields;
import dhara.records.RecordCoder;
import dhara.transforms.join.Version;
import dhara.transforms.windows.Lateness;
import java.io.Serializable;
import java.util.Optional;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The outputs of the step in which a source hands out its records, the same for every connector:
 * events, dead letters and counts; in a stream also late events; from records with keys also
 * removals; in a backfill that leaves out what a stream found late, those events.
 *
 * <p>The step is a DoFn of the connector: in each bundle it passes its records to an {@link
 * ArrivalRouter}, which decides to which of these outputs a record goes.
 *
 * <p>The names and the order of the outputs of a stream must not change: Flink numbers them in this
 * order, and a savepoint holds the elements of an unfinished bundle by these numbers.
 *
 * <pre>{@code
 * SourceOutputs<T> outputs = SourceOutputs.ofStream("orders", Order.class, lateness);
 * return outputs.read(records.apply("orders: events and dead letters", outputs.of(fn)), coder);
 * }</pre>
 */
public final class SourceOutputs<T extends Record & Event> implements Serializable {

  private static final long serialVersionUID = 1L;

  private final TupleTag<T> events = new TupleTag<>("events");
  private final TupleTag<DeadLetter> deadLetters = new TupleTag<>("deadLetters");
  private final TupleTag<Counts> counts = new TupleTag<>("counts");
  private final TupleTag<Version<T>> removals = new TupleTag<>("removals");
  private final TupleTag<LateEvent> late = new TupleTag<>("late");
  private final TupleTag<T> leftOut = new TupleTag<>("leftOut");

  private final String input;
  private final Class<T> type;
  private final @Nullable Lateness lateness;
  private final boolean keyed;
  private final boolean reference;
  private final boolean leavesOut;
  private transient @Nullable RecordFields<T> fields;

  private SourceOutputs(
      String input,
      Class<T> type,
      @Nullable Lateness lateness,
      boolean keyed,
      boolean reference,
      boolean leavesOut) {
    this.input = input;
    this.type = type;
    this.lateness = lateness;
    this.keyed = keyed;
    this.reference = reference;
    this.leavesOut = leavesOut;
  }

  /**
   * The outputs of a stream.
   *
   * @param input the input's name, for dead letters and late events
   * @param type the record of an event
   * @param lateness decided which events are late; says which window they missed
   */
  public static <T extends Record & Event> SourceOutputs<T> ofStream(
      String input, Class<T> type, Lateness lateness) {
    return new SourceOutputs<>(input, type, lateness, false, false, false);
  }

  /**
   * The outputs of a backfill, in which no event is late.
   *
   * @param input the input's name, for dead letters
   * @param type the record of an event
   */
  public static <T extends Record & Event> SourceOutputs<T> ofBackfill(
      String input, Class<T> type) {
    return new SourceOutputs<>(input, type, null, false, false, false);
  }

  /**
   * The same for records with keys.
   *
   * @param isReference whether a tombstone removes its key; otherwise it is a dead letter
   */
  public SourceOutputs<T> keyed(boolean isReference) {
    return new SourceOutputs<>(input, type, lateness, true, isReference, leavesOut);
  }

  /** The same with an output of the events that a backfill leaves out. */
  public SourceOutputs<T> leavingOut() {
    return new SourceOutputs<>(input, type, lateness, keyed, reference, true);
  }

  /** The step with these outputs. */
  public <I> ParDo.MultiOutput<I, T> of(DoFn<I, T> fn) {
    TupleTagList others = TupleTagList.of(deadLetters).and(counts);
    if (keyed) {
      others = others.and(removals);
    }
    if (lateness != null) {
      others = others.and(late);
    }
    if (leavesOut) {
      others = others.and(leftOut);
    }
    return ParDo.of(fn).withOutputTags(events, others);
  }

  /**
   * The outputs of the step, as those of a source.
   *
   * @param coder encodes events
   */
  public Read<T> read(PCollectionTuple step, Coder<T> coder) {
    if (keyed) {
      step.get(removals).setCoder(Version.coder(coder));
    }
    return new Read<>(
        step.get(events).setCoder(coder),
        lateness == null
            ? Optional.empty()
            : Optional.of(step.get(late).setCoder(RecordCoder.of(LateEvent.class))),
        leavesOut ? Optional.of(step.get(leftOut).setCoder(coder)) : Optional.empty(),
        step.get(deadLetters).setCoder(RecordCoder.of(DeadLetter.class)),
        step.get(counts).setCoder(RecordCoder.of(Counts.class)),
        reference ? Optional.of(step.get(removals)) : Optional.empty());
  }

  /** Routes the records of one bundle. */
  public ArrivalRouter<T> router() {
    return new ArrivalRouter<>(this);
  }

  TupleTag<T> events() {
    return events;
  }

  TupleTag<DeadLetter> deadLetters() {
    return deadLetters;
  }

  TupleTag<Counts> counts() {
    return counts;
  }

  TupleTag<Version<T>> removals() {
    return removals;
  }

  TupleTag<LateEvent> late() {
    return late;
  }

  TupleTag<T> leftOut() {
    return leftOut;
  }

  String input() {
    return input;
  }

  /** Whether a tombstone removes its key. */
  boolean reference() {
    return reference;
  }

  Lateness lateness() {
    if (lateness == null) {
      throw new IllegalStateException("no event of a backfill is late");
    }
    return lateness;
  }

  /** The fields of an event, as text for late ones. */
  RecordFields<T> fields() {
    if (fields == null) {
      fields = RecordFields.of(type);
    }
    return fields;
  }
}
