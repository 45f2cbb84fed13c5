package dhara.engine;

import dhara.lint.Feature;
import dhara.lint.Unsupported;
import dhara.terminal.Console;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
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
   * Makes ready what a pipeline needs of it; called just before the pipeline runs, and before
   * anything that it writes to is made.
   *
   * @return attends to the run, and is closed when it is over
   * @throws dhara.options.BadOption where the options cannot be obeyed
   */
  default EngineRun prepare(Launch launch) throws IOException {
    return EngineRun.UNATTENDED;
  }

  /**
   * A pipeline that is about to run.
   *
   * @param name what is run: an analysis, or a verb
   * @param pipeline built whole; its options may be changed
   * @param bounded whether it ends by itself
   * @param console where to say what the user must know
   */
  record Launch(String name, Pipeline pipeline, boolean bounded, Console console) {

    /** The options that it runs with. */
    public PipelineOptions options() {
      return pipeline.getOptions();
    }

    /** Tells the user something, in a line on the error stream. */
    public void tell(String line) {
      console.err().println(Launcher.NAME + ": " + line);
    }
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
