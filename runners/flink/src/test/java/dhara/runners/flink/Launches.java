package dhara.runners.flink;

import dhara.engine.Engine.Launch;
import dhara.terminal.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Pipelines of nothing that are about to run. */
final class Launches {

  private Launches() {}

  static FlinkPipelineOptions options(String... arguments) {
    return PipelineOptionsFactory.fromArgs(arguments).as(FlinkPipelineOptions.class);
  }

  static Launch backfill(FlinkPipelineOptions options) {
    return launch(options, true, new ByteArrayOutputStream());
  }

  /**
   * @param told what the user is told
   */
  static Launch stream(FlinkPipelineOptions options, ByteArrayOutputStream told) {
    return launch(options, false, told);
  }

  private static Launch launch(
      FlinkPipelineOptions options, boolean bounded, ByteArrayOutputStream told) {
    options.setRunner(new FlinkEngine().runner());
    PrintStream err = new PrintStream(told, true, StandardCharsets.UTF_8);
    return new Launch("orders", Pipeline.create(options), bounded, -1, Console.piped(err, err));
  }
}
