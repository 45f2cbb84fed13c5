package dhara.tools.replay;

import dhara.assembly.InputOptions;
import dhara.cli.Checked;
import dhara.connectors.Endpoint;
import dhara.connectors.TimeBounds;
import dhara.connectors.files.Archive;
import dhara.connectors.kafka.TopicWriter;
import dhara.events.Event;
import dhara.formats.mapping.Mapping;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.terminal.Console;
import dhara.tools.generate.LineWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.beam.sdk.io.FileSystems;

/**
 * The verb that sends an archive to a topic, at a multiple of its own speed, with faults planted
 * among it, and writes the truth of what was sent.
 */
final class Replay {

  private static final String STDOUT = "-";

  private final LineWriter writer;

  Replay(LineWriter writer) {
    this.writer = writer;
  }

  /**
   * Replays the events of one input, to the end or to the user's Ctrl-C.
   *
   * @throws BadOption where the options contradict each other, or archive or topic cannot be used
   * @throws IllegalStateException where the brokers refuse a record or go away
   */
  void run(Analysis<?> analysis, ReplayOptions options, Console console) throws IOException {
    FileSystems.setDefaultPipelineOptions(options);
    run(analysis, Checked.input(analysis, options.getInput()), options, console);
  }

  private <T extends Record & Event> void run(
      Analysis<?> analysis, Input<T> input, ReplayOptions options, Console console)
      throws IOException {
    double speed = speed(options.getSpeed());
    ReplayFaults faults = ReplayFaults.of(options);
    RecordKey<T> keys = RecordKey.of(input.type(), options.getKey());
    InputOptions.checkMaxEventBytes(options.getMaxEventBytes());
    Mapping mapping = InputOptions.mapping(options.getMap());
    Archive<T> archive =
        Archive.of(
            Endpoint.of("--events", options.getEvents()),
            input.type(),
            mapping,
            input.name(),
            new TimeBounds(options.getNotBefore(), options.getMaxSkew()),
            options.getMaxEventBytes());
    ReplayLines lines = ReplayLines.of(writer, options, mapping, archive.formats());
    boolean toFile = !options.getTruth().equals(STDOUT);
    Path file = toFile ? Checked.file("--truth", options.getTruth()) : Path.of(STDOUT);
    try (TopicWriter topic =
        TopicWriter.open(
            Endpoint.of("--to", options.getTo()),
            faults.leastPartitions(),
            faults.whyPartitions(),
            options.getMaxEventBytes())) {
      ReplayPartitions partitions = new ReplayPartitions(topic.partitions(), faults);
      try (ReplayTruth truth = new ReplayTruth(faults, partitions);
          ReplayRun run = ReplayRun.start(topic, truth, speed, console)) {
        if (toFile) {
          // An earlier replay's truth must not stand beside the records of this one.
          Files.deleteIfExists(file);
        }
        ReplayPlan<T> plan = new ReplayPlan<>(faults, partitions, lines, keys, run);
        Duration elapsed = run.toTheEnd(archive, lines.mapping(), plan);
        if (elapsed.isNegative()) {
          return;
        }
        ReplayReport report =
            new ReplayReport(
                analysis.name(), input.name(), topic.topic(), options.getSpeed(), truth, elapsed);
        if (toFile) {
          report.write(file);
          console.err().println(topic + ": " + report.said() + "; the truth is in " + file);
        } else {
          report.write(console.out());
          console.err().println(topic + ": " + report.said());
        }
        truth.warnings().forEach(console.err()::println);
      }
    }
  }

  private static double speed(Double speed) {
    if (speed == null) {
      return 0;
    }
    if (!(speed > 0) || speed.isInfinite()) {
      throw new BadOption(
          "--speed", speed, "is no number above zero; leave it out to go as fast as it can");
    }
    return speed;
  }
}
