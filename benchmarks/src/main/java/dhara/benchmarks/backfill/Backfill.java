package dhara.benchmarks.backfill;

import dhara.benchmarks.harness.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The job of all contestants, and how a peer of Dhara's command is told it: what {@code
 * order-metrics} does, with the options that the works give it.
 *
 * @param events the folder of the files to read
 * @param json whether they are JSON lines; otherwise CSV with a header
 * @param unique whether of events with one id only the earliest counts
 * @param answers the folder to write to: a folder for each output
 */
public record Backfill(Path events, boolean json, boolean unique, Path answers) {

  /** What metrics and totals are about. */
  public static final String DIMENSION = "country";

  /** The outputs, each a folder of JSON lines. */
  public static final List<String> OUTPUTS = List.of("metrics", "totals", "top");

  /** The windows of the metrics. */
  public static final Duration MINUTE = Duration.ofMinutes(1);

  /** The windows of the totals. */
  public static final Duration DAY = Duration.ofDays(1);

  /** The windows of the top products. */
  public static final Duration QUARTER = Duration.ofMinutes(15);

  /** How many products are listed in a window, if so many have enough orders. */
  public static final int TOP_COUNT = 10;

  /** How many orders a product needs in a window to be listed. */
  public static final int TOP_ORDERS = 3;

  /** What a work tells its contestants. */
  static Backfill of(Task task, Path answers) {
    return new Backfill(
        Path.of(task.text("events")),
        task.text("format").equals("json"),
        Boolean.parseBoolean(task.text("unique")),
        answers);
  }

  /** What the arguments of a peer say; see {@link #arguments}. */
  public static Backfill of(String[] arguments) {
    Map<String, String> given = new HashMap<>();
    for (String argument : arguments) {
      String[] parts = argument.split("=", 2);
      given.put(parts[0], parts[1]);
    }
    return new Backfill(
        Path.of(given.get("--events")),
        given.get("--format").equals("json"),
        Boolean.parseBoolean(given.get("--unique")),
        Path.of(given.get("--answers")));
  }

  /** The arguments of a peer. */
  List<String> arguments() {
    return List.of(
        "--events=" + events,
        "--format=" + (json ? "json" : "csv"),
        "--unique=" + unique,
        "--answers=" + answers);
  }

  /** The files to read, in the order of their names. */
  public List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(events)) {
      return files.sorted().toList();
    }
  }

  /** The folder of an output. */
  public Path output(String name) {
    return answers.resolve(name);
  }

  /** The start of the window that a time lies in. */
  public static long start(long at, Duration width) {
    return at - Math.floorMod(at, width.toMillis());
  }
}
