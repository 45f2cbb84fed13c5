package dhara.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.engine.EngineRun;
import dhara.options.BadOption;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointingTest {

  private final ByteArrayOutputStream told = new ByteArrayOutputStream();

  @TempDir private Path folder;

  @Test
  void checkpointsOfAnEmbeddedStreamGoToTheFolderThatIsNamed() throws IOException {
    Path checkpoints = folder.resolve("it's/new");
    FlinkPipelineOptions options = stream("--checkpoints=" + checkpoints);
    Map<String, String> flink;
    try (EngineRun run = prepared(options)) {
      flink = GlobalConfiguration.loadConfiguration(options.getFlinkConfDir()).toMap();
      assertThat(run.stop().isEmpty(), is(true)); // nothing runs yet
    }

    assertThat(flink.get("state.checkpoints.dir"), is(uri(checkpoints)));
    assertThat(flink.get("state.savepoints.dir"), is(uri(checkpoints)));
    assertThat(flink.get("state.backend.type"), is("hashmap"));
    assertThat(
        flink.get("execution.checkpointing.externalized-checkpoint-retention"),
        is("RETAIN_ON_CANCELLATION"));
    assertThat(
        said(),
        is(
            "dhara: checkpoints every 10 s in "
                + checkpoints
                + ", state on the heap"
                + System.lineSeparator()));
  }

  @Test
  void aStateBackendThatIsNamedIsObeyedAndNeedsNoPathOfItsOwn() throws IOException {
    FlinkPipelineOptions options = stream("--checkpoints=" + folder, "--stateBackend=rocksdb");
    try (EngineRun run = prepared(options)) {
      Map<String, String> flink =
          GlobalConfiguration.loadConfiguration(options.getFlinkConfDir()).toMap();
      assertThat(flink.get("state.backend.type"), is("rocksdb"));
      assertThat(flink.get("state.backend.incremental"), is("true"));
      assertThat(run.vitals().isEmpty(), is(true));
    }
    assertThat(said(), containsString("state in RocksDB, checkpoints incremental"));
  }

  @Test
  void aConfigurationOfTheUsersOwnStandsBesideIt() throws IOException {
    Path own = Files.createDirectory(folder.resolve("conf"));
    Files.writeString(
        own.resolve("config.yaml"), "state.backend.type: rocksdb\nrest.bind-port: 18081\n");
    FlinkPipelineOptions options =
        stream("--checkpoints=" + folder.resolve("c"), "--flinkConfDir=" + own);
    try (EngineRun run = prepared(options)) {
      Map<String, String> flink =
          GlobalConfiguration.loadConfiguration(options.getFlinkConfDir()).toMap();
      assertThat(flink.get("state.backend.type"), is("rocksdb"));
      assertThat(flink.get("rest.bind-port"), is("18081"));
      assertThat(flink.get("state.checkpoints.dir"), is(uri(folder.resolve("c"))));
      assertThat(run.vitals().isEmpty(), is(true));
    }
  }

  @Test
  void twoStreamsCannotShareAFolder() throws IOException {
    try (EngineRun first = prepared(stream("--checkpoints=" + folder))) {
      BadOption refused =
          assertThrows(BadOption.class, () -> prepared(stream("--checkpoints=" + folder)).close());
      assertThat(
          refused.getMessage(),
          is(
              "--checkpoints=%s: is the folder of a stream that runs (process %d);"
                      .formatted(folder, ProcessHandle.current().pid())
                  + " each stream needs a folder of its own"));
      assertThat(first.vitals().isEmpty(), is(true));
    }
    prepared(stream("--checkpoints=" + folder)).close();
  }

  /** DIR is an empty folder. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--resume=DIR | --resume=DIR: holds no completed checkpoint and no savepoint;"
            + " without --resume the stream starts from its beginning",
        "--resume=DIR/none | --resume=DIR/none: does not exist;"
            + " without --resume the stream starts from its beginning",
        "--resume=auto | --resume=auto: resumes from what is in --checkpoints, and that is not "
            + "given;"
            + " e.g. --checkpoints=/var/lib/dhara/orders --resume=auto",
        "--savepointPath=DIR | --savepointPath=DIR: is no checkpoint and no savepoint: it has no"
            + " _metadata; name a folder like savepoint-… or chk-…, or --resume= one that holds them",
        "--savepointPath=DIR --resume=DIR | --savepointPath=DIR: and --resume both say what to"
            + " resume from; leave one of them out",
        "--checkpoints=DIR --checkpointingInterval=-1 | --checkpoints=DIR: is never written to,"
            + " because --checkpointingInterval=-1 takes no checkpoints; leave one of the two out",
        "--checkpoints=DIR --stateBackend=rocksbd | --stateBackend=rocksbd: is no state"
            + " backend; there are filesystem and rocksdb",
        "--checkpoints=DIR --parallelism=0 | --parallelism=0: leaves no worker, e.g. --parallelism=2",
        "--checkpoints=DIR --parallelism=4 --maxParallelism=3 | --maxParallelism=3: is not from"
            + " --parallelism to 32768, e.g. --maxParallelism=128",
        "--checkpoints=DIR --stateBackendStoragePath=DIR | --stateBackendStoragePath=DIR: and"
            + " --checkpoints name the same thing; leave one of them out"
      })
  void whatCannotBeObeyedIsRefused(String arguments, String message) {
    BadOption refused =
        assertThrows(
            BadOption.class,
            () -> prepared(stream(arguments.replace("DIR", folder.toString()).split(" "))).close());
    assertThat(refused.getMessage(), is(message.replace("DIR", folder.toString())));
  }

  @ParameterizedTest
  @CsvSource({"--checkpoints", "--resume", "--savepointPath"})
  void aBackfillKeepsNothing(String option) {
    FlinkPipelineOptions options = Launches.options(option + "=" + folder, "--flinkMaster=[local]");
    BadOption refused =
        assertThrows(
            BadOption.class, () -> new FlinkEngine().prepare(Launches.backfill(options)).close());
    assertThat(
        refused.getMessage(),
        is(option + "=" + folder + ": is for streams: a backfill is run again from its beginning"));
  }

  @Test
  void aClusterThatIsNotThereIsSaidAtOnce() throws IOException {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0)) {
      nobody = socket.getLocalPort();
    }
    FlinkPipelineOptions options = Launches.options("--flinkMaster=localhost:" + nobody);
    BadOption refused =
        assertThrows(
            BadOption.class, () -> new FlinkEngine().prepare(Launches.backfill(options)).close());
    assertThat(
        refused.getMessage(),
        is(
            "--flinkMaster=localhost:%d: no JobManager of Flink answers there (connection refused);"
                    .formatted(nobody)
                + " start the cluster, or leave the option out to run inside this command"));
  }

  @Test
  void whatIsNoAddressIsNoCluster() {
    FlinkPipelineOptions options = Launches.options("--flinkMaster=[locale]x y");
    BadOption refused =
        assertThrows(
            BadOption.class, () -> new FlinkEngine().prepare(Launches.backfill(options)).close());
    assertThat(refused.getMessage(), startsWith("--flinkMaster=[locale]x y: is no address;"));
  }

  private static FlinkPipelineOptions stream(String... arguments) {
    FlinkPipelineOptions options = Launches.options(arguments);
    options.setFlinkMaster("[local]");
    if (options.getCheckpointingInterval() == -1
        && !String.join(" ", arguments).contains("--checkpointingInterval")) {
      options.setCheckpointingInterval(10_000L);
    }
    return options;
  }

  private EngineRun prepared(FlinkPipelineOptions options) throws IOException {
    return new FlinkEngine().prepare(Launches.stream(options, told));
  }

  private static String uri(Path path) {
    return "file:" + path;
  }

  private String said() {
    return told.toString(StandardCharsets.UTF_8);
  }
}
