package dhara.connectors;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.TupleTag;

/**
 * What a source has counted of what it read, in a bundle. A source knows what it makes of each
 * record: who counts its outputs afterwards pays for each event once more.
 *
 * @param read records; counted where they come in, the others where they leave
 * @param events handed on as events
 * @param late events that are late, or were for the stream whose late output is left out
 * @param deadLettered what was no event
 * @param bytes what was read of the records, without their keys
 */
public record Counts(long read, long events, long late, long deadLettered, long bytes) {

  /** Counts the records of a bundle as they pass. */
  public static final class Counting {

    private long read;
    private long events;
    private long late;
    private long deadLettered;
    private long bytes;

    public void read(int length) {
      read++;
      bytes += length;
    }

    /** What was read so far, in bytes. */
    public long bytes() {
      return bytes;
    }

    public void event() {
      events++;
    }

    public void late() {
      late++;
    }

    public void deadLetter() {
      deadLettered++;
    }

    /** Outputs the counts at the end of the bundle, at the end of time, where nothing is late. */
    public <I, O> void output(DoFn<I, O>.FinishBundleContext bundle, TupleTag<Counts> tag) {
      bundle.output(
          tag,
          new Counts(read, events, late, deadLettered, bytes),
          GlobalWindow.INSTANCE.maxTimestamp(),
          GlobalWindow.INSTANCE);
    }
  }
}
