package dhara.tools.replay;

import dhara.cli.Arguments;
import dhara.cli.Asked;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.Verb;
import dhara.engine.Launcher;
import dhara.terminal.Console;
import dhara.tools.generate.LineWriter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The verb of {@link Replay}. */
public final class ReplayVerb implements Verb {

  private static final String EXAMPLE =
      "replay order-metrics --events=test-data/orders/orders.jsonl"
          + " --to=kafka://localhost:9092/orders?partitions=4 --speed=60 --disorder=PT8S"
          + " --late=0.02";

  private final Environment environment;
  private final Replay replay;

  public ReplayVerb(Environment environment, LineWriter lines) {
    this.environment = environment;
    this.replay = new Replay(lines);
  }

  @Override
  public String name() {
    return "replay";
  }

  @Override
  public String synopsis() {
    return "replay ANALYSIS";
  }

  @Override
  public String summary() {
    return "files to a topic, at any speed, with faults";
  }

  @Override
  public void help(boolean all) {
    Console console = environment.console();
    String engine = environment.engine().name();
    console
        .out()
        .print(
            known()
                .help(
                    false,
                    Map.of(),
                    List.of(
                        "Sends files of events to a topic for each input, N times as fast as "
                            + "they happened or as fast as possible, with seeded faults, which "
                            + "are off by default, and records what was sent in a truth file. E.g.",
                        Launcher.command(engine, EXAMPLE)),
                    console));
  }

  @Override
  public Arguments known() {
    return Arguments.ofVerb(name(), ANALYSIS, ReplayOptions.class);
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
