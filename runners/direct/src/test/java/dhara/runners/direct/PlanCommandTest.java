package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.oneOf;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import dhara.tools.Dhara;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The verbs {@code plan} and {@code advise} on the direct runner, over events of test-data. */
class PlanCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ORDERS = "--events=" + data("order-metrics/orders.jsonl");

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void aPlanMeasuresWithTheUsersEventsAndMarksEachInput() throws IOException {
    int exit =
        run(
            "plan",
            "order-metrics",
            ORDERS,
            "--rate=100000",
            "--machineCores=8",
            "--pricePerCoreHour=0.05",
            "--past=P21D",
            "--format=json");

    assertThat(err(), exit, is(0));
    assertThat(err(), containsString("measuring with 3,097 events, in four backfills"));
    assertThat(err(), containsString("backfills 3 and 4, after "));
    JsonNode plan = JSON.readTree(out());
    assertThat(marks(plan, "inputs"), everyItem(is(oneOf("measured", "given", "assumed"))));
    assertThat(mark(plan, "events a core, backfill"), is("measured"));
    assertThat(mark(plan, "bytes of an event"), is("measured"));
    assertThat(mark(plan, "bytes grouped an answer"), is("measured"));
    assertThat(mark(plan, "rate"), is("given"));
    assertThat(mark(plan, "cores a machine"), is("given"));
    assertThat(mark(plan, "utilisation"), is("assumed"));
    assertThat(marks(plan, "results"), everyItem(is("computed")));
    assertThat(
        names(plan, "results"),
        hasItems(
            "parallelism",
            "partitions",
            "state, an estimate",
            "full checkpoint",
            "machines",
            "cost of machines a month",
            "past, as a batch",
            "past, replayed beside live events"));
    long bytes = Files.size(data("order-metrics/orders.jsonl"));
    assertThat(input(plan, "bytes of an event"), closeTo(bytes / 3_097.0, 1e-6));
    assertThat(input(plan, "bytes grouped an answer"), greaterThan(0.0));
    double perCore = input(plan, "events a core, backfill");
    double parallelism = result(plan, "parallelism");
    assertThat(parallelism, is(Math.ceil(100_000 / 0.7 / (0.6 * perCore))));
    assertThat(result(plan, "machines"), is(Math.ceil(parallelism / 8)));
    assertThat(
        result(plan, "cost of machines a month"),
        closeTo(Math.ceil(parallelism / 8) * 8 * 730 * 0.05, 1e-6));
    assertThat(
        result(plan, "past, as a batch"),
        closeTo(100_000 * 21 * 86_400.0 / (parallelism * perCore), 1));
  }

  @Test
  void severalInputsAreSampledUpToTheSameTime() throws IOException {
    int exit =
        run(
            "plan",
            "surge-pricing",
            "--events=pings=" + data("surge-pricing/pings.jsonl"),
            "--events=rides=" + data("surge-pricing/rides.jsonl"),
            "--rate=1000",
            "--sample=500",
            "--format=json");

    assertThat(err(), exit, is(0));
    assertThat(err(), containsString("measuring with 500 events"));
    assertThat(mark(JSON.readTree(out()), "events a core, backfill"), is("measured"));
  }

  @Test
  void compressedCsvAndReferencesAreSampledToo() throws IOException {
    int exit =
        run(
            "plan",
            "engagement",
            "--events=interactions=" + data("engagement/interactions.csv.gz"),
            "--events=weights=" + data("engagement/weights.jsonl"),
            "--rate=1000",
            "--sample=300",
            "--format=json");

    assertThat(err(), exit, is(0));
    assertThat(err(), containsString("measuring with 300 events"));
    JsonNode plan = JSON.readTree(out());
    assertThat(mark(plan, "events a core, backfill"), is("measured"));
    assertThat(
        plan.path("notes").toString(),
        allOf(
            containsString("300 events are too few"),
            containsString("measured as JSON lines with the names of components")));
  }

  @Test
  void withoutEventsNothingIsMeasuredAndThePlanSaysWhatItAssumes() {
    assertThat(err(), run("plan", "order-metrics", "--rate=1000000000"), is(0));

    assertThat(
        out(),
        allOf(
            startsWith("A plan for the stream of order-metrics"),
            containsString("120,000 events/s  assumed   order-metrics on Flink"),
            containsString("docs/performance.md"),
            containsString("nothing was measured; --events=URI"),
            containsString("no cost is printed, because no price is given"),
            containsString("have 256 parts"),
            not(containsString(" measured  "))));
  }

  @Test
  void countsGiveAScheduleAndItsPeakTheRate() throws IOException {
    Path counts = folder.resolve("counts.csv");
    StringBuilder lines = new StringBuilder("time,count\n");
    Instant start = Instant.parse("2026-01-05T00:00:00Z");
    for (int hour = 0; hour < 2 * 168; hour++) {
      Instant at = start.plus(hour, ChronoUnit.HOURS);
      lines.append(at).append(hour % 24 < 18 ? ",36000000\n" : ",360000000\n");
    }
    Files.writeString(counts, lines.toString());

    int exit =
        run(
            "plan",
            "order-metrics",
            "--counts=" + counts,
            "--perCore=100000",
            "--peakToMean=1.0",
            "--format=json");

    assertThat(err(), exit, is(0));
    JsonNode plan = JSON.readTree(out());
    assertThat(input(plan, "rate"), closeTo(100_000, 1e-3));
    assertThat(mark(plan, "rate"), is("computed"));
    List<String> steps = new ArrayList<>();
    plan.path("schedule")
        .forEach(step -> steps.add(step.path("from").asText() + " " + step.path("parallelism")));
    // 10,000 and 100,000 events a second; 42,000 a core of the stream in use.
    assertThat(
        steps.subList(0, 3),
        contains("2026-01-19T00:00:00Z 1", "2026-01-19T18:00:00Z 3", "2026-01-20T00:00:00Z 1"));
    assertThat(steps.size(), is(14));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "plan,--rate=0,--rate=0.0: must be above zero",
        "plan,--rate=-5,--rate=-5.0: must be above zero",
        "plan,--rate=many,--rate=many: is no number",
        "plan,--window=PT1M,--rate: is missing",
        "plan,--rtae=5,Did you mean --rate",
        "plan,--counts=/nowhere/counts.csv,cannot be read",
        "advise,--complexity=1.5,--complexity=1.5: is not from 0 to 1",
        "advise,--records=-1,--records=-1: must be at least 0",
        "advise,--latency=soon,--latency=soon: is no ISO-8601 duration",
        "advise,--events=console,cannot be measured with",
        "advise,--events=/nowhere.jsonl,no such file",
      })
  void whatCannotBeObeyedIsRefused(String verb, String option, String why) {
    assertThat(run(verb, "order-metrics", option), is(2));

    assertThat(err(), containsString(why));
    assertThat(out(), is(emptyString()));
  }

  @Test
  void anUnknownAnalysisIsRefusedWithTheNearest() {
    assertThat(run("plan", "order-metrisc", "--rate=5"), is(2));

    assertThat(err(), containsString("order-metrisc: is no analysis. Did you mean order-metrics?"));
  }

  @Test
  void anAdviceSaysWhyAndWhatToType() {
    int exit = run("advise", "order-metrics", ORDERS, "--history", "--latency=PT1M");

    assertThat(err(), exit, is(0));
    assertThat(
        out(),
        allOf(
            startsWith("Run order-metrics as a batch, on direct"),
            containsString("answers are needed within PT1M, not under a second"),
            containsString("events of the past are needed (--history)"),
            containsString("direct starts fastest"),
            containsString("3,097  measured  all that --events has"),
            containsString("of the graph:"),
            containsString("order-metrics " + ORDERS)));
  }

  @Test
  void anAdviceForAStreamNamesATopicInTheCommand() throws IOException {
    int exit = run("advise", "order-metrics", "--latency=PT0.5S", "--budget=10", "--format=json");

    assertThat(err(), exit, is(0));
    JsonNode advice = JSON.readTree(out());
    assertThat(advice.path("mode").asText(), is("stream"));
    assertThat(advice.path("engine").asText(), is("direct"));
    assertThat(
        advice.path("command").asText(),
        containsString("order-metrics --events=kafka://HOST:9092/orders"));
    assertThat(
        advice.path("notes").toString(),
        containsString("it also takes --rate, --pricePerCoreHour, --events or --perCore"));
  }

  @Test
  void theComplexityOfEachAnalysisComesFromItsGraph() throws IOException {
    for (String analysis : Analysis.all().keySet()) {
      out.reset();
      List<String> arguments = new ArrayList<>(List.of("advise", analysis, "--format=json"));
      assertThat(analysis + err(), run(arguments.toArray(String[]::new)), is(0));

      double complexity = input(JSON.readTree(out()), "complexity");
      assertThat(analysis, complexity, greaterThan(0.0));
    }
  }

  private int run(String... arguments) {
    return Dhara.on(
            Console.piped(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)))
        .run(arguments);
  }

  private static Path data(String file) {
    return Path.of("../../test-data").resolve(file).toAbsolutePath().normalize();
  }

  private static double input(JsonNode json, String name) {
    return figure(json, "inputs", name).path("value").asDouble();
  }

  private static double result(JsonNode json, String name) {
    return figure(json, "results", name).path("value").asDouble();
  }

  private static String mark(JsonNode json, String name) {
    return figure(json, "inputs", name).path("mark").asText();
  }

  private static JsonNode figure(JsonNode json, String part, String name) {
    for (JsonNode figure : json.path(part)) {
      if (figure.path("name").asText().equals(name)) {
        return figure;
      }
    }
    throw new AssertionError("no " + name + " among the " + part + " of " + json);
  }

  private static List<String> names(JsonNode json, String part) {
    return json.path(part).findValuesAsText("name");
  }

  private static List<String> marks(JsonNode json, String part) {
    return json.path(part).findValuesAsText("mark");
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
