package dhara.runners.flink;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.engine.Engine;
import dhara.engine.Vitals;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;

/**
 * Watches a running stream and prints a line for each restart, with its cause and the checkpoint,
 * when checkpoints keep failing, and when a source without records holds back all that settles.
 */
final class Watch implements Closeable {

  private static final long EVERY_MILLIS = 1_000;

  /**
   * How many failures in a row are reported: a single one is normal, if a checkpoint comes too
   * early in the start of a stream.
   */
  private static final long KEEPS_FAILING = 2;

  private final Rest rest;
  private final String job;
  private final JobID id;
  private final Engine.Launch launch;
  private final StreamMetrics metrics;
  private final SilentSources silent;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "dhara-watch");
            thread.setDaemon(true);
            return thread;
          });

  /** A checkpoint that fails within this time of a job failure was aborted by it. */
  private static final long SETTLING_MILLIS = 2_000;

  private long restarts;
  private long newestFailure;
  private long failed;
  private long inARow;
  private long told;
  private long completed;
  private volatile Optional<Instant> checkpoint = Optional.empty();
  private volatile Optional<String> newest = Optional.empty();

  private Watch(Rest rest, JobID id, Engine.Launch launch) {
    this.rest = rest;
    this.job = "/jobs/" + id;
    this.id = id;
    this.launch = launch;
    this.metrics = new StreamMetrics(rest, job);
    this.silent = SilentSources.of(launch.pipeline());
  }

  /** Begins to watch a job. */
  static Watch start(Rest rest, JobID id, Engine.Launch launch) {
    Watch watch = new Watch(rest, id, launch);
    CheckpointFailures.listen();
    var unused =
        watch.clock.scheduleWithFixedDelay(
            watch::look, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    return watch;
  }

  private void look() {
    try {
      JsonNode checkpoints = rest.get(job + "/checkpoints");
      failures(rest.get(job + "/exceptions"), checkpoints);
      checkpoints(checkpoints);
      silences();
    } catch (IOException e) {
      return; // it is starting or ending, or a JobManager is replaced: retried at the next poll
    }
  }

  private void silences() {
    if (!silent.over()) {
      vitals()
          .map(now -> silent.look(now.watermark().isPresent(), now.read(), metrics.heard()))
          .filter(line -> !line.isEmpty())
          .ifPresent(launch::tell);
    }
  }

  private void checkpoints(JsonNode now) {
    JsonNode latest = now.path("latest").path("completed");
    long latestId = latest.path("id").asLong(0);
    if (latestId > completed) {
      completed = latestId;
      checkpoint = Optional.of(Instant.ofEpochMilli(latest.path("latest_ack_timestamp").asLong()));
      newest = Optional.of(latest.path("external_path").asText());
      if (told > 0) {
        launch.tell("checkpoints are completed again, the latest is " + latestId);
      }
      inARow = 0;
      told = 0;
    }
    JsonNode failure = now.path("latest").path("failed");
    long failures = now.path("counts").path("failed").asLong();
    if (failure.path("id").asLong() > completed
        && failure.path("failure_timestamp").asLong() > newestFailure + SETTLING_MILLIS) {
      inARow += failures - failed;
    }
    failed = failures;
    if (inARow >= Math.max(KEEPS_FAILING, 2 * told)) {
      told = inARow;
      launch.tell(
          "%d checkpoints in a row have failed, the latest because of %s; %s"
              .formatted(
                  inARow,
                  CheckpointFailures.of(id)
                      .map(Causes::line)
                      .orElse(
                          failure.path("failure_message").asText("a cause that it does not tell")),
                  next(now)));
    }
  }

  /** The consequence of a failure now. */
  private String next(JsonNode checkpoints) {
    return "after a failure it would " + from(checkpoints);
  }

  private String from(JsonNode checkpoints) {
    JsonNode latest = checkpoints.path("latest").path("completed");
    JsonNode restored = checkpoints.path("latest").path("restored");
    if (latest.path("id").asLong(0) > 0) {
      return "resume from checkpoint %d of %s"
          .formatted(
              latest.path("id").asLong(),
              Instant.ofEpochMilli(latest.path("latest_ack_timestamp").asLong()));
    } else if (restored.path("id").asLong(0) > 0) {
      return "resume from " + restored.path("external_path").asText();
    }
    return "read from the beginning, because no checkpoint was completed yet";
  }

  private void failures(JsonNode exceptions, JsonNode checkpoints) {
    List<JsonNode> entries = new ArrayList<>();
    exceptions.path("exceptionHistory").path("entries").forEach(entries::add);
    entries.removeIf(entry -> entry.path("timestamp").asLong() <= newestFailure);
    entries.sort(Comparator.comparingLong(entry -> entry.path("timestamp").asLong()));
    for (JsonNode entry : entries) {
      newestFailure = entry.path("timestamp").asLong();
      restarts++;
      inARow = 0; // a checkpoint aborted by a restart does not count as failed
      launch.tell(
          "restart %d, because of %s; it will %s"
              .formatted(restarts, cause(entry), from(checkpoints)));
    }
  }

  /**
   * The cause: the failure of a task may be the consequence of another's, which is listed beside
   * it.
   */
  private static String cause(JsonNode entry) {
    String root = Causes.root(entry.path("stacktrace").asText());
    for (JsonNode other : entry.path("concurrentExceptions")) {
      if (!Causes.consequence(root)) {
        break;
      }
      root = Causes.root(other.path("stacktrace").asText());
    }
    String task = entry.path("taskName").asText("");
    return task.isEmpty() || task.equals("null")
        ? root
        : root + " (in " + task.replaceFirst("^(.{60}).*", "$1…") + ")";
  }

  /** The state of the stream. */
  Optional<Vitals> vitals() {
    return metrics.now(checkpoint);
  }

  /** The newest completed checkpoint that it saw. */
  Optional<String> newest() {
    return newest;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
