package dhara.runners.flink;

import java.io.DataInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SavepointKeyedStateHandle;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;

/**
 * A checkpoint or savepoint that was completed: Flink writes its metadata last.
 *
 * @param location its folder
 * @param id its number, which grows over the starts of a stream
 * @param at when it was completed
 * @param bytes of state
 * @param form who can read it
 */
record Kept(Path location, long id, Instant at, long bytes, Form form) {

  private static final String METADATA = AbstractFsCheckpointStorageAccess.METADATA_FILE_NAME;

  /** {@code DIR/JOB/chk-N}, and a level for those who sort their savepoints. */
  private static final int DEPTH = 3;

  /** Which state backend can go on from it. */
  enum Form {
    HASHMAP,
    ROCKSDB,
    /** A savepoint in Flink's canonical format, or without state by key. */
    EITHER
  }

  /** Whether a folder is a checkpoint or savepoint itself. */
  static boolean is(Path folder) throws IOException {
    return folder.getFileSystem().exists(new Path(folder, METADATA));
  }

  /**
   * The newest below a folder.
   *
   * @param unreadable told of those that are newer and cannot be read
   * @throws IOException where the folder cannot be read
   */
  static Optional<Kept> newest(Path folder, Consumer<String> unreadable) throws IOException {
    List<FileStatus> found = new ArrayList<>();
    find(folder.getFileSystem(), folder, DEPTH, found);
    found.sort(Comparator.comparing(FileStatus::getModificationTime).reversed());
    for (FileStatus metadata : found) {
      try {
        return Optional.of(read(metadata));
      } catch (IOException | RuntimeException e) {
        unreadable.accept(metadata.getPath().getParent() + " cannot be read: " + e.getMessage());
      }
    }
    return Optional.empty();
  }

  /**
   * The one in a folder.
   *
   * @throws IOException where it cannot be read
   */
  static Kept in(Path folder) throws IOException {
    return read(folder.getFileSystem().getFileStatus(new Path(folder, METADATA)));
  }

  private static void find(FileSystem files, Path folder, int depth, List<FileStatus> found)
      throws IOException {
    FileStatus[] entries = files.listStatus(folder);
    if (entries == null) {
      return; // it went away while it was looked at
    }
    for (FileStatus entry : entries) {
      if (entry.isDir() && depth > 0) {
        find(files, entry.getPath(), depth - 1, found);
      } else if (entry.getPath().getName().equals(METADATA)) {
        found.add(entry);
      }
    }
  }

  private static Kept read(FileStatus status) throws IOException {
    Path folder = status.getPath().getParent();
    CheckpointMetadata metadata;
    try (DataInputStream in = new DataInputStream(folder.getFileSystem().open(status.getPath()))) {
      metadata =
          Checkpoints.loadCheckpointMetadata(in, Kept.class.getClassLoader(), folder.toString());
    }
    return new Kept(
        folder,
        metadata.getCheckpointId(),
        Instant.ofEpochMilli(status.getModificationTime()),
        metadata.getOperatorStates().stream().mapToLong(OperatorState::getStateSize).sum(),
        form(metadata));
  }

  private static Form form(CheckpointMetadata metadata) {
    for (OperatorState operator : metadata.getOperatorStates()) {
      for (OperatorSubtaskState subtask : operator.getStates()) {
        for (KeyedStateHandle handle : subtask.getManagedKeyedState()) {
          return handle instanceof IncrementalRemoteKeyedStateHandle
              ? Form.ROCKSDB
              : handle instanceof SavepointKeyedStateHandle ? Form.EITHER : Form.HASHMAP;
        }
      }
    }
    return Form.EITHER;
  }

  @Override
  public String toString() {
    return (form == Form.EITHER || !location.getName().startsWith("chk-")
            ? "savepoint "
            : "checkpoint " + id + ", ")
        + location
        + " of "
        + at;
  }
}
