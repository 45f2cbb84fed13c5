package dhara.parity.commerce;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.options.BadOption;
import dhara.parity.Streamed;
import dhara.pipelines.Analysis;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Kind;
import dhara.pipelines.commerce.retention.Retention;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.Shapes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lost cohorts do not come back; who is of which cohort, in which month. */
class RetentionTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> RETENTION = Analysis.all().get("retention");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theLostCohortsHaveNoFurtherMonthAndAllOthersHave(long seed) throws JsonProcessingException {
    int count = 5_000;
    Inputs inputs = Inputs.of(RETENTION, seed, count);
    String last =
        inputs.all().map(each -> each.at().toString()).max(String::compareTo).orElseThrow();
    Set<String> planted = new TreeSet<>();
    RETENTION
        .scenario()
        .events(seed, count)
        .filter(given -> given.planted().equals("lost"))
        .forEach(given -> planted.add(given.event().at().toString().substring(0, 7)));

    Set<String> cohorts = new TreeSet<>();
    Set<String> back = new TreeSet<>();
    for (String line : Oracle.settled(RETENTION, inputs, List.of()).get("retention")) {
      JsonNode row = JSON.readTree(line);
      cohorts.add(row.get("cohort").asText());
      if (row.get("months_since").asLong() > 0) {
        back.add(row.get("cohort").asText());
      }
    }
    cohorts.removeAll(back);
    // The last month's cohort has no further month yet.
    cohorts.remove(last.substring(0, 7));
    planted.remove(last.substring(0, 7));

    assertThat(planted.size(), is(greaterThan(1)));
    assertThat(cohorts, is(planted));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void aStreamSettlesOnTheCohortsOfTheOracle(long seed) throws IOException {
    Streamed.settles(
        new Retention(), seed, 800, Duration.ofDays(3), List.of("--timeZone=Asia/Kolkata"));
  }

  private static Activity activity(String at, String user, Kind kind) {
    return Activity.of(at + user, Instant.parse(at), user, kind, null);
  }

  private static List<String> settled(String... options) {
    List<Activity> activities =
        List.of(
            activity("2026-03-31T23:30:00Z", "a", Kind.PURCHASE),
            activity("2026-01-31T20:00:00Z", "a", Kind.PAGE_VIEW),
            activity("2026-01-10T00:00:00Z", "a", Kind.PAGE_VIEW),
            activity("2026-01-31T22:00:00Z", "b", Kind.PURCHASE),
            activity("2026-02-01T00:00:00Z", "c", Kind.PAGE_VIEW),
            activity("2026-03-05T00:00:00Z", "c", Kind.PAGE_VIEW),
            activity("2026-03-06T00:00:00Z", "c", Kind.PURCHASE));
    return Oracle.settled(
            RETENTION, Inputs.of(RETENTION.inputs().get(0), activities), List.of(options))
        .get("retention");
  }

  private static String row(String cohort, String month, String numbers) {
    String end = month.substring(0, 6) + (Integer.parseInt(month.substring(6)) + 1);
    return ("{\"cohort\":\"%s\",\"month\":\"%s\",\"window_start\":\"%s-01T00:00:00.000Z\","
            + "\"window_end\":\"%s-01T00:00:00.000Z\",%s}")
        .formatted(cohort, month, month, end, numbers);
  }

  @Test
  void aUserIsOfTheMonthOfTheFirstActivityWhateverTheOrderAndCountsOnceAMonth() {
    assertThat(
        settled(),
        contains(
            row(
                "2026-01",
                "2026-01",
                "\"months_since\":0,\"users\":2,\"cohort_users\":2,\"percent\":100.0"),
            row(
                "2026-01",
                "2026-03",
                "\"months_since\":2,\"users\":1,\"cohort_users\":2,\"percent\":50.0"),
            row(
                "2026-02",
                "2026-02",
                "\"months_since\":0,\"users\":1,\"cohort_users\":1,\"percent\":100.0"),
            row(
                "2026-02",
                "2026-03",
                "\"months_since\":1,\"users\":1,\"cohort_users\":1,\"percent\":100.0")));
  }

  @Test
  void monthsAreThoseOfTheZone() {
    assertThat(
        settled("--timeZone=Asia/Kolkata", "--kind=PURCHASE"),
        contains(
            containsString(
                "\"cohort\":\"2026-02\",\"month\":\"2026-02\","
                    + "\"window_start\":\"2026-01-31T18:30:00.000Z\""),
            containsString("\"cohort\":\"2026-03\",\"month\":\"2026-03\""),
            containsString("\"cohort\":\"2026-04\",\"month\":\"2026-04\"")));
  }

  @Test
  void whoWasAwayForLongIsNewAgain() {
    assertThat(
        settled("--newAfter=P40D", "--kind=PAGE_VIEW").stream()
            .map(row -> row.substring(0, 37))
            .toList(),
        contains(
            "{\"cohort\":\"2026-01\",\"month\":\"2026-01\"",
            "{\"cohort\":\"2026-02\",\"month\":\"2026-02\"",
            "{\"cohort\":\"2026-02\",\"month\":\"2026-03\""));
    assertThat(
        settled("--newAfter=P20D", "--kind=PAGE_VIEW").stream()
            .map(row -> row.substring(0, 37))
            .toList(),
        contains(
            "{\"cohort\":\"2026-01\",\"month\":\"2026-01\"",
            "{\"cohort\":\"2026-02\",\"month\":\"2026-02\"",
            "{\"cohort\":\"2026-03\",\"month\":\"2026-03\""));
  }

  @Test
  void optionsThatCannotBeAreRefused() {
    assertThat(
        assertThrows(BadOption.class, () -> Shapes.of(RETENTION, List.of("--newAfter=PT0S")))
            .getMessage(),
        is("--newAfter=PT0S: must be at least a millisecond, e.g. --newAfter=P1000D"));
    assertThat(
        assertThrows(BadOption.class, () -> Shapes.of(RETENTION, List.of("--timeZone=Puna")))
            .getMessage(),
        containsString("--timeZone=Puna: is no time zone"));
  }
}
