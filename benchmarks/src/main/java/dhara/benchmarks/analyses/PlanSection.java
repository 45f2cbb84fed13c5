package dhara.benchmarks.analyses;

import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** What {@code benchmarks/run plan} found, in the report. */
@AutoService(Section.class)
public final class PlanSection implements Section {

  /** Found by {@link java.util.ServiceLoader}. */
  public PlanSection() {}

  @Override
  public int order() {
    return 4;
  }

  @Override
  public String text(Path kept) throws IOException {
    Optional<PlanResult> found = PlanResult.read(kept);
    return found.isEmpty() ? "" : text(found.get());
  }

  private static String text(PlanResult result) {
    StringBuilder text = new StringBuilder();
    text.append("## plan\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "How well the verb `plan` predicts the speed of a backfill: *predicted* by a *sample* of"
                + " events, *measured* over other events of the same generator, both on the direct"
                + " runner beyond the first quarter, in events a core and second.%n%n"));
    text.append("| analysis | sample | events | predicted | measured | error | date |\n");
    text.append("| --- | --: | --: | --: | --: | --: | --- |\n");
    result
        .analyses()
        .forEach(
            (name, each) ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "| `%s` | %,d | %,d | %,.0f | %,.0f | %+.0f %% | %s |%n",
                        name,
                        each.sample(),
                        each.events(),
                        each.predicted(),
                        each.measured(),
                        100 * each.error(),
                        each.date())));
    return text.append('\n').toString();
  }
}
