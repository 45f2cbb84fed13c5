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
 * Where the events of an input come from. Only sources know whether a run streams: a bounded source
 * makes a backfill, an unbounded one a stream.
 */
public interface EventSource<T extends Record & Event> {

  /**
   * Refuses, before anything runs, what cannot be read.
   *
   * @throws dhara.options.BadOption naming the option, the value and the fix
   */
  void check();

  /** How many bytes there are to read; below zero where nobody knows beforehand. */
  default long bytes() {
    return -1;
  }

  /** What there is to read as it stands now, a line each, for who asks before a run. */
  default List<String> found() {
    return List.of();
  }

  /**
   * The same as the source of a reference. What ends is read as ever: its watermark waits until all
   * is there. A stream gives all that it has before a fact passes, and lets facts wait no longer
   * for what is to come than what has come already needs; records may hold from long ago or from a
   * time to come, so their own times do not move its watermark.
   *
   * @param facts where the facts come from that are joined with it
   * @throws dhara.options.BadOption where it has no beginning, or cannot know how far the facts are
   */
  default EventSource<T> asReference(List<EventSource<?>> facts) {
    return this;
  }

  /**
   * Reads: events parsed and stamped with their event time, dead letters beside them, late events
   * apart.
   *
   * @param name the input's name, with which the names of its steps begin
   * @param lateness says which events of a stream are late; a bounded source has none
   */
  Read<T> read(Pipeline pipeline, String name, Lateness lateness);

  /**
   * What a source gives.
   *
   * @param events parsed, stamped, in the global window; what is late is not among them
   * @param late events of a stream that came too late; nothing where the source is bounded
   * @param leftOut events of a bounded source that the user wants left out, because a stream found
   *     them late
   * @param deadLetters what was no event
   * @param counts how many of each there were, in parts to be added up
   * @param removals of a reference: keys of which nothing holds any more, as tombstones say; they
   *     count as events
   */
  record Read<T extends Record & Event>(
      PCollection<T> events,
      Optional<PCollection<LateEvent>> late,
      Optional<PCollection<T>> leftOut,
      PCollection<DeadLetter> deadLetters,
      PCollection<Counts> counts,
      Optional<PCollection<Version<T>>> removals) {

    /** What a source gives that has no tombstones. */
    public Read(
        PCollection<T> events,
        Optional<PCollection<LateEvent>> late,
        Optional<PCollection<T>> leftOut,
        PCollection<DeadLetter> deadLetters,
        PCollection<Counts> counts) {
      this(events, late, leftOut, deadLetters, counts, Optional.empty());
    }
  }
}
