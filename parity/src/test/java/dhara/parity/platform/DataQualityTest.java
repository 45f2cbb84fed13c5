package dhara.parity.platform;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.events.DeadLetter.Reason;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.platform.quality.DataQuality;
import dhara.pipelines.platform.quality.DeadLetterRow;
import dhara.pipelines.platform.quality.LateRow;
import dhara.pipelines.platform.quality.LedgerRow;
import dhara.testkit.Built;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was planted in the books is found, and nothing else; steps of ledgers add up. */
class DataQualityTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> DATA_QUALITY = Analysis.all().get("data-quality");
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  /** Silence is certain in the fifteenth minute after that of the last ledger. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theScoreIsBelow95WhereSomethingWasPlantedAndNowhereElse(long seed)
      throws JsonProcessingException {
    int count = 4_000;
    Set<String> planted = new TreeSet<>();
    Set<String> kinds = new TreeSet<>();
    Inputs inputs = Inputs.of(DATA_QUALITY, seed, count);
    // At the end of the data both sources fall silent, which was not planted.
    Instant end = START.truncatedTo(ChronoUnit.DAYS).plus(Duration.ofDays(30));
    for (String source : List.of("orders", "payments")) {
      Instant last =
          inputs.of("ledger", LedgerRow.class).stream()
              .filter(row -> row.input().equals(source))
              .map(LedgerRow::at)
              .max(Instant::compareTo)
              .orElseThrow();
      end = last.isBefore(end) ? last : end;
    }
    Instant known = end;
    DATA_QUALITY
        .scenario()
        .events(seed, count)
        .filter(given -> !given.planted().isEmpty() && given.event().at().isBefore(known))
        .forEach(
            given -> {
              LedgerRow row = (LedgerRow) given.event();
              Instant minute = row.at().truncatedTo(ChronoUnit.MINUTES);
              boolean silent = given.planted().equals("silence");
              kinds.add(given.planted());
              planted.add(row.input() + " " + (silent ? minute.plusSeconds(15 * 60) : minute));
            });

    Map<String, List<String>> settled = Oracle.settled(DATA_QUALITY, inputs, List.of());

    Set<String> found = new TreeSet<>();
    for (String quality : settled.get("quality")) {
      JsonNode row = JSON.readTree(quality);
      Instant minute = Instant.parse(row.get("window_start").asText());
      if (row.get("score").asDouble(100) < 95 && minute.isBefore(known)) {
        found.add(row.get("source").asText() + " " + minute);
      }
    }
    planted.removeIf(each -> !Instant.parse(each.split(" ", 2)[1]).isBefore(known));
    assertThat(kinds, is(Set.of("dirty", "copies", "late", "drop", "silence")));
    assertThat(planted.size(), is(greaterThan(50)));
    assertThat(found, is(planted));
    long raised = settled.get("alerts").stream().filter(alert -> alert.contains("RAISED")).count();
    assertThat(raised, is(greaterThan(planted.size() - 3L)));
  }

  private static LedgerRow ledger(
      String id, int second, long read, long dead, long late, long duplicate) {
    return new LedgerRow(id, START.plusSeconds(second), "orders", read, dead, late, duplicate);
  }

  private static DeadLetterRow dead(
      String id, int second, Reason reason, String text, @Nullable Long records) {
    return new DeadLetterRow(id, START.plusSeconds(second), "orders", reason, text, records);
  }

  private static List<String> quality(Inputs inputs, String... columns)
      throws JsonProcessingException {
    List<String> rows = new ArrayList<>();
    for (String quality : Oracle.settled(DATA_QUALITY, inputs, List.of()).get("quality")) {
      JsonNode row = JSON.readTree(quality);
      List<String> cells = new ArrayList<>();
      cells.add(row.get("window_start").asText().substring(11, 16));
      for (String column : columns) {
        cells.add(column + " " + row.get(column));
      }
      rows.add(String.join(", ", cells));
    }
    return rows;
  }

  @Test
  void ledgersAddUpAlsoIfARunBeginsAnew() throws JsonProcessingException {
    Inputs inputs =
        new Inputs(
            Map.of(
                "ledger",
                List.of(
                    ledger("a", 1, 100, 2, 0, 0),
                    ledger("b", 30, 150, 2, 1, 2),
                    ledger("c", 70, 250, 12, 1, 2),
                    ledger("d", 130, 40, 0, 0, 10)), // it began anew
                "dead-letters",
                List.of(),
                "late",
                List.of()));

    assertThat(
        quality(inputs, "records", "dead_letters", "late", "duplicates", "valid_share"),
        contains(
            "09:00, records 150, dead_letters 2, late 1, duplicates 2, valid_share 0.966667",
            "09:01, records 100, dead_letters 10, late 0, duplicates 0, valid_share 0.9",
            "09:02, records 40, dead_letters 0, late 0, duplicates 10, valid_share 0.75"));
  }

  @Test
  void deadLettersAreCountedByReasonIdAndTimeAndLateEventsWhereTheyAreMissed()
      throws JsonProcessingException {
    Inputs inputs =
        new Inputs(
            Map.of(
                "ledger",
                List.of(ledger("a", 1, 100, 9, 1, 0)),
                "dead-letters",
                List.of(
                    dead("1", 2, Reason.MISSING_FIELD, "id is missing", 3L),
                    dead("2", 2, Reason.MISSING_FIELD, "identity is missing", null),
                    dead("3", 3, Reason.WRONG_TYPE, "at 'x' is no time", null),
                    dead("4", 4, Reason.IN_THE_FUTURE, "at 2099 is beyond", 4L)),
                "late",
                List.of(new LateRow("l", START.minusSeconds(60), "orders", 700_000))));

    assertThat(
        quality(inputs, "score", "missed", "null_ids", "invalid_times", "reasons"),
        contains(
            "08:59, score null, missed 1, null_ids 0, invalid_times 0, reasons []",
            "09:00, score 90.0, missed 0, null_ids 3, invalid_times 5, reasons "
                + "[{\"reason\":\"IN_THE_FUTURE\",\"records\":4},"
                + "{\"reason\":\"MISSING_FIELD\",\"records\":4},"
                + "{\"reason\":\"WRONG_TYPE\",\"records\":1}]"));
  }

  @Test
  void rowsThatCannotBeAreRefused() {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> ledger("a", 0, 1, -1, 0, 0))
            .getMessage(),
        containsString("a ledger counts, but has read 1, dead-lettered -1"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> dead("a", 0, Reason.EMPTY, "blank", 0L))
            .getMessage(),
        containsString("stands for a record or several, but for 0"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> new LateRow("a", START, "orders", -1))
            .getMessage(),
        containsString("lateMillis is below zero"));
  }

  private static String refused(Path folder, Consumer<DataQuality.Options> bad) {
    return assertThrows(
            BadOption.class,
            () ->
                Built.overFiles(
                    DATA_QUALITY, folder, given -> bad.accept(given.as(DataQuality.Options.class))))
        .getMessage();
  }

  @Test
  void badOptionsNameTheFix(@TempDir Path folder) {
    assertThat(
        List.of(
            refused(folder, options -> options.setScoreBelow(100)),
            refused(folder, options -> options.setVolumeDeviations(0)),
            refused(folder, options -> options.setPeriod(Duration.ZERO)),
            refused(folder, options -> options.setSilentAfter(Duration.ofSeconds(-1)))),
        containsInAnyOrder(
            containsString("e.g. --scoreBelow=95"),
            containsString("e.g. --volumeDeviations=3"),
            containsString("e.g. --period=PT1M"),
            containsString("e.g. --silentAfter=PT15M")));
  }
}
