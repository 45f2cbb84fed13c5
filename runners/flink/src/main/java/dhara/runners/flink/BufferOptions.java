package dhara.runners.flink;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/** How Flink sends the output of a step to the next one. */
public interface BufferOptions extends PipelineOptions {

  /** Milliseconds; null for Flink's own configuration. */
  @Description(
      "How long, in milliseconds, an output waits for others before Flink sends it to the next"
          + " step; 0 sends it at once. By default 0 where answers come at the arrival of events, and"
          + " elsewhere what Flink's configuration says in execution.buffer-timeout.interval, e.g."
          + " --bufferTimeoutMillis=5")
  @Nullable Long getBufferTimeoutMillis();

  void setBufferTimeoutMillis(@Nullable Long millis);
}
