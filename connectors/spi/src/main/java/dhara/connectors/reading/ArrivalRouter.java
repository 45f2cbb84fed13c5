package dhara.connectors.reading;

import dhara.connectors.Counts.Counting;
import dhara.events.DeadLetter;
import dhara.events.Event;
import dhara.events.LateEvent;
import dhara.transforms.join.Version;
import java.util.Collection;
import java.util.Collections;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.TupleTag;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Decides what each record of a source is, once for all connectors, and counts it: the routing of
 * one bundle. Every record leaves by exactly one output of the {@link SourceOutputs}.
 *
 * <ul>
 *   <li>an event goes to the events; if it is late, to the late events
 *   <li>a tombstone of a reference is a removal of its key, and counts as an event; if it is late,
 *       it goes to the late events
 *   <li>anything else is a dead letter, late or not: bytes that are not an event, a tombstone of
 *       facts, a tombstone without a key
 *   <li>a backfill that {@link Part#leaveOut leaves out} what a stream found late puts events
 *       aside, and drops removals; both count as late
 * </ul>
 *
 * <p>Time: the source has stamped each record, and the outputs keep that time. Merged dead letters
 * have the time of the newest of them, counts the maximum, so that they are never late.
 *
 * <p>State: the counts and the {@link DeadLetterSums}, until the bundle ends.
 */
public final class ArrivalRouter<T extends Record & Event> {

  private static final Collection<GlobalWindow> GLOBAL =
      Collections.singleton(GlobalWindow.INSTANCE);

  private final SourceOutputs<T> outputs;
  private final Counting counting = new Counting();
  private final DeadLetterSums sums = new DeadLetterSums();
  private Instant newestLetter = BoundedWindow.TIMESTAMP_MIN_VALUE;

  ArrivalRouter(SourceOutputs<T> outputs) {
    this.outputs = outputs;
  }

  /**
   * Routes the records of one element of the step.
   *
   * @param origin where they come from
   * @param context of that element
   */
  public <R> Part<R> part(Origin<? super R> origin, DoFn<?, T>.ProcessContext context) {
    return new Part<>(origin, context);
  }

  /** The bytes of the records so far. */
  public long bytes() {
    return counting.bytes();
  }

  /** Outputs the remaining dead letters and the counts, when the bundle ends. */
  public <I> void finish(DoFn<I, T>.FinishBundleContext bundle) {
    sums.giveAll(
        letter ->
            bundle.output(outputs.deadLetters(), letter, newestLetter, GlobalWindow.INSTANCE));
    counting.output(bundle, outputs.counts());
  }

  /**
   * The records of one element: a chunk of a stream, a message, a range of a topic, a segment of a
   * file.
   */
  public final class Part<R> {

    private final Origin<? super R> origin;
    private final DoFn<?, T>.ProcessContext context;

    private Part(Origin<? super R> origin, DoFn<?, T>.ProcessContext context) {
      this.origin = origin;
      this.context = context;
    }

    /**
     * Routes a record.
     *
     * @param arrival what its bytes are; settled
     * @param record from which the origin takes position and key, if they are needed
     * @param at the time that the source gave it
     */
    public void route(Arrival<T> arrival, R record, Instant at) {
      T event = arrival.event();
      if (event != null && !arrival.late()) {
        event(event, arrival.length(), at);
        return;
      }
      counting.read(arrival.length());
      String key = removed(arrival, record);
      if (event == null && key == null) {
        deadLetter(arrival, record, at);
      } else if (arrival.late()) {
        counting.late();
        output(outputs.late(), late(arrival, record, at), at);
      } else {
        counting.event();
        Version<T> removal =
            Version.removed(
                key, java.time.Instant.ofEpochMilli(at.getMillis()), origin.position(record));
        output(outputs.removals(), removal, at);
      }
    }

    /**
     * Routes an event of a source whose events need no {@link Arrival}, because none can be late.
     *
     * @param length of the record in bytes
     * @param at its time
     */
    public void event(T event, int length, Instant at) {
      counting.read(length);
      counting.event();
      output(outputs.events(), event, at);
    }

    /** Routes a record that a stream found late, so that no answer of that stream contains it. */
    public void leaveOut(Arrival<T> arrival, R record, Instant at) {
      counting.read(arrival.length());
      T event = arrival.event();
      if (event != null) {
        counting.late();
        output(outputs.leftOut(), event, at);
      } else if (removed(arrival, record) != null) {
        counting.late();
      } else {
        deadLetter(arrival, record, at);
      }
    }

    /**
     * Outputs the merged dead letters of this part. For a part that is read at one go, so that how
     * an engine bundles parts does not show in the dead letters; those of other parts are merged
     * until the bundle ends.
     */
    public void end() {
      sums.giveAll(letter -> output(outputs.deadLetters(), letter, newestLetter));
      newestLetter = BoundedWindow.TIMESTAMP_MIN_VALUE;
    }

    private void deadLetter(Arrival<T> arrival, R record, Instant at) {
      counting.deadLetter();
      newestLetter = at.isAfter(newestLetter) ? at : newestLetter;
      DeadLetter letter =
          arrival.deadLetter(outputs.input(), origin.source(), origin.position(record));
      sums.add(letter, each -> output(outputs.deadLetters(), each, at));
    }

    /** A receiver of outputs would make each element twice, by three builders (Beam 2.70). */
    private <U> void output(TupleTag<U> tag, U element, Instant at) {
      context.outputWindowedValue(tag, element, at, GLOBAL, PaneInfo.NO_FIRING);
    }

    private LateEvent late(Arrival<T> arrival, R record, Instant at) {
      return arrival.tombstone()
          ? arrival.lateTombstone(
              at.getMillis(),
              outputs.lateness(),
              outputs.input(),
              origin.source(),
              origin.position(record))
          : arrival.lateEvent(
              outputs.fields(),
              outputs.lateness(),
              outputs.input(),
              origin.source(),
              origin.position(record));
    }

    /** The key that a record removes; null if it removes none. */
    private @Nullable String removed(Arrival<T> arrival, R record) {
      return outputs.reference() && arrival.tombstone() ? origin.key(record) : null;
    }
  }
}
