package dhara.runners.flink;

import dhara.engine.Engine;
import dhara.lint.Fingerprint;
import dhara.options.BadOption;
import java.io.Closeable;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.jobgraph.RestoreMode;
import org.apache.flink.runtime.jobgraph.SavepointConfigOptions;
import org.apache.flink.streaming.api.environment.CheckpointConfig.ExternalizedCheckpointCleanup;
import org.apache.flink.streaming.api.environment.ExecutionCheckpointingOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Chooses the place of a stream's checkpoints, the checkpoint that it resumes from, and its state
 * backend.
 *
 * <p>An embedded Flink keeps state on the heap while it is small, which is fastest, and in RocksDB
 * with incremental checkpoints when it is large. The size of the checkpoint or savepoint that a
 * stream resumes from decides, because the size is unknown at the first start. Both backends can
 * read the savepoint of Ctrl-C; a checkpoint can be read only by the backend that wrote it. {@code
 * --stateBackend} overrides this.
 */
final class Checkpointing implements Closeable {

  private static final String RESUME = "--resume";
  private static final String SAVEPOINT = "--savepointPath";
  private static final String BACKEND = "--stateBackend";
  private static final String HASHMAP = "hashmap";
  private static final String ROCKSDB = "rocksdb";

  /**
   * The limit for the heap, as the size of a checkpoint; objects on the heap take a few times as
   * much.
   */
  static final long SMALL_BYTES = Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 8);

  /** The options of a command that {@code --resume} replaces. */
  static final Set<String> NAMED =
      Set.of("checkpoints", "resume", "savepointPath", "stateBackendStoragePath");

  private final FlinkPipelineOptions options;
  private final boolean embedded;
  private final Engine.Launch launch;
  private final Configuration user;
  private final Map<String, String> settings = new LinkedHashMap<>();

  private @Nullable CheckpointFolder folder;
  private @Nullable Path place;
  private @Nullable Kept from;

  private Checkpointing(
      FlinkPipelineOptions options, boolean embedded, Configuration user, Engine.Launch launch) {
    this.options = options;
    this.embedded = embedded;
    this.user = user;
    this.launch = launch;
  }

  /**
   * The checkpointing of a run.
   *
   * @param options are changed if Flink's runner would not obey them
   * @param user the user's own configuration of Flink
   * @throws BadOption if the options cannot be obeyed
   */
  static Checkpointing of(
      FlinkPipelineOptions options, boolean embedded, Configuration user, Engine.Launch launch)
      throws IOException {
    Checkpointing checkpointing = new Checkpointing(options, embedded, user, launch);
    boolean decided = false;
    try {
      if (launch.bounded()) {
        checkpointing.refuse("is for streams: a backfill is run again from its beginning");
      } else if (!embedded && options.getFlinkMaster().equals(Cluster.OF_THIS_PROCESS)) {
        checkpointing.refuse(
            "is said by the configuration of the JobManager that runs this command:"
                + " state.checkpoints.dir, state.savepoints.dir, execution.savepoint.path");
      } else {
        checkpointing.decide();
      }
      decided = true;
    } finally {
      if (!decided) {
        checkpointing.close();
      }
    }
    return checkpointing;
  }

  private void refuse(String why) {
    CheckpointOptions asked = options.as(CheckpointOptions.class);
    Map<String, Optional<String>> given =
        Map.of(
            CheckpointFolder.OPTION,
            Optional.ofNullable(asked.getCheckpoints()),
            RESUME,
            Optional.ofNullable(asked.getResume()),
            SAVEPOINT,
            Optional.ofNullable(options.getSavepointPath()));
    given.forEach(
        (option, value) ->
            value.ifPresent(
                text -> {
                  throw new BadOption(option, text, why);
                }));
  }

  private void decide() throws IOException {
    CheckpointOptions asked = options.as(CheckpointOptions.class);
    boolean off = options.getCheckpointingInterval() < 0;
    if (off && asked.getCheckpoints() != null) {
      throw new BadOption(
          CheckpointFolder.OPTION,
          asked.getCheckpoints(),
          "is never written to, because --checkpointingInterval="
              + options.getCheckpointingInterval()
              + " takes no checkpoints; leave one of the two out");
    }
    Location named = named(asked.getCheckpoints());
    Location resume =
        CheckpointOptions.AUTO.equals(asked.getResume())
            ? auto(named)
            : Location.of(RESUME, asked.getResume(), !embedded);
    Location savepoint = Location.of(SAVEPOINT, options.getSavepointPath(), false);
    if (resume != null && savepoint != null) {
      throw savepoint.bad("and --resume both say what to resume from; leave one of them out");
    }
    if (resume != null && !resume.equals(named) && !resume.ask(Checkpointing::exists)) {
      throw resume.bad("does not exist; without --resume the stream starts from its beginning");
    }
    boolean resumesFolder = resume != null && !resume.ask(Kept::is);
    if (!off && embedded) {
      place(named == null && resumesFolder ? resume : named);
    } else if (named != null) {
      place = named.path();
    }
    from = from(resume, resumesFolder, savepoint, CheckpointOptions.AUTO.equals(asked.getResume()));
    if (from == null && named != null && resume == null && named.ask(Checkpointing::holds)) {
      throw named.bad(
          "holds a checkpoint or savepoint of an earlier stream: resume with --resume="
              + named.given()
              + "; to start over, name another folder");
    }
    set();
  }

  /** Beam's own option names the same folder; so may the user's configuration. */
  private @Nullable Location named(@Nullable String checkpoints) {
    String storage = options.getStateBackendStoragePath();
    if (checkpoints != null && storage != null) {
      throw new BadOption(
          "--stateBackendStoragePath",
          storage,
          "and --checkpoints name the same thing; leave one of them out");
    } else if (storage != null) {
      return Location.of("--stateBackendStoragePath", storage, !embedded);
    }
    String configured = embedded ? user.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY) : null;
    return Location.of(
        CheckpointFolder.OPTION, checkpoints == null ? configured : checkpoints, !embedded);
  }

  private static @Nullable Location auto(@Nullable Location named) {
    if (named == null) {
      throw new BadOption(
          RESUME,
          CheckpointOptions.AUTO,
          "resumes from what is in --checkpoints, and that is not given;"
              + " e.g. --checkpoints=/var/lib/dhara/orders --resume=auto");
    }
    return named;
  }

  private void place(@Nullable Location where) {
    if (where == null) {
      folder = CheckpointFolder.ofStart(launch.name());
    } else if (where.local().isPresent()) {
      folder = CheckpointFolder.of(where.option(), where.local().get());
    }
    place = folder == null ? where.path() : folder.flink();
  }

  private @Nullable Kept from(
      @Nullable Location resume,
      boolean resumesFolder,
      @Nullable Location savepoint,
      boolean orAfresh) {
    Location named = resume == null ? savepoint : resume;
    if (named == null) {
      return null;
    }
    Kept found;
    if (resumesFolder) {
      found = named.ask(path -> Kept.newest(path, launch::tell)).orElse(null);
      if (found == null && orAfresh) {
        return null;
      } else if (found == null) {
        throw named.bad(
            "holds no completed checkpoint and no savepoint;"
                + " without --resume the stream starts from its beginning");
      }
    } else if (named.ask(Kept::is)) {
      found = named.ask(Kept::in);
    } else {
      throw named.bad(
          "is no checkpoint and no savepoint: it has no _metadata; name a folder like"
              + " savepoint-… or chk-…, or --resume= one that holds them");
    }
    Optional<java.nio.file.Path> local = Location.local(found.location());
    if (local.isPresent()) {
      CheckpointFolder.checkFits(
          named.option(),
          named.given(),
          local.get(),
          Fingerprint.of(launch.name(), launch.pipeline()));
    }
    return found;
  }

  private static boolean exists(Path folder) throws IOException {
    return folder.getFileSystem().exists(folder);
  }

  private static boolean holds(Path folder) throws IOException {
    return exists(folder) && Kept.newest(folder, unreadable -> {}).isPresent();
  }

  private void set() throws IOException {
    if (place != null) {
      settings.put(CheckpointingOptions.CHECKPOINT_STORAGE.key(), "filesystem");
      settings.put(CheckpointingOptions.CHECKPOINTS_DIRECTORY.key(), place.toString());
      settings.put(CheckpointingOptions.SAVEPOINT_DIRECTORY.key(), place.toString());
      settings.put(
          ExecutionCheckpointingOptions.EXTERNALIZED_CHECKPOINT.key(),
          ExternalizedCheckpointCleanup.RETAIN_ON_CANCELLATION.name());
    }
    if (from != null) {
      launch.tell("resumes from " + from);
    }
    if (!embedded) {
      if (from != null) {
        options.setSavepointPath(from.location().toString());
      }
      if (options.getStateBackend() != null && place != null) {
        options.setStateBackendStoragePath(place.toString());
      }
      return;
    }
    if (from != null) {
      // Beam passes a savepoint only to clusters.
      settings.put(SavepointConfigOptions.SAVEPOINT_PATH.key(), from.location().toString());
      settings.put(
          SavepointConfigOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE.key(),
          String.valueOf(options.getAllowNonRestoredState()));
      // Flink may delete checkpoints in the stream's own folder after the next one; those elsewhere
      // belong to others.
      boolean own = place != null && from.location().toString().startsWith(place.toString() + "/");
      settings.put(
          SavepointConfigOptions.RESTORE_MODE.key(),
          (own ? RestoreMode.CLAIM : RestoreMode.NO_CLAIM).name());
    }
    if (!hasFactory()) {
      String backend = backend();
      settings.put(StateBackendOptions.STATE_BACKEND.key(), backend);
      settings.put(CheckpointingOptions.INCREMENTAL_CHECKPOINTS.key(), "true");
      // Already set here, because Beam would require a path of the old form and drop the rest.
      options.setStateBackend(null);
      options.setStateBackendStoragePath(null);
    }
    if (folder != null) {
      folder.describe(Fingerprint.of(launch.name(), launch.pipeline()));
    }
    if (place != null) {
      launch.tell(
          "checkpoints every %s s in %s, state %s"
              .formatted(
                  BigDecimal.valueOf(options.getCheckpointingInterval(), 3)
                      .stripTrailingZeros()
                      .toPlainString(),
                  folder == null ? place : folder.path(),
                  onHeap() ? "on the heap" : "in RocksDB, checkpoints incremental"));
    }
  }

  @SuppressWarnings("deprecation") // Beam obeys it anyway
  private boolean hasFactory() {
    return options.getStateBackendFactory() != null;
  }

  private String backend() {
    String asked = options.getStateBackend();
    boolean rocks = ROCKSDB.equalsIgnoreCase(asked);
    Kept.Form form = from == null ? Kept.Form.EITHER : from.form();
    String fits = form == Kept.Form.ROCKSDB ? ROCKSDB : HASHMAP;
    if (asked != null) {
      String wanted = rocks ? ROCKSDB : HASHMAP;
      if (form != Kept.Form.EITHER && !wanted.equals(fits)) {
        throw new BadOption(
            BACKEND,
            asked,
            "cannot read "
                + from
                + ", which was written by "
                + fits
                + "; leave the option out, or resume from a savepoint: Ctrl-C takes one that "
                + "both can"
                + " read, if "
                + HASHMAP
                + " wrote it");
      }
      return wanted;
    } else if (form != Kept.Form.EITHER) {
      return fits;
    }
    return user.getOptional(StateBackendOptions.STATE_BACKEND)
        .orElse(from != null && from.bytes() > SMALL_BYTES ? ROCKSDB : HASHMAP);
  }

  /** The settings for Flink. */
  Map<String, String> settings() {
    return settings;
  }

  /** The place of checkpoints; empty if there are none, or if the cluster decides. */
  Optional<Path> place() {
    return Optional.ofNullable(place);
  }

  /** The place as a user would name it. */
  Optional<String> named() {
    return folder == null ? place().map(Path::toString) : Optional.of(folder.path().toString());
  }

  /** The checkpoint or savepoint that the stream resumed from. */
  Optional<Kept> from() {
    return Optional.ofNullable(from);
  }

  /** Whether the stream keeps its state on the heap. */
  boolean onHeap() {
    return HASHMAP.equals(settings.get(StateBackendOptions.STATE_BACKEND.key()));
  }

  @Override
  public void close() throws IOException {
    if (folder != null) {
      folder.close();
    }
  }
}
