package dhara.runners.flink;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.checkpoint.CheckpointFailureManager;

/**
 * Finds out why checkpoints of an embedded Flink failed. The REST interface does not give the
 * cause; it is only in the log, which this handler reads.
 */
final class CheckpointFailures extends Handler {

  /** Referenced, so that the logger is not garbage-collected with its handler. */
  private static final Logger LOG = Logger.getLogger(CheckpointFailureManager.class.getName());

  private static final Pattern JOB = Pattern.compile("for job ([0-9a-f]{32})");
  private static final CheckpointFailures LISTENING = new CheckpointFailures();

  private final Map<String, Throwable> latest = new ConcurrentHashMap<>();

  private CheckpointFailures() {}

  /** Installs the handler, if it is not installed yet. */
  static synchronized void listen() {
    if (LOG.getHandlers().length == 0) {
      LOG.addHandler(LISTENING);
      LOG.setUseParentHandlers(LOG.isLoggable(Level.INFO));
    }
  }

  /** The cause of the latest failed checkpoint of a job. */
  static Optional<Throwable> of(JobID job) {
    return Optional.ofNullable(LISTENING.latest.get(job.toString()));
  }

  @Override
  public void publish(LogRecord told) {
    Matcher job = JOB.matcher(String.valueOf(told.getMessage()));
    if (told.getThrown() != null && job.find()) {
      latest.put(job.group(1), told.getThrown());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
