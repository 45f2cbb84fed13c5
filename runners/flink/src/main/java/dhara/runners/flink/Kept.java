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
 * A completed checkpoint or savepoint; Flink writes the metadata last.
 *
 * @param location its folder
 * @param id its number, which grows over the starts of a stream
 * @param at when it was completed
 * @param bytes the size of the state
 * @param form which state backends can read it
 */
record Kept(Path location, long id, Instant at, long bytes, Form form) {

  private static final String METADATA = AbstractFsCheckpointStorageAccess.METADATA_FILE_NAME;

  /**
   * The search depth: {@code DIR/JOB/chk-N}, and one more level for users who sort their savepoints
   * into folders.
   */
  private static final int DEPTH = 3;

  /** The state backends that can restore it. */
  enum Form {
    HASHMAP,
    ROCKSDB,
    /** A savepoint in Flink's canonical format, or without keyed state. */
    EITHER
  }

  /** Whether a folder is a checkpoint or savepoint itself. */
  static boolean is(Path folder) throws IOException {
    return folder.getFileSystem().exists(new Path(folder, METADATA));
  }

  /**
   * The newest one below a folder.
   *
   * @param unreadable receives newer ones that cannot be read
   * @throws IOException if the folder cannot be read
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
   * @throws IOException if it cannot be read
   */
  static Kept in(Path folder) throws IOException {
    return read(folder.getFileSystem().getFileStatus(new Path(folder, METADATA)));
  }

  private static void find(FileSystem files, Path folder, int depth, List<FileStatus> found)
      throws IOException {
    FileStatus[] entries = files.listStatus(folder);
    if (entries == null) {
      return; // it was deleted meanwhile
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
