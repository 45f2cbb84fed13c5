package dhara.benchmarks.backfill;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.benchmarks.harness.ClassPath;
import dhara.benchmarks.harness.Entrant;
import dhara.benchmarks.harness.Measured;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.SingleRun;
import dhara.benchmarks.harness.Work;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands of this class path: plain Java, DuckDB and the direct runner. */
class PlainAgreementTest {

  private static final Set<String> HERE = Set.of("plain-java", "duckdb", "dhara-direct");

  @TempDir Path folder;

  static List<Work> works() {
    return InThisJvm.worksThatDiffer();
  }

  @ParameterizedTest
  @MethodSource("works")
  void allAnswerAlike(Work work) throws Exception {
    Map<String, Outcome> outcomes =
        new InThisJvm(5_000, folder).outcomes(work, entrant -> HERE.contains(entrant.name()));

    assertThat(outcomes.keySet(), is(HERE));
    assertThat(outcomes.toString(), Set.copyOf(outcomes.values()).size(), is(1));
    assertThat(outcomes.get("plain-java").answers(), greaterThan(20L));
  }

  /** A process, on the class path of the command. */
  @Test
  void aWholeProcessAnswersAsWell() throws Exception {
    Work work = works().get(0);
    Entrant entrant =
        work.entrants().stream()
            .filter(each -> each.classPath() == ClassPath.DIRECT_COMMAND)
            .findFirst()
            .orElseThrow();
    List<String> quick = List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    List<Measured> measured = SingleRun.of(Path.of("."), work, entrant, 5_000, 1, quick, run -> {});

    assertThat(
        measured.get(0).outcome(),
        is(
            new InThisJvm(5_000, folder)
                .outcomes(work, each -> each.name().equals("plain-java"))
                .get("plain-java")));
  }
}
