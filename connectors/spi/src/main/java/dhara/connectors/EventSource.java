package dhara.connectors;

import dhara.events.DeadLetter;
import dhara.events.Event;
import dhara.events.LateEvent;
import dhara.transforms.join.Version;
import dhara.transforms.windows.Lateness;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollection;

/**
 * The source of the events of an input. Only the source decides whether a run streams: a bounded
 * source makes a backfill, an unbounded one a stream.
 */
public interface EventSource<T extends Record & Event> {

  /**
   * Throws, before anything runs, if the source cannot be read.
   *
   * @throws dhara.options.BadOption naming the option, the value and the fix
   */
  void check();

  /** Whether it ends by itself, so that a run of it is a backfill. */
  boolean bounded();

  /** How many bytes there are to read; negative if it is not known beforehand. */
  default long bytes() {
    return -1;
  }

  /**
   * Whether a stream of it tells the {@link dhara.transforms.load.WorkerLoad} how long its records
   * have waited.
   */
  default boolean knowsLag() {
    return false;
  }

  /** What there is to read now, one line each, for a user who asks before a run. */
  default List<String> found() {
    return List.of();
  }

  /**
   * The same as the source of a reference. A bounded source is read as usual: its watermark waits
   * until everything is read. An unbounded source outputs everything that it has at its start
   * before any fact passes. After that it holds facts back only as long as the records that have
   * already come require. The times of its records may lie far in the past or in the future, so
   * they do not move its watermark.
   *
   * @param facts the sources of the facts that are joined with it
   * @throws dhara.options.BadOption if it has no beginning, or cannot know the progress of the
   *     facts
   */
  default EventSource<T> asReference(List<EventSource<?>> facts) {
    return this;
  }

  /**
   * Reads. Events are parsed and stamped with their event time; dead letters and late events are
   * separate outputs.
   *
   * @param name the input's name, the prefix of the names of its steps
   * @param lateness decides which events of a stream are late; in a bounded source none are
   */
  Read<T> read(Pipeline pipeline, String name, Lateness lateness);

  /**
   * The outputs of a source.
   *
   * @param events parsed, stamped, in the global window, without the late ones
   * @param late events of a stream that came too late; empty if the source is bounded
   * @param leftOut events of a bounded source that the user wants left out, because a stream found
   *     them late
   * @param deadLetters records that are not events
   * @param counts how many of each there were, in parts to be added up
   * @param removals for a reference: keys that tombstones removed; they count as events
   */
  record Read<T extends Record & Event>(
      PCollection<T> events,
      Optional<PCollection<LateEvent>> late,
      Optional<PCollection<T>> leftOut,
      PCollection<DeadLetter> deadLetters,
      PCollection<Counts> counts,
      Optional<PCollection<Version<T>>> removals) {}
}
