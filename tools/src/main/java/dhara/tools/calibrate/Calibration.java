package dhara.tools.calibrate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What was measured with a sample of the user's own events, in backfills in this process.
 *
 * @param events facts in the sample
 * @param deadLettered how many of them were dead letters
 * @param complete whether the sample is everything that there is to read
 * @param verbatim whether events were read in the user's own format, and not rewritten as JSON
 * @param span from the first event to the last
 * @param bytesPerEvent of a line as it was read
 * @param perCore events in a second of processor time
 * @param startIncluded whether the start of a run is in {@code perCore}, because the sample was too
 *     small to tell it apart
 * @param busyCores processor time per second of a run
 * @param groupedBytes encoded bytes that the analysis grouped, per answer
 * @param outputs what a stream keeps for each output
 */
public record Calibration(
    long events,
    long deadLettered,
    boolean complete,
    boolean verbatim,
    Duration span,
    double bytesPerEvent,
    double perCore,
    boolean startIncluded,
    double busyCores,
    double groupedBytes,
    List<StoredOutput> outputs) {

  /** Beyond this share of the sample, the speed is no longer that of good events. */
  private static final double MANY_DEAD = 0.1;

  public Calibration {
    outputs = List.copyOf(outputs);
  }

  /**
   * Puts the figures of the runs together.
   *
   * @param thinned a watched run over every fourth event
   * @param watched a watched run over all events
   */
  static Calibration of(EventSample sample, TrialRun thinned, TrialRun watched, TimedPairs timed) {
    List<StoredOutput> outputs = new ArrayList<>();
    for (int i = 0; i < watched.outputs().size(); i++) {
      outputs.add(
          StoredOutput.of(
              watched.outputs().get(i),
              thinned.outputs().get(i),
              watched.events(),
              thinned.events()));
    }
    return new Calibration(
        timed.events(),
        timed.deadLettered(),
        sample.complete(),
        sample.verbatim(),
        sample.span(),
        (double) sample.bytes() / sample.events(),
        timed.perCore(),
        !timed.apart(),
        timed.busyCores(),
        (double) watched.groupedBytes() / Math.max(1, watched.answers()),
        outputs);
  }

  /** Distinct keys of all outputs. */
  public long keys() {
    return outputs.stream().mapToLong(StoredOutput::keys).sum();
  }

  /** Answers to an event. */
  public double answersPerEvent() {
    return (double) outputs.stream().mapToLong(StoredOutput::rows).sum() / events;
  }

  /** What to know before trusting it, as sentences without a full stop. */
  public List<String> doubts() {
    List<String> doubts = new ArrayList<>();
    if (startIncluded) {
      doubts.add(
          String.format(
              Locale.ROOT,
              "%,d events are too few to tell the speed of a core from the start of a run, so it is"
                  + " higher than shown; give more events",
              events));
    }
    if (deadLettered > MANY_DEAD * events) {
      doubts.add(
          String.format(
              Locale.ROOT,
              "%,d of %,d events in the sample were dead letters; the speed is that of a mixture",
              deadLettered,
              events));
    }
    if (!verbatim) {
      doubts.add(
          "events were measured as JSON lines with the names of components, not in their own"
              + " format");
    }
    return doubts;
  }
}
