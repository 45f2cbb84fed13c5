package dhara.benchmarks.backfill;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Work;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands of this class path: those of Spark, beside a plain program. */
class SparkAgreementTest {

  private static final Set<String> HERE = Set.of("plain-java", "spark", "dhara-spark");

  @TempDir Path folder;

  static List<Work> works() {
    return InThisJvm.workOfEachFormat();
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
}
