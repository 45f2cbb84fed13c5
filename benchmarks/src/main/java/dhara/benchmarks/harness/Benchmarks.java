package dhara.benchmarks.harness;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Callable;
import org.checkerframework.checker.nullness.qual.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command: runs works, keeps the measurements, and writes the report from all that are kept.
 */
@Command(
    name = "benchmarks/run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures whole jobs: Dhara beside its engines' own programs, over the same events.",
      "Keeps what it measured in RESULTS/*.json and writes the report from all that is kept there."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all ran and agreed",
      "1:a contestant failed, or contestants disagree on the answers",
      "2:an option is wrong",
      "3:--check found a ratio below its floor"
    })
public final class Benchmarks implements Callable<Integer> {

  private static final int FAILED = 1;
  private static final int BELOW = 3;

  @Spec private CommandSpec spec;

  @Option(
      names = "--works",
      split = ",",
      paramLabel = "NAME",
      description = "The works to run, e.g. few-keys,many-keys; by default all (see --list).")
  private @Nullable List<String> works;

  @Option(
      names = "--suites",
      split = ",",
      paramLabel = "NAME",
      description = "Run the works of these suites only.")
  private @Nullable List<String> suites;

  @Option(
      names = "--contestants",
      split = ",",
      paramLabel = "NAME",
      description = "Run these contestants only, and each work's reference; by default all.")
  private @Nullable List<String> contestants;

  @Option(names = "--list", description = "List suites, works and contestants, and run nothing.")
  private boolean list;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds that count (default: 5; with --check 3).")
  private @Nullable Integer rounds;

  @Option(
      names = "--warmups",
      paramLabel = "N",
      description = "Rounds before those (default: 2; with --check 1).")
  private @Nullable Integer warmups;

  @Option(
      names = "--events",
      paramLabel = "N",
      description =
          "No work reads more events than these (default: each its own number; with --check 300000).")
  private @Nullable Long events;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "900",
      description = "A run that takes longer has failed (default: ${DEFAULT-VALUE}).")
  private long timeout;

  @Option(
      names = "--check",
      description =
          "A short run of the works in check.properties, which fails where a ratio to the reference"
              + " is below a third of what is noted there. Writes no report.")
  private boolean check;

  @Option(names = "--note", description = "With --check: write what was seen to check.properties.")
  private boolean note;

  @Option(names = "--report-only", description = "Run nothing: write the report from what is kept.")
  private boolean reportOnly;

  @Mixin private Bench bench;

  private Benchmarks() {}

  /**
   * Runs the command and exits.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    CommandLine line = new CommandLine(new Benchmarks());
    ServiceLoader.load(Subcommand.class).forEach(line::addSubcommand);
    System.exit(line.setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    List<Suite> all = Suite.all();
    if (list) {
      print(all);
      return 0;
    }
    Path kept = bench.kept();
    if (reportOnly) {
      new Report(all, kept).write();
      return 0;
    }
    Path noted = bench.module().resolve("check.properties");
    @Nullable Check floors = check ? Check.read(noted) : null;
    List<Work> chosen = chosen(all, floors);
    Rounds plan =
        new Rounds(
            bench.module(),
            or(rounds, check ? 3 : 5),
            or(warmups, check ? 1 : 2),
            events != null ? events : check ? 300_000 : Long.MAX_VALUE,
            bench.flags(),
            Duration.ofSeconds(timeout),
            System.err);
    List<Result> measured = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    List<String> below = new ArrayList<>();
    for (Work work : chosen) {
      try {
        Result result = plan.measure(work, entrants(work, floors));
        measured.add(result);
        for (Result.Runs runs : result.contestants()) {
          if (runs.failure() != null) {
            wrong.add(work.name() + ": " + runs.name() + " failed: " + runs.failure());
          }
        }
        if (floors == null) {
          result.write(kept);
          new Report(all, kept).write();
        } else {
          below.addAll(floors.below(result, System.err));
        }
      } catch (Rounds.Disagreement e) {
        wrong.add(e.getMessage());
      }
    }
    if (floors != null && note && wrong.isEmpty()) {
      floors.note(measured).write(noted);
      below.clear();
    }
    wrong.forEach(System.err::println);
    below.forEach(line -> System.err.println("BELOW ITS FLOOR: " + line));
    return !wrong.isEmpty() ? FAILED : !below.isEmpty() ? BELOW : 0;
  }

  private static int or(@Nullable Integer given, int otherwise) {
    return given == null ? otherwise : given;
  }

  private void print(List<Suite> all) {
    PrintWriter out = spec.commandLine().getOut();
    for (Suite suite : all) {
      out.println(suite.name());
      for (Work work : suite.works()) {
        out.printf("  %-24s %,d events: %s%n", work.name(), work.events(), work.about());
        for (Entrant entrant : work.entrants()) {
          out.printf(
              "    %-22s %s%s%n",
              entrant.name(),
              entrant.about(),
              entrant.equals(work.reference()) ? " (the reference)" : "");
        }
      }
    }
    out.flush();
  }

  private List<Work> chosen(List<Suite> all, @Nullable Check floors) {
    Set<String> unknown = new LinkedHashSet<>(works == null ? List.of() : works);
    Set<String> unknownSuites = new LinkedHashSet<>(suites == null ? List.of() : suites);
    List<Work> chosen = new ArrayList<>();
    for (Suite suite : all) {
      unknownSuites.remove(suite.name());
      for (Work work : suite.works()) {
        unknown.remove(work.name());
        if ((works == null || works.contains(work.name()))
            && (suites == null || suites.contains(suite.name()))
            && (floors == null || floors.covers(work))) {
          chosen.add(work);
        }
      }
    }
    if (!unknown.isEmpty() || !unknownSuites.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          (unknown.isEmpty() ? "--suites=" + unknownSuites : "--works=" + unknown)
              + ": there is none of this name; see --list");
    }
    if (chosen.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "no work is left to run; see --list and check.properties");
    }
    return chosen;
  }

  private List<Entrant> entrants(Work work, @Nullable Check floors) {
    return work.entrants().stream()
        .filter(
            entrant ->
                entrant.equals(work.reference())
                    || ((contestants == null || contestants.contains(entrant.name()))
                        && (floors == null || floors.covers(work, entrant))))
        .toList();
  }
}
