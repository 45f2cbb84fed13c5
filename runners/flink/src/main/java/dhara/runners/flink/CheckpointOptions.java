package dhara.runners.flink;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Where a stream keeps what it can go on from, and what it goes on from. */
public interface CheckpointOptions extends PipelineOptions {

  /** The value of {@code --resume} that takes what there is, and starts afresh if nothing is. */
  String AUTO = "auto";

  /** A folder, or a URI; null for a folder that is made for this start. */
  @Description(
      "Folder in which a stream keeps its checkpoints, and the savepoint that Ctrl-C takes; one stream"
          + " to a folder. A cluster needs a URI that all of its machines reach. By default a new"
          + " folder below ~/.local/state/dhara, e.g. --checkpoints=/var/lib/dhara/orders")
  @Nullable String getCheckpoints();

  /** Says which. */
  void setCheckpoints(@Nullable String value);

  /** A folder of checkpoints, one checkpoint or savepoint, or {@link #AUTO}; null starts afresh. */
  @Description(
      "Go on from the newest checkpoint or savepoint in a folder, or from the one that is named; auto:"
          + " from the newest in --checkpoints, or from the beginning where there is none yet, e.g."
          + " --resume=/var/lib/dhara/orders")
  @Nullable String getResume();

  /** Says which. */
  void setResume(@Nullable String value);
}
