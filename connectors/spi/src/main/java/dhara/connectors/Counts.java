package dhara.connectors;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.TupleTag;

/**
 * The counts of a source in one bundle. The source counts itself, because another step that counts
 * its outputs would process each event once more.
 *
 * @param read records, counted when they are read; the others are counted when they are output
 * @param events output as events
 * @param late events that are late, or that were late in the stream whose late output is left out
 * @param deadLettered dead letters
 * @param bytes size of the records read, without their keys
 */
public record Counts(long read, long events, long late, long deadLettered, long bytes) {

  /** Counts the records of a bundle as they pass. */
  public static final class Counting {

    private static final int SHOWN_EVERY = 1024;

    private long read;
    private long events;
    private long late;
    private long deadLettered;
    private long bytes;
    private long shown;
    private long shownBytes;

    public void read(int length) {
      read++;
      bytes += length;
      if (read - shown == SHOWN_EVERY) {
        show();
      }
    }

    private void show() {
      ReadHere.add(read - shown, bytes - shownBytes);
      shown = read;
      shownBytes = bytes;
    }

    /** The bytes read so far. */
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

    /**
     * Outputs the counts at the end of the bundle, with the maximum timestamp, so that they are
     * never late.
     */
    public <I, O> void output(DoFn<I, O>.FinishBundleContext bundle, TupleTag<Counts> tag) {
      show();
      bundle.output(
          tag,
          new Counts(read, events, late, deadLettered, bytes),
          GlobalWindow.INSTANCE.maxTimestamp(),
          GlobalWindow.INSTANCE);
    }
  }
}
