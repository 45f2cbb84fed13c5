package dhara.testkit.flink;

import dhara.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A Flink cluster in this process, with two TaskManagers and checkpoints in a folder. Streams are
 * submitted to it as to any cluster.
 */
public final class FlinkCluster implements AutoCloseable {

  private final MiniCluster cluster;
  private final Path nothing;

  private FlinkCluster(MiniCluster cluster, Path nothing) {
    this.cluster = cluster;
    this.nothing = nothing;
  }

  /**
   * Starts a cluster, and returns when it takes jobs.
   *
   * @param slots of each of the two task managers: how many jobs of parallelism 2 run at once
   * @param folder for checkpoints; it is the caller's to delete
   */
  public static FlinkCluster start(int slots, Path folder) throws Exception {
    return start(slots, folder, new Configuration());
  }

  /**
   * Starts a cluster, and returns when it takes jobs.
   *
   * @param slots of each of the two task managers: how many jobs of parallelism 2 run at once
   * @param folder for checkpoints; it is the caller's to delete
   * @param settings of Flink, besides those that it needs here
   */
  public static FlinkCluster start(int slots, Path folder, Configuration settings)
      throws Exception {
    Configuration configuration = new Configuration(settings);
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toUri().toString());
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(256));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(256));
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(2)
                .setNumSlotsPerTaskManager(slots)
                .build());
    cluster.start();
    return new FlinkCluster(cluster, nothing(folder));
  }

  /** An empty jar to submit, because the cluster is in this process and has all classes. */
  private static Path nothing(Path folder) throws IOException {
    Path jar = Files.createTempFile(folder, "nothing", ".jar");
    new JarOutputStream(Files.newOutputStream(jar), new Manifest()).close();
    return jar;
  }

  /**
   * Submits a stream.
   *
   * @param arguments of the command, without those that say where it runs
   */
  public RunningStream stream(List<String> arguments) throws Exception {
    String job = "stream-" + UUID.randomUUID();
    List<String> all = new ArrayList<>(arguments);
    all.add("--flinkMaster=localhost:" + cluster.getRestAddress().get().getPort());
    all.add("--parallelism=2");
    all.add("--filesToStage=" + nothing);
    all.add("--jobName=" + job);
    return new RunningStream(job, CompletableFuture.supplyAsync(() -> Command.run("flink", all)));
  }

  /** Kills one of its TaskManagers, with all running tasks, and starts a new one. */
  public void loseTaskManager() throws Exception {
    cluster.terminateTaskManager(0).get();
    cluster.startTaskManager();
  }

  /** A stream that runs on this cluster until it is cancelled. */
  public final class RunningStream implements LiveStream {

    private final String job;
    private final CompletableFuture<Command> command;

    private RunningStream(String job, CompletableFuture<Command> command) {
      this.job = job;
      this.command = command;
    }

    @Override
    public void checkRunning() {
      if (command.isDone()) {
        throw new IllegalStateException("the stream ended: " + command.join());
      }
    }

    /** Whether a checkpoint of it is complete, from which it can be restored. */
    public boolean checkpointed() {
      return completedCheckpoints() > 0;
    }

    /** How many checkpoints of it are complete. */
    public long completedCheckpoints() {
      CheckpointStatsSnapshot checkpoints = checkpoints();
      return checkpoints == null ? 0 : checkpoints.getCounts().getNumberOfCompletedCheckpoints();
    }

    /** Whether it was restored from a checkpoint after a failure. */
    public boolean restored() {
      CheckpointStatsSnapshot checkpoints = checkpoints();
      return checkpoints != null && checkpoints.getLatestRestoredCheckpoint() != null;
    }

    private @Nullable CheckpointStatsSnapshot checkpoints() {
      for (JobStatusMessage status : cluster.listJobs().join()) {
        if (status.getJobName().equals(job)) {
          return cluster.getExecutionGraph(status.getJobId()).join().getCheckpointStatsSnapshot();
        }
      }
      throw new IllegalStateException("the cluster has no job " + job);
    }

    /** Cancels it, and waits for its end. */
    @Override
    public void close() {
      while (!ended()) {
        // A stream that is still being submitted is found the next time.
        for (JobStatusMessage status : cluster.listJobs().join()) {
          if (status.getJobName().equals(job) && !status.getJobState().isGloballyTerminalState()) {
            cluster.cancelJob(status.getJobId()).join();
          }
        }
      }
    }

    private boolean ended() {
      CompletableFuture<Void> soon = new CompletableFuture<>();
      CompletableFuture.anyOf(command, soon.completeOnTimeout(null, 300, TimeUnit.MILLISECONDS))
          .join();
      return command.isDone();
    }
  }

  @Override
  public void close() {
    cluster.closeAsync().join();
  }
}
