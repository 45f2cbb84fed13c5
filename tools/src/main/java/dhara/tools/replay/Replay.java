package dhara.tools.replay;

import dhara.cli.Checked;
import dhara.cli.PerInput;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.pipelines.Scenario;
import dhara.terminal.Console;
import dhara.tools.generate.LineWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.FileSystems;

/**
 * Sends the archives of an analysis' inputs, or made-up events, to topics, merged in event-time
 * order, at a multiple of their own speed, with planted faults, and writes a truth file about what
 * was sent.
 */
final class Replay {

  private static final String STDOUT = "-";
  private static final String ID = "id";

  private final LineWriter writer;

  Replay(LineWriter writer) {
    this.writer = writer;
  }

  /**
   * Replays the inputs for which {@code --events} names an archive, or made-up events of those for
   * which {@code --to} names a topic, to the end or until Ctrl-C.
   *
   * @throws BadOption if the options contradict each other, or an archive or topic cannot be used
   * @throws IllegalStateException if the brokers refuse a record or go away
   */
  void run(Analysis<?> analysis, ReplayOptions options, Console console) throws IOException {
    FileSystems.setDefaultPipelineOptions(options);
    double speed = speed(options.getSpeed());
    ReplayStart start = ReplayStart.of(options);
    boolean toFile = !options.getTruth().equals(STDOUT);
    Path file = toFile ? Checked.file("--truth", options.getTruth()) : Path.of(STDOUT);
    List<Lane<?>> lanes = new ArrayList<>();
    try {
      open(analysis, options, start, lanes);
      if (toFile) {
        // An earlier replay's truth must not stand beside the records of this one.
        Files.deleteIfExists(file);
      }
      Duration elapsed;
      try (ReplayRun run = ReplayRun.start(lanes, speed, start.history(), console)) {
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

  private void open(
      Analysis<?> analysis, ReplayOptions options, ReplayStart start, List<Lane<?>> lanes)
      throws IOException {
    if (options.getEvents().contains(ReplayOptions.SCENARIO)) {
      openScenario(analysis, options, start, lanes);
    } else {
      openArchives(analysis, options, start, lanes);
    }
  }

  private void openArchives(
      Analysis<?> analysis, ReplayOptions options, ReplayStart start, List<Lane<?>> lanes)
      throws IOException {
    if (options.getCount() != null) {
      throw new BadOption(
          "--count", options.getCount(), "is for made-up events; add --events=scenario:");
    }
    List<Input<?>> inputs = analysis.inputs();
    String bare = Checked.input(analysis, options.getInput()).name();
    PerInput events = PerInput.of("--events", options.getEvents(), inputs).bareIs(bare, "--events");
    Map<String, Lane.Places> places = places(analysis, options);
    for (Map.Entry<String, Lane.Places> place : places.entrySet()) {
      if (!events.named().containsKey(place.getKey())) {
        throw new BadOption(
            "--to",
            place.getValue().to(),
            "has no archive; add --events=" + place.getKey() + "=FILES");
      }
    }
    ReplayFaults faults = ReplayFaults.of(options);
    List<LaneArchive<?>> archives = new ArrayList<>();
    for (Input<?> input : inputs) {
      String archive = events.named().get(input.name());
      if (archive == null) {
        continue;
      } else if (!places.containsKey(input.name())) {
        throw new BadOption(
            "--events",
            archive,
            "has no topic; add --to=" + input.name() + "=kafka://broker:9092/topic");
      }
      archives.add(LaneArchive.of(input, inputs, archive, options, writer));
    }
    TimeShift shift = shift(archives, start);
    for (LaneArchive<?> archive : archives) {
      Input<?> input = archive.input();
      ReplayFaults own = faults.of(inputs.indexOf(input));
      lanes.add(Lane.ofArchive(archive, places.get(input.name()), own, options, shift));
    }
  }

  /** Moves all inputs together, by the first event of them all. */
  private static TimeShift shift(List<LaneArchive<?>> archives, ReplayStart start)
      throws IOException {
    List<Instant> firsts = new ArrayList<>();
    if (start.moves()) {
      for (LaneArchive<?> archive : archives) {
        archive.first().ifPresent(firsts::add);
      }
    }
    return firsts.stream().min(Comparator.naturalOrder()).map(start::shift).orElse(TimeShift.NONE);
  }

  private void openScenario(
      Analysis<?> analysis, ReplayOptions options, ReplayStart start, List<Lane<?>> lanes) {
    if (options.getEvents().size() > 1) {
      throw new BadOption(
          "--events",
          String.join(",", options.getEvents()),
          "mixes archives and made-up events; give only --events=scenario:");
    } else if (options.getMap() != null) {
      throw new BadOption(
          "--map",
          String.join(",", options.getMap()),
          "is for archives: made-up events have the names of components as field names; leave it"
              + " out");
    }
    Long count = options.getCount();
    if (count != null && count < 0) {
      throw new BadOption("--count", count, "is below zero, e.g. --count=1000");
    }
    Scenario scenario = analysis.scenario();
    ScenarioUpstream upstream =
        new ScenarioUpstream(
            count == null
                ? scenario.endless(options.getSeed())
                : scenario.events(options.getSeed(), count),
            start);
    Map<String, Lane.Places> places = places(analysis, options);
    ReplayFaults faults = ReplayFaults.of(options);
    for (Input<?> input : analysis.inputs()) {
      if (places.containsKey(input.name())) {
        ReplayFaults own = faults.of(analysis.inputs().indexOf(input));
        lanes.add(Lane.ofScenario(input, upstream, places.get(input.name()), own, options, writer));
      }
    }
  }

  /** Topic and key of each input that has a topic. */
  private static Map<String, Lane.Places> places(Analysis<?> analysis, ReplayOptions options) {
    List<Input<?>> inputs = analysis.inputs();
    String bare = Checked.input(analysis, options.getInput()).name();
    PerInput to = PerInput.of("--to", options.getTo(), inputs).bareIs(bare, "--to");
    PerInput keys = PerInput.of("--key", options.getKey(), inputs);
    Map<String, Lane.Places> places = new LinkedHashMap<>();
    to.named()
        .forEach(
            (name, topic) -> {
              String key = keys.named().getOrDefault(name, keys.bare() == null ? ID : keys.bare());
              places.put(name, new Lane.Places(topic, key));
            });
    return places;
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
