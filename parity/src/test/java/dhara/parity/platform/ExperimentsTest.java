package dhara.parity.platform;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.platform.experiments.ExperimentSetup;
import dhara.pipelines.platform.experiments.ExperimentSetup.Variant;
import dhara.pipelines.platform.experiments.Experiments;
import dhara.pipelines.platform.experiments.Exposure;
import dhara.pipelines.platform.experiments.GoalReached;
import dhara.testkit.Built;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was planted in an experiment is what is said of it; users and goals count once. */
class ExperimentsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> EXPERIMENTS = Analysis.all().get("experiments");
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  /** Experiments run for 8 hours, so the second ones have enough users too. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void thePlantedVariantWinsAndWhereNoneIsPlantedNoneWins(long seed)
      throws JsonProcessingException {
    int count = 3_200;
    Map<String, String> planted = new TreeMap<>();
    EXPERIMENTS
        .scenario()
        .events(seed, count)
        .filter(given -> given.event() instanceof ExperimentSetup)
        .filter(given -> !given.planted().isEmpty())
        .forEach(
            given -> planted.put(((ExperimentSetup) given.event()).experiment(), given.planted()));

    Map<String, List<String>> settled =
        Oracle.settled(EXPERIMENTS, Inputs.of(EXPERIMENTS, seed, count), List.of());

    Map<String, String> found = new TreeMap<>();
    planted.keySet().forEach(experiment -> found.put(experiment, "none"));
    Map<String, String> last = new HashMap<>();
    for (String result : settled.get("results")) {
      JsonNode row = JSON.readTree(result);
      if (row.get("state").asText().equals("MISMATCH")) {
        last.put(row.get("experiment").asText(), "mismatch");
      }
    }
    found.putAll(last);
    for (String winner : settled.get("winners")) {
      JsonNode row = JSON.readTree(winner);
      found.put(row.get("experiment").asText(), row.get("variant").asText());
    }
    assertThat(planted.size(), is(6));
    assertThat(found, is(planted));
  }

  private static Exposure exposed(String id, int minute, String user, @Nullable String variant) {
    return new Exposure(id, START.plusSeconds(60L * minute), "e", user, variant);
  }

  private static GoalReached reached(String id, int minute, String user, @Nullable Long minor) {
    return new GoalReached(id, START.plusSeconds(60L * minute), user, "purchase", minor);
  }

  private static ExperimentSetup setup(int minute, @Nullable Boolean ended) {
    return new ExperimentSetup(
        "s" + minute,
        START.plusSeconds(60L * minute),
        "e",
        List.of(new Variant("a", 0.5), new Variant("b", 0.5)),
        null,
        null,
        ended);
  }

  @Test
  void usersAndConversionsCountOnceAndOnlyGoalsWhileTheUserBelongsToAVariant()
      throws JsonProcessingException {
    Inputs inputs =
        new Inputs(
            Map.of(
                "setups",
                List.of(setup(0, null), setup(50, true)),
                "exposures",
                List.of(
                    exposed("x1", 1, "ann", "a"),
                    exposed("x2", 5, "ann", "b"), // ann stays in a
                    exposed("x3", 2, "bob", "b"),
                    exposed("x4", 3, "cyd", "c"), // no such variant
                    exposed("x5", 55, "dan", "a")), // it is over
                "goals",
                List.of(
                    reached("g1", 0, "ann", 7L), // before the exposure
                    reached("g2", 1, "ann", 100L), // at the same time
                    reached("g3", 9, "ann", null),
                    reached("g4", 9, "cyd", 5L),
                    reached("g5", 32, "bob", 10L),
                    reached("g6", 33, "bob", 90L)))); // 31 minutes after

    Map<String, List<String>> settled =
        Oracle.settled(EXPERIMENTS, inputs, List.of("--enrolledFor=PT30M"));

    Map<String, String> results = new TreeMap<>();
    for (String result : settled.get("results")) {
      JsonNode row = JSON.readTree(result);
      results.put(
          row.get("variant").asText(),
          "%s users, %s conversions, %s minor"
              .formatted(row.get("users"), row.get("conversions"), row.get("value_minor")));
    }
    assertThat(
        results,
        is(
            Map.of(
                "a", "1 users, 1 conversions, 100 minor",
                "b", "1 users, 1 conversions, 10 minor")));
    assertThat(settled.get("winners"), is(List.of()));
    assertThat(
        settled.get("unassigned"), hasItem(containsString("\"reason\":\"UNKNOWN_VARIANT\"")));
    assertThat(settled.get("unassigned"), hasItem(containsString("\"reason\":\"NO_EXPERIMENT\"")));
  }

  private static String refusal(List<Variant> variants, @Nullable Double coverage) {
    return assertThrows(
            IllegalArgumentException.class,
            () -> new ExperimentSetup("s", START, "e", variants, coverage, null, null))
        .getMessage();
  }

  @Test
  void setupsThatCannotBeAreRefused() {
    List<Variant> two = List.of(new Variant("a", 0.5), new Variant("b", 0.5));

    assertThat(refusal(two, 1.5), containsString("coverage is not within 0 and 1"));
    assertThat(refusal(two.subList(0, 1), null), containsString("2 to 20 variants, and not 1"));
    assertThat(
        refusal(List.of(new Variant("a", 0.5), new Variant("a", 0.5)), null),
        containsString("two variants are called a"));
    assertThat(
        refusal(List.of(new Variant("a", 0.5), new Variant("b", 0.6)), null),
        containsString("add up to 1.1"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> new Variant("a", -0.1)).getMessage(),
        containsString("the weight of a is not from 0 to 1"));
  }

  @Test
  void exposuresAndGoalsAreOfSomebody() {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> exposed("x", 0, " ", null)).getMessage(),
        containsString("an exposure is of a user"));
    assertThrows(IllegalArgumentException.class, () -> reached("g", 0, "", null));
    assertThrows(IllegalArgumentException.class, () -> reached("g", 0, "u", Long.MIN_VALUE + 1));
  }

  private static String refused(Path folder, Consumer<Experiments.Options> bad) {
    return assertThrows(
            BadOption.class,
            () ->
                Built.overFiles(
                    EXPERIMENTS, folder, given -> bad.accept(given.as(Experiments.Options.class))))
        .getMessage();
  }

  @Test
  void badOptionsNameTheFix(@TempDir Path folder) {
    assertThat(
        refused(folder, options -> options.setSignificance(1)),
        is("--significance=1.0: is a share, above 0 and below 1, e.g. --significance=0.05"));
    assertThat(
        refused(folder, options -> options.setTypicalDifference(0)),
        containsString("e.g. --typicalDifference=0.05"));
    assertThat(
        refused(folder, options -> options.setMismatchBelow(Double.NaN)),
        containsString("e.g. --mismatchBelow=0.001"));
    assertThat(
        refused(folder, options -> options.setLookEvery(Duration.ZERO)),
        is("--lookEvery=PT0S: must be at least a millisecond, e.g. --lookEvery=PT1H"));
    assertThat(
        refused(folder, options -> options.setEnrolledFor(Duration.ofDays(-1))),
        containsString("e.g. --enrolledFor=P30D"));
  }
}
