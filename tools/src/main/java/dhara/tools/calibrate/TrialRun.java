package dhara.tools.calibrate;

import java.util.List;

/**
 * What a backfill of a sample took in this process, and what it wrote.
 *
 * @param events the facts that it read, of all inputs
 * @param deadLettered how many of them were dead letters
 * @param cpuSeconds processor time of the whole process meanwhile
 * @param wallSeconds from its start to its end
 * @param groupedBytes encoded size of what the analysis grouped; 0 if that was not watched
 * @param outputs its answers
 */
record TrialRun(
    long events,
    long deadLettered,
    double cpuSeconds,
    double wallSeconds,
    long groupedBytes,
    List<OutputRows> outputs) {

  TrialRun {
    outputs = List.copyOf(outputs);
  }

  /** How many answers it wrote, of all outputs. */
  long answers() {
    return outputs.stream().mapToLong(OutputRows::rows).sum();
  }
}
