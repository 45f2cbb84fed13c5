package dhara.runners.flink;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Where a stream keeps its checkpoints, and which one it resumes from. */
public interface CheckpointOptions extends PipelineOptions {

  /**
   * The value of {@code --resume} that resumes if there is a checkpoint, and otherwise starts
   * afresh.
   */
  String AUTO = "auto";

  /** A folder, or a URI; null for a folder that is created for this start. */
  @Description(
      "Folder in which a stream keeps its checkpoints and the savepoint of Ctrl-C; each stream "
          + "needs its own. A cluster needs a URI that all of its machines reach. By default a new"
          + " folder below ~/.local/state/dhara, e.g. --checkpoints=/var/lib/dhara/orders")
  @Nullable String getCheckpoints();

  /** Says which. */
  void setCheckpoints(@Nullable String value);

  /** A folder of checkpoints, one checkpoint or savepoint, or {@link #AUTO}; null starts afresh. */
  @Description(
      "Resume from the newest checkpoint or savepoint in a folder, or from a given one; auto: "
          + "from the newest in --checkpoints, or from the beginning if there is none yet, e.g."
          + " --resume=/var/lib/dhara/orders")
  @Nullable String getResume();

  /** Says which. */
  void setResume(@Nullable String value);
}
