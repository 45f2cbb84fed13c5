package dhara.benchmarks.analyses;

import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** What {@code benchmarks/run analyses} found, in the report. */
@AutoService(Section.class)
public final class AnalysesSection implements Section {

  /** What the others are compared with. */
  private static final String REFERENCE = "order-metrics";

  /** Found by {@link java.util.ServiceLoader}. */
  public AnalysesSection() {}

  @Override
  public int order() {
    return 3;
  }

  @Override
  public String text(Path kept) throws IOException {
    Optional<AnalysesResult> found = AnalysesResult.read(kept);
    return found.isEmpty() ? "" : text(found.get());
  }

  private static String text(AnalysesResult result) {
    StringBuilder text = new StringBuilder();
    text.append("## analyses\n\n");
    text.append(
        "The backfill of each analysis: the command with its default options on the direct runner,"
            + " from the start of its process to its exit, over JSON lines of its own generator."
            + " *Events* are all records read, of all inputs. *Events a core* are events in a second"
            + " of processor time, the median of all runs, with the start in it.\n\n");
    text.append(
        "| analysis | events | answers | runs | CPU s | events a core and second | against "
            + REFERENCE
            + " | measured |\n| --- | --: | --: | --: | --: | --: | --: | --- |\n");
    AnalysesResult.Measured reference = result.analyses().get(REFERENCE);
    result
        .analyses()
        .forEach(
            (name, measured) -> {
              AnalysesResult.Run first = measured.runs().get(0);
              double speed = measured.eventsPerCoreSecond();
              text.append(
                  String.format(
                      Locale.ROOT,
                      "| `%s` | %,d | %,d | %d | %.1f | %,.0f | %s | %s |%n",
                      name,
                      first.events(),
                      first.answers(),
                      measured.runs().size(),
                      first.events() / speed,
                      speed,
                      reference == null
                          ? ""
                          : "%.2f".formatted(speed / reference.eventsPerCoreSecond()),
                      measured.date()));
            });
    return text.append('\n').toString();
  }
}
