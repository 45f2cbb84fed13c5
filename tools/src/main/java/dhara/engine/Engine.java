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
 * An engine that runs pipelines. The class path of each runner module has one, found by {@link
 * java.util.ServiceLoader}.
 */
public interface Engine {

  /** The name users know: {@code direct}, {@code flink}, {@code spark}, {@code dataflow}. */
  String name();

  /** Beam's runner. */
  Class<? extends PipelineRunner<?>> runner();

  /** The options that Dhara sets on this engine unless the user does. */
  List<Default> defaults();

  /** Further options that Dhara sets if the pipeline is a backfill. */
  default List<Default> backfillDefaults() {
    return List.of();
  }

  /**
   * Further options that Dhara sets if the pipeline streams.
   *
   * @param options the options set so far
   * @param atOnce whether its answers come at the arrival of events, within milliseconds
   */
  default List<Default> streamDefaults(PipelineOptions options, boolean atOnce) {
    return List.of();
  }

  /**
   * Features that it cannot run, or not reliably; a pipeline that needs one is refused before it
   * runs.
   */
  default List<Unsupported> unsupported() {
    return List.of();
  }

  /** Whether it runs streams reliably; every engine runs backfills. */
  default boolean streams() {
    return unsupported().stream()
        .noneMatch(lack -> lack.feature() == Feature.UNBOUNDED_INPUT && lack.inStreams());
  }

  /**
   * Whether a pipeline with these options runs inside this process and can print to its console.
   */
  boolean embedded(PipelineOptions options);

  /**
   * Prepares the engine for a pipeline. It is called just before the pipeline runs, and before any
   * of its sinks is created.
   *
   * @return accompanies the run, and is closed when it is over
   * @throws dhara.options.BadOption if the options cannot be obeyed
   */
  default EngineRun prepare(Launch launch) throws IOException {
    return EngineRun.UNATTENDED;
  }

  /**
   * A pipeline that is about to run.
   *
   * @param name what is run: an analysis, or a verb
   * @param pipeline completely built; its options may be changed
   * @param bounded whether it ends by itself
   * @param bytes how much it reads in total; negative if that is unknown
   * @param console where to print messages for the user
   */
  record Launch(String name, Pipeline pipeline, boolean bounded, long bytes, Console console) {

    /** The options that it runs with. */
    public PipelineOptions options() {
      return pipeline.getOptions();
    }

    /** Prints a line for the user on the error stream. */
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
