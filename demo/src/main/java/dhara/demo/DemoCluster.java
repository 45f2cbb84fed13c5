package dhara.demo;

import dhara.testkit.Command;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.apache.flink.runtime.executiongraph.ErrorInfo;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

/**
 * Flink in this process, with a slot for each stream. A stream that fails is not restarted, because
 * somebody is looking and wants to know.
 */
final class DemoCluster implements AutoCloseable {

  /** The engine of the class path. */
  static final String ENGINE = "flink";

  private static final String LOCALHOST = "localhost";
  private static final String CAUSE = "Caused by: ";

  private static final Duration ENDING = Duration.ofSeconds(5);

  /** The beginnings of the names of threads that make folders of checkpoints. */
  private static final List<String> WRITING =
      List.of("jobmanager-io-", "mini-cluster-io-", "AsyncOperations-");

  private final MiniCluster cluster;
  private final URI address;
  private final Path nothing;

  private DemoCluster(MiniCluster cluster, URI address, Path nothing) {
    this.cluster = cluster;
    this.address = address;
    this.nothing = nothing;
  }

  /**
   * Starts a cluster, and returns when it takes jobs.
   *
   * @param slots how many streams of parallelism 1 run at once
   * @param folder for checkpoints and temporary files; it is the caller's to delete
   */
  static DemoCluster start(int slots, Path folder) throws Exception {
    Configuration settings = new Configuration();
    settings.set(RestOptions.BIND_PORT, "0");
    settings.set(RestOptions.ADDRESS, LOCALHOST);
    settings.set(RestOptions.BIND_ADDRESS, LOCALHOST);
    settings.set(CoreOptions.TMP_DIRS, folder.resolve("tmp").toString());
    settings.set(WebOptions.TMP_DIR, folder.resolve("tmp").toString());
    settings.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        folder.resolve("checkpoints").toUri().toString());
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    MemorySize network = MemorySize.ofMebiBytes(16L * (slots + 2));
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, network);
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, network);
    Files.createDirectories(folder.resolve("tmp"));
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
    cluster.start();
    return new DemoCluster(cluster, cluster.getRestAddress().get(), nothing(folder));
  }

  /** An empty jar to submit, because the cluster is in this process and has all classes. */
  private static Path nothing(Path folder) throws IOException {
    Path jar = Files.createTempFile(folder, "nothing", ".jar");
    new JarOutputStream(Files.newOutputStream(jar), new Manifest()).close();
    return jar;
  }

  /** Its web page, and the address of {@code --flinkMaster}. */
  URI address() {
    return address;
  }

  /**
   * Submits a stream, and returns when the cluster has accepted it.
   *
   * @param name of the job
   * @param arguments of the command, without those that say where it runs
   * @throws IllegalStateException if it is not accepted
   */
  void submit(String name, List<String> arguments) {
    List<String> all = new ArrayList<>(arguments);
    all.add("--flinkMaster=" + LOCALHOST + ":" + address.getPort());
    all.add("--parallelism=1");
    all.add("--filesToStage=" + nothing);
    all.add("--jobName=" + name);
    all.add("--wait=false");
    Command command = Command.run(ENGINE, all);
    if (command.exit() != 0) {
      throw new IllegalStateException("the stream of " + name + ": " + Said.last(command));
    }
  }

  /**
   * Checks that no stream has ended.
   *
   * @throws IllegalStateException if one has, with the cause
   */
  void checkRunning() {
    for (JobStatusMessage job : cluster.listJobs().join()) {
      if (job.getJobState().isGloballyTerminalState()) {
        ErrorInfo failure = cluster.getExecutionGraph(job.getJobId()).join().getFailureInfo();
        throw new IllegalStateException(
            "the stream of %s is %s%s"
                .formatted(
                    job.getJobName(),
                    job.getJobState(),
                    failure == null ? "" : ": " + cause(failure.getExceptionAsString())));
      }
    }
  }

  /** The innermost cause of a stack trace. */
  private static String cause(String trace) {
    return trace
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith(CAUSE))
        .reduce((earlier, later) -> later)
        .map(line -> line.substring(CAUSE.length()))
        .orElseGet(() -> trace.lines().findFirst().orElse(""));
  }

  /**
   * Ends all streams. Flink does not wait for the threads that make the folders of checkpoints, and
   * one of them could bring a folder back that is being deleted.
   */
  @Override
  public void close() {
    cluster.closeAsync().join();
    try {
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (WRITING.stream().anyMatch(thread.getName()::startsWith)) {
          thread.join(ENDING.toMillis());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
