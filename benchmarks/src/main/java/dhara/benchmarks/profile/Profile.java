package dhara.benchmarks.profile;

import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.Bench;
import dhara.benchmarks.harness.Entrant;
import dhara.benchmarks.harness.Measured;
import dhara.benchmarks.harness.Report;
import dhara.benchmarks.harness.SingleRun;
import dhara.benchmarks.harness.Subcommand;
import dhara.benchmarks.harness.Suite;
import dhara.benchmarks.harness.Work;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Records a contestant with Flight Recorder, and shows where its processor time goes. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Says where a contestant's processor time goes, by Flight Recorder's samples.")
@AutoService(Subcommand.class)
public final class Profile implements Subcommand {

  @Spec private CommandSpec spec;

  @Option(
      names = "--work",
      paramLabel = "NAME",
      required = true,
      description = "The work, e.g. few-keys (see benchmarks/run --list).")
  private String work;

  @Option(
      names = "--contestant",
      paramLabel = "NAME",
      defaultValue = "dhara",
      description = "The contestant (default: ${DEFAULT-VALUE}).")
  private String contestant;

  @Option(
      names = "--events",
      paramLabel = "N",
      description = "Read no more events than these (default: the work's own number).")
  private @Nullable Long events;

  @Option(
      names = "--warmups",
      paramLabel = "N",
      defaultValue = "2",
      description = "Runs before those that are sampled (default: ${DEFAULT-VALUE}).")
  private int warmups;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Runs that are sampled (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Mixin private Bench bench;

  /** Found by {@link java.util.ServiceLoader}. */
  public Profile() {}

  @Override
  public Integer call() throws Exception {
    Work found =
        Suite.all().stream()
            .flatMap(suite -> suite.works().stream())
            .filter(each -> each.name().equals(work))
            .findFirst()
            .orElseThrow(() -> none("--work=" + work));
    Entrant entrant =
        found.entrants().stream()
            .filter(each -> each.name().equals(contestant))
            .findFirst()
            .orElseThrow(() -> none("--contestant=" + contestant));
    if (entrant.command() != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--work="
              + work
              + ": its runs are processes of their own, which cannot be warmed up; profile a work of"
              + " another suite");
    }
    Path recording =
        Files.createDirectories(bench.module().resolve("target"))
            .resolve(work + "-" + contestant + ".jfr");
    Instant[] from = {Instant.EPOCH};
    List<Measured> measured =
        SingleRun.of(
            bench.module(),
            found,
            entrant,
            events == null ? Long.MAX_VALUE : events,
            warmups + rounds,
            bench.flags(
                "-XX:StartFlightRecording=settings=profile,dumponexit=true,filename=" + recording),
            run -> {
              if (run == warmups) {
                from[0] = Instant.now();
              }
            });
    Path kept = bench.kept();
    String text =
        Recording.keep(
            recording,
            from[0],
            work + "-" + contestant,
            measured.get(0).outcome().events(),
            rounds,
            kept);
    Report.of(kept).write();
    spec.commandLine().getOut().println(text);
    spec.commandLine().getOut().flush();
    return 0;
  }

  private ParameterException none(String option) {
    return new ParameterException(
        spec.commandLine(), option + ": there is none of this name; see benchmarks/run --list");
  }
}
