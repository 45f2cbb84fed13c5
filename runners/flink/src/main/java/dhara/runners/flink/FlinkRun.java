package dhara.runners.flink;

import dhara.engine.Engine;
import dhara.engine.EngineRun;
import dhara.engine.Vitals;
import dhara.options.BadOption;
import dhara.scratch.Scratch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.contrib.streaming.state.RocksDBOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A run on Flink: its configuration, its temporary files, its checkpoints, and the messages to the
 * user while it runs and when it is stopped.
 */
final class FlinkRun implements EngineRun {

  private static final String LOCALHOST = "localhost";
  private static final long SAVEPOINT_SECONDS = 60;
  private static final long CANCEL_SECONDS = 10;

  private final Engine.Launch launch;
  private final Checkpointing checkpointing;
  private final Path work;
  private final Optional<Rest> rest;
  private volatile @Nullable JobClient job;
  private volatile @Nullable Watch watch;

  private FlinkRun(
      Engine.Launch launch, Checkpointing checkpointing, Path work, Optional<Rest> rest) {
    this.launch = launch;
    this.checkpointing = checkpointing;
    this.work = work;
    this.rest = rest;
  }

  /**
   * Prepares a run, whose pipeline this thread will run.
   *
   * @throws BadOption if the options cannot be obeyed
   */
  static FlinkRun of(Engine.Launch launch, boolean embedded) throws IOException {
    FlinkPipelineOptions options = launch.options().as(FlinkPipelineOptions.class);
    Configuration user = FlinkConfiguration.ofUser(options);
    Map<String, String> settings =
        new LinkedHashMap<>(PrometheusPort.settings(options, embedded, user));
    Optional<Rest> rest = embedded ? Optional.empty() : Cluster.at(options.getFlinkMaster(), user);
    Checkpointing checkpointing = Checkpointing.of(options, embedded, user, launch);
    Path work = Scratch.ofProcess().folder("flink");
    settings.putAll(checkpointing.settings());
    Long timeout = options.as(BufferOptions.class).getBufferTimeoutMillis();
    if (timeout != null) {
      settings.put(ExecutionOptions.BUFFER_TIMEOUT.key(), timeout + " ms");
    }
    settings.put(DeploymentOptions.JOB_LISTENERS.key(), listeners(user));
    if (embedded) {
      settings.putAll(temporary(user, work));
      if (!launch.bounded()) {
        settings.putAll(
            NetworkMemory.settings(user, workers(options), Runtime.getRuntime().maxMemory()));
        rest = watched(user, settings);
      }
    }
    FlinkConfiguration.use(options, user, settings, work);
    FlinkRun run = new FlinkRun(launch, checkpointing, work, rest);
    SubmittedJob.await(run::submitted);
    return run;
  }

  /** How many workers a step has; those of an embedded Flink are as many as processors. */
  private static int workers(FlinkPipelineOptions options) {
    return options.getParallelism() < 1
        ? Runtime.getRuntime().availableProcessors()
        : options.getParallelism();
  }

  private static String listeners(Configuration user) {
    return user.getOptional(DeploymentOptions.JOB_LISTENERS)
        .map(names -> String.join(";", names) + ";" + SubmittedJob.class.getName())
        .orElse(SubmittedJob.class.getName());
  }

  /**
   * Puts temporary files where this process deletes them. RocksDB's files are separate from Flink's
   * own, because Flink deletes its files as soon as the process is asked to end, while RocksDB
   * still writes a savepoint.
   */
  private static Map<String, String> temporary(Configuration user, Path work) {
    Map<String, String> settings = new LinkedHashMap<>();
    if (!user.contains(CoreOptions.TMP_DIRS)) {
      settings.put(CoreOptions.TMP_DIRS.key(), work.toString());
    }
    if (!user.contains(WebOptions.TMP_DIR)) {
      settings.put(WebOptions.TMP_DIR.key(), work.toString());
    }
    if (!user.contains(RocksDBOptions.LOCAL_DIRECTORIES)) {
      settings.put(RocksDBOptions.LOCAL_DIRECTORIES.key(), work.resolve("rocksdb").toString());
    }
    return settings;
  }

  /** Opens the REST interface of an embedded Flink, local and read-only. */
  private static Optional<Rest> watched(Configuration user, Map<String, String> settings)
      throws IOException {
    String port = user.getOptional(RestOptions.BIND_PORT).orElse(freePort());
    if (!port.matches("[1-9]\\d*")) {
      return Optional.empty();
    }
    settings.put(RestOptions.BIND_PORT.key(), port);
    if (!user.contains(RestOptions.BIND_ADDRESS)) {
      settings.put(RestOptions.BIND_ADDRESS.key(), LOCALHOST);
      settings.put(RestOptions.ADDRESS.key(), LOCALHOST);
      settings.put(WebOptions.SUBMIT_ENABLE.key(), "false");
      settings.put(WebOptions.CANCEL_ENABLE.key(), "false");
    }
    if (!user.contains(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL)) {
      settings.put(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL.key(), "1000");
    }
    return Optional.of(new Rest(LOCALHOST + ":" + port));
  }

  private static String freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return String.valueOf(socket.getLocalPort());
    }
  }

  private void submitted(JobClient client) {
    job = client;
    if (!launch.bounded() && rest.isPresent()) {
      watch = Watch.start(rest.get(), client.getJobID(), launch);
    }
  }

  @Override
  public boolean accepted() {
    return job != null;
  }

  @Override
  public Optional<Vitals> vitals() {
    Watch watching = watch;
    return watching == null ? Optional.empty() : watching.vitals();
  }

  @Override
  public Optional<Stopped> stop() throws IOException {
    JobClient client = job;
    if (client == null) {
      return Optional.empty();
    }
    if (watch != null) {
      watch.close();
    }
    return Optional.of(launch.bounded() ? cancelled(client) : stopped(client));
  }

  private static Stopped cancelled(JobClient client) throws IOException {
    within(CANCEL_SECONDS, client.cancel());
    return new Stopped("cancelled", Optional.empty());
  }

  private Stopped stopped(JobClient client) throws IOException {
    launch.tell("stopping with a savepoint, which may take up to " + SAVEPOINT_SECONDS + " s");
    String place = checkpointing.place().map(Object::toString).orElse(null);
    SavepointFormatType format =
        checkpointing.onHeap() ? SavepointFormatType.CANONICAL : SavepointFormatType.NATIVE;
    try {
      String savepoint = within(SAVEPOINT_SECONDS, client.stopWithSavepoint(false, place, format));
      return new Stopped(
          "stopped, with all that it has read and counted in " + savepoint,
          Optional.of(resume(checkpointing.named().orElse(savepoint))));
    } catch (IOException e) {
      Optional<String> checkpoint = checkpoint();
      within(CANCEL_SECONDS, client.cancel());
      return new Stopped(
          "cancelled without a savepoint (%s); %s"
              .formatted(
                  e.getMessage(),
                  checkpoint
                      .map(location -> "what was read after " + location + " will be read again")
                      .orElse("no checkpoint was completed: it will start from its beginning")),
          checkpoint.map(location -> resume(checkpointing.named().orElse(location))));
    }
  }

  /** The newest checkpoint that the stream could resume from. */
  private Optional<String> checkpoint() throws IOException {
    if (checkpointing.place().isPresent()) {
      return Kept.newest(checkpointing.place().get(), launch::tell).map(Kept::toString);
    }
    return watch == null ? Optional.empty() : watch.newest();
  }

  private static Resume resume(String from) {
    return new Resume("--resume=" + from, Checkpointing.NAMED);
  }

  private static <T> T within(long seconds, CompletableFuture<T> done) throws IOException {
    try {
      return done.get(seconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException("it took longer than " + seconds + " s", e);
    } catch (ExecutionException | CancellationException e) {
      throw new IOException(Causes.line(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public Exception explained(Exception failure) {
    Optional<String> misfit =
        checkpointing.from().isEmpty() ? Optional.empty() : Causes.misfit(failure);
    return misfit.isEmpty()
        ? failure
        : new BadOption(
            "--resume",
            checkpointing.from().get().location(),
            "does not fit this stream: " + misfit.get(),
            failure);
  }

  @Override
  public void close() throws IOException {
    SubmittedJob.forget();
    if (watch != null) {
      watch.close();
    }
    try {
      checkpointing.close();
    } finally {
      Scratch.ofProcess().delete(work);
    }
  }
}
