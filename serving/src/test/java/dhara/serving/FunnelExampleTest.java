package dhara.serving;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dhara.connectors.Endpoint;
import dhara.connectors.RowJson;
import dhara.pipelines.Analysis;
import dhara.serving.shop.HttpAsk;
import dhara.testkit.Command;
import dhara.testkit.Pause;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The funnel in SQL, as the page about serving shows it, is what the events say. */
@Timeout(1800)
class FunnelExampleTest {

  private static final List<String> STEPS =
      List.of("VISIT", "PRODUCT_VIEW", "ADD_TO_CART", "CHECKOUT", "PURCHASE");
  private static final long MINUTES = 5;

  /** The day of the scenario. */
  private static final Instant DAY = Instant.parse("2026-01-05T00:00:00Z");

  @TempDir Path folder;

  @Test
  void theFunnelInSqlIsWhatTheEventsSay() throws Exception {
    Path events = folder.resolve("activities.jsonl");
    Command.done(List.of("generate", "conversion", "--count=3000", "--out=" + events));
    Command.done(
        List.of(
            "conversion", "--events=" + events, "--answers=files:" + folder.resolve("answers")));
    ServeOptions options = PipelineOptionsFactory.as(ServeOptions.class);
    options.setPort(0);
    options.setSqlTimeout(HttpAsk.PATIENCE);
    List<String> expected = recomputed(Files.readAllLines(events, ISO_8859_1));
    assertThat(expected.size(), is(greaterThan(10 * STEPS.size())));
    try (Serving serving = Serving.open(options, line -> {})) {
      serving.add(
          Analysis.all().get("conversion"),
          Endpoint.of("serve", "files:" + folder.resolve("answers")));
      serving.start();
      while (!serving.loaded()) {
        Pause.shortly();
      }
      HttpResponse<byte[]> funnel = new HttpAsk(serving.address()).sql(example());

      assertThat(HttpAsk.text(funnel), funnel.statusCode(), is(200));
      List<String> rows = new ArrayList<>();
      for (JsonNode row : HttpAsk.json(funnel).get("rows")) {
        rows.add(
            "%s %s %s %d %.6f"
                .formatted(
                    row.get(0).asText(),
                    Instant.parse(row.get(1).asText()),
                    row.get(2).asText(),
                    row.get(3).asLong(),
                    row.get(4).asDouble()));
      }
      assertThat(rows, is(expected));
    }
  }

  private static String example() throws Exception {
    String page = Files.readString(Path.of("../docs/serving.md"));
    int begin = page.indexOf("```sql\nselect name as device") + "```sql\n".length();
    return page.substring(begin, page.indexOf("```", begin));
  }

  /** Sets of users by device, window and kind; each step keeps those who did all before it. */
  private static List<String> recomputed(List<String> lines) {
    Set<String> seen = new HashSet<>();
    Map<String, Map<String, Set<String>>> did = new TreeMap<>();
    for (String line : lines) {
      JsonNode event;
      Instant at;
      try {
        event = RowJson.value(line);
        at = Instant.parse(event.path("at").asText());
      } catch (JsonProcessingException | DateTimeException e) {
        continue; // a dead letter
      }
      if (at.isBefore(DAY) || at.isAfter(DAY.plus(Duration.ofDays(1)))) {
        continue; // a clock that is wrong makes a dead letter
      }
      if (!event.hasNonNull("user") || !seen.add(event.get("id").asText())) {
        continue;
      }
      long width = Duration.ofMinutes(MINUTES).toMillis();
      long start = Math.floorDiv(at.toEpochMilli(), width) * width;
      JsonNode device = event.get("device");
      String key =
          (device == null || device.isNull() ? "unknown" : device.asText())
              + " "
              + Instant.ofEpochMilli(start);
      Map<String, Set<String>> kinds = did.computeIfAbsent(key, k -> new TreeMap<>());
      for (String kind : List.of("VISIT", event.get("kind").asText())) {
        kinds.computeIfAbsent(kind, k -> new HashSet<>()).add(event.get("user").asText());
      }
    }
    List<String> rows = new ArrayList<>();
    did.forEach(
        (key, kinds) -> {
          Set<String> left = new HashSet<>(Objects.requireNonNull(kinds.get("VISIT")));
          double all = left.size();
          for (String step : STEPS) {
            left.retainAll(kinds.getOrDefault(step, Set.of()));
            rows.add("%s %s %d %.6f".formatted(key, step, left.size(), 100 * left.size() / all));
          }
        });
    return rows;
  }
}
