package dhara.tools.replay;

import dhara.cli.Asked;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.ToolVerb;
import dhara.tools.generate.LineWriter;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The verb of {@link Replay}. */
public final class ReplayVerb extends ToolVerb {

  private static final Words WORDS =
      new Words(
          "replay",
          "files or made-up events to a topic, at any speed, with faults",
          "Sends files of events, or made-up events, to a topic for each input, N times as fast as "
              + "they happened or as fast as possible, with seeded faults, which are off by default,"
              + " and records what was sent in a truth file. With --startAt=now they seem to happen"
              + " now. E.g.",
          "replay order-metrics --events=test-data/order-metrics/orders.jsonl"
              + " --to=kafka://localhost:9092/orders?partitions=4 --speed=60 --disorder=PT8S"
              + " --late=0.02");

  private final Replay replay;

  public ReplayVerb(Environment environment, LineWriter lines) {
    super(environment, WORDS, ReplayOptions.class);
    this.replay = new Replay(lines);
  }

  @Override
  public int run(List<String> arguments) throws IOException {
    Optional<Asked<ReplayOptions>> asked =
        Asked.of(
            this,
            arguments,
            "--events=FILES --to=kafka://broker:9092/topic",
            ReplayOptions.class,
            environment);
    if (asked.isEmpty()) {
      help(false);
    } else {
      replay.run(asked.get().analysis(), asked.get().options(), environment.console());
    }
    return ExitCode.DONE;
  }
}
