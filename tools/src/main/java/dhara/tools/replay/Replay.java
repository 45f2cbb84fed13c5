package dhara.tools.replay;

import dhara.cli.Checked;
import dhara.cli.PerInput;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.terminal.Console;
import dhara.tools.generate.LineWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.FileSystems;

/**
 * Sends the archives of an analysis' inputs to topics, merged in event-time order, at a multiple of
 * their own speed, with planted faults, and writes a truth file about what was sent.
 */
final class Replay {

  private static final String STDOUT = "-";
  private static final String ID = "id";

  private final LineWriter writer;

  Replay(LineWriter writer) {
    this.writer = writer;
  }

  /**
   * Replays the inputs for which {@code --events} names an archive, to the end or until Ctrl-C.
   *
   * @throws BadOption if the options contradict each other, or an archive or topic cannot be used
   * @throws IllegalStateException if the brokers refuse a record or go away
   */
  void run(Analysis<?> analysis, ReplayOptions options, Console console) throws IOException {
    FileSystems.setDefaultPipelineOptions(options);
    double speed = speed(options.getSpeed());
    boolean toFile = !options.getTruth().equals(STDOUT);
    Path file = toFile ? Checked.file("--truth", options.getTruth()) : Path.of(STDOUT);
    List<Lane<?>> lanes = new ArrayList<>();
    try {
      open(analysis, options, lanes);
      if (toFile) {
        // An earlier replay's truth must not stand beside the records of this one.
        Files.deleteIfExists(file);
      }
      Duration elapsed;
      try (ReplayRun run = ReplayRun.start(lanes, speed, console)) {
        elapsed = run.toTheEnd();
      }
      if (!elapsed.isNegative()) {
        ReplayReport report = new ReplayReport(analysis.name(), options.getSpeed(), lanes, elapsed);
        if (toFile) {
          report.write(file);
        } else {
          report.write(console.out());
        }
        String where = toFile ? "; the truth is in " + file : "";
        report.said().forEach(said -> console.err().println(said + where));
        lanes.forEach(lane -> lane.truth().warnings().forEach(console.err()::println));
      }
    } finally {
      for (Lane<?> lane : lanes) {
        lane.close();
      }
    }
  }

  private void open(Analysis<?> analysis, ReplayOptions options, List<Lane<?>> lanes) {
    List<Input<?>> inputs = analysis.inputs();
    String bare = Checked.input(analysis, options.getInput()).name();
    PerInput events = PerInput.of("--events", options.getEvents(), inputs).bareIs(bare, "--events");
    PerInput to = PerInput.of("--to", options.getTo(), inputs).bareIs(bare, "--to");
    PerInput keys = PerInput.of("--key", options.getKey(), inputs);
    for (String name : to.named().keySet()) {
      if (!events.named().containsKey(name)) {
        throw new BadOption(
            "--to", to.named().get(name), "has no archive; add --events=" + name + "=FILES");
      }
    }
    ReplayFaults faults = ReplayFaults.of(options);
    for (Input<?> input : inputs) {
      String name = input.name();
      String archive = events.named().get(name);
      if (archive == null) {
        continue;
      }
      String topic = to.named().get(name);
      if (topic == null) {
        throw new BadOption(
            "--events", archive, "has no topic; add --to=" + name + "=kafka://broker:9092/topic");
      }
      String key = keys.named().getOrDefault(name, keys.bare() == null ? ID : keys.bare());
      lanes.add(
          Lane.open(
              input,
              inputs,
              new Lane.Places(archive, topic, key),
              faults.of(inputs.indexOf(input)),
              options,
              writer));
    }
  }

  private static double speed(Double speed) {
    if (speed == null) {
      return 0;
    }
    if (!(speed > 0) || speed.isInfinite()) {
      throw new BadOption(
          "--speed", speed, "is not a number above zero; leave it out to go as fast as possible");
    }
    return speed;
  }
}
