package dhara.tools.calibrate;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A sample of the events of all inputs, as files of JSON lines, one for each input.
 *
 * <p>{@link #first} holds the first quarter of the facts in the order of their reading, and {@link
 * #thinned} every fourth of them, over the same time as the whole. So the difference between the
 * first quarter and the whole tells what an event costs beyond the start, and the difference
 * between the thinned and the whole how state grows with the rate.
 *
 * @param whole all of it, by input
 * @param first the first quarter, by input
 * @param thinned every fourth event, by input
 * @param facts how many records of facts, by input, in the order of the inputs
 * @param references how many records of references
 * @param bytes of the facts as they were read, with a line feed each
 * @param span from the earliest to the latest time of the facts
 * @param complete whether this is everything that there is to read now
 * @param verbatim whether its lines are those of the user, and not written anew
 */
record EventSample(
    Map<String, Path> whole,
    Map<String, Path> first,
    Map<String, Path> thinned,
    Map<String, Long> facts,
    long references,
    long bytes,
    Duration span,
    boolean complete,
    boolean verbatim) {

  /** How many times smaller {@link #first} and {@link #thinned} are than the whole. */
  static final int PARTS = 4;

  /** How many facts it holds. */
  long events() {
    return facts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The files as values of {@code --events}. */
  static List<String> options(Map<String, Path> files) {
    return files.entrySet().stream().map(file -> file.getKey() + "=" + file.getValue()).toList();
  }
}
