package dhara.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.regex.Pattern;

/**
 * Folds repeated log lines of Kafka's clients: a client that cannot reach a broker logs a warning
 * for every attempt. The first of several similar lines is shown at once; after that, every half
 * minute, the newest one with the number of lines it stands for. Lines are similar if they differ
 * only in numbers and in the client that they begin with.
 */
final class Repeated implements Filter {

  private static final String KAFKA = "org.apache.kafka.";
  private static final Duration EVERY = Duration.ofSeconds(30);

  /** The client at the beginning of a line, and numbers. */
  private static final Pattern ALIKE = Pattern.compile("^\\[[^\\]]*] |\\d+");

  /** How many kinds of lines are remembered. */
  private static final int MOST = 1_000;

  private final LongSupplier nanos;
  private final Map<String, Count> counts =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
          return size() > MOST;
        }
      };

  private static final class Count {
    private long shownAt;
    private long held;
  }

  /**
   * @param nanos a clock such as {@link System#nanoTime}
   */
  Repeated(LongSupplier nanos) {
    this.nanos = nanos;
  }

  @Override
  public synchronized boolean isLoggable(LogRecord line) {
    String logger = line.getLoggerName();
    if (logger == null || !logger.startsWith(KAFKA)) {
      return true;
    }
    String message = String.valueOf(line.getMessage());
    long now = nanos.getAsLong();
    String kind = logger + " " + ALIKE.matcher(message).replaceAll("#");
    Count count = counts.get(kind);
    if (count == null) {
      count = new Count();
      counts.put(kind, count);
    } else if (now - count.shownAt < EVERY.toNanos()) {
      count.held++;
      return false;
    }
    if (count.held > 0) {
      line.setMessage("%s (and %,d more like it)".formatted(message, count.held));
    }
    count.shownAt = now;
    count.held = 0;
    return true;
  }
}
