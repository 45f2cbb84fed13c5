package dhara.io;

import dhara.events.DeadLetter;
import dhara.events.Event;
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

  /** Reads: events parsed and stamped with their event time, dead letters beside them. */
  Read<T> read(Pipeline pipeline, String name);

  /**
   * What a source gives.
   *
   * @param events parsed, stamped, in the global window
   * @param deadLetters what was no event
   * @param read how many were read, in parts to be added up; counted before parsing
   */
  record Read<T>(
      PCollection<T> events, PCollection<DeadLetter> deadLetters, PCollection<Long> read) {}
}
