package dhara.cli;

import dhara.lint.Feature;
import dhara.lint.Unsupported;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * An engine that runs pipelines: one on the class path of each runner module, found by {@link
 * java.util.ServiceLoader}.
 */
public interface Engine {

  /** The name users know: {@code direct}, {@code flink}, {@code spark}, {@code dataflow}. */
  String name();

  /** Beam's runner. */
  Class<? extends PipelineRunner<?>> runner();

  /** What Dhara sets on this engine unless the user does. */
  List<Default> defaults();

  /**
   * What Dhara sets besides where the pipeline streams.
   *
   * @param options what is set already
   */
  default List<Default> streamDefaults(PipelineOptions options) {
    return List.of();
  }

  /**
   * What it cannot run, or cannot be trusted with: a pipeline that needs it is refused before it
   * runs.
   */
  default List<Unsupported> unsupported() {
    return List.of();
  }

  /** Whether it can be trusted with a stream; every engine runs backfills. */
  default boolean streams() {
    return unsupported().stream()
        .noneMatch(lack -> lack.feature() == Feature.UNBOUNDED_INPUT && lack.inStreams());
  }

  /** Whether a pipeline with these options runs inside this process, console and all. */
  boolean embedded(PipelineOptions options);

  /**
   * Makes what it needs on this machine; called before a pipeline runs, and closed when the run is
   * over.
   *
   * @param options of the pipeline; may be changed
   * @throws dhara.options.BadOption where they cannot be obeyed
   */
  default Closeable prepare(PipelineOptions options) throws IOException {
    return () -> {};
  }

  /**
   * An engine option that Dhara sets.
   *
   * @param option its name, without dashes
   * @param value what it is set to
   * @param reason why
   */
  record Default(String option, String value, String reason) {}
}
