package dhara.proof;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.ledger.Ledger;
import dhara.parity.media.HeldImpressions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.GeneratedEvents;
import dhara.testkit.SettledAnswers;
import dhara.testkit.flink.FlinkCluster;
import dhara.testkit.flink.LiveStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A stream that writes an output to the topic from which it reads a reference goes on by what it
 * wrote, and settles on the answers of a backfill of the same topics.
 */
@Isolated("it breaks its cluster")
class SelfFeedingStreamTest {

  /** Garbage is in no charset; this one keeps its bytes. */
  private static final Charset BYTES = ISO_8859_1;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
  private static final List<String> EXPERIMENT =
      List.of(
          "--lookEvery=PT10M",
          "--lateness=PT10S",
          "--graduateAfter=PT5M",
          "--leastUsers=20",
          "--typicalDifference=0.3");

  private static final Analysis<?> ONLINE_MODEL = Analysis.all().get("online-model");
  private static final Instant TWO = Instant.parse("2026-01-05T14:00:00Z");

  /** The last half-hour that is compared ends then. */
  private static final Instant COMPARED = TWO.plus(Duration.ofMinutes(90));

  @TempDir static Path folder;

  private static EmbeddedKafka kafka;
  private static FlinkCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start();
    cluster = FlinkCluster.start(1, folder);
  }

  @AfterAll
  static void stop() {
    cluster.close();
    kafka.close();
  }

  @Test
  void theWinnerThatAStreamCallsIsAssignedByItFromThenOn() throws Exception {
    create("exposures", "goals", "setups");
    send(
        "setups",
        "{\"id\":\"s0\",\"at\":\"%s\",\"experiment\":\"e\",\"variants\":[{\"name\":\"a\",\"weight\":0.5},{\"name\":\"b\",\"weight\":0.5}]}"
            .formatted(NINE));
    List<String> settled;
    try (LiveStream stream =
        cluster.stream(
            Command.line(
                List.of(
                    "experiments",
                    "--events=exposures=" + kafka.uri("exposures"),
                    "--events=goals=" + kafka.uri("goals"),
                    "--events=setups=" + kafka.uri("setups"),
                    "--answers=" + kafka.uri("looks"),
                    "--answers=graduations=" + kafka.uri("setups"),
                    "--disorder=PT5S",
                    "--idleAfter=PT1S"),
                EXPERIMENT))) {
      for (int i = 0; i < 60; i++) {
        // Of 30 who see a, 5 buy, and 25 of 30 who see b: without both there is no variance.
        exposed("u" + i, i, i % 2 == 0 ? "\"a\"" : "\"b\"");
        if ((i < 10) == (i % 2 == 0)) {
          reached("u" + i, i + 100);
        }
      }
      exposed("v", 720, null);
      reached("nobody", 720);
      List<String> setups = stream.follow(kafka, "setups", rows -> rows.size() > 1, PATIENCE);
      assertThat(setups, hasSize(2));
      JsonNode graduation = json(setups.get(1));
      assertThat(graduation.get("id").asText(), is("e@2026-01-05T09:15:00Z"));
      assertThat(graduation.get("at").asText(), is("2026-01-05T09:15:00.000Z"));

      for (int i = 0; i < 20; i++) {
        exposed("before" + i, 840 + i, null);
      }
      for (int i = 0; i < 20; i++) {
        exposed("after" + i, 1_260 + i, null);
      }
      exposed("w", 2_700, null);
      reached("nobody", 2_700);
      settled =
          users(
              stream.follow(
                  kafka,
                  "looks",
                  rows -> users(rows).size() == 6, // two variants at three looks
                  PATIENCE));
      Ledger ledger = stream.accountsFor(kafka, "looks-ledger", "setups", 2, PATIENCE);
      assertThat("neither late nor a copy", ledger.aggregated(), is(2L));
    }

    long a = number(settled, "09:20 a ");
    assertThat(number(settled, "09:10 a "), is(30L));
    assertThat("some of those before it", a > 31 && a < 50, is(true));
    assertThat("none of those after it", number(settled, "09:30 a "), is(a));
    assertThat(number(settled, "09:30 b "), is(number(settled, "09:20 b ") + 20));

    assertThat(looks("with", kafka.uri("setups") + "?end=latest"), is(settled));
    assertThat(looks("without", kafka.uri("setups") + "?end=0:1"), not(hasItem("09:30 a " + a)));
  }

  /** The results of a backfill of the same facts until the end of the last settled look. */
  private static List<String> looks(String name, String setups) throws Exception {
    Path answers = folder.resolve(name);
    Command.done(
        "direct",
        Command.line(
            List.of(
                "experiments",
                "--events=exposures=" + kafka.uri("exposures") + "?end=latest",
                "--events=goals=" + kafka.uri("goals") + "?end=latest",
                "--events=setups=" + setups,
                "--answers=files:" + answers,
                "--until=" + NINE.plusSeconds(1_800)),
            EXPERIMENT));
    return users(SettledAnswers.in(answers.resolve("results")));
  }

  private static void exposed(String user, int second, String variant) {
    send(
        "exposures",
        "{\"id\":\"x-%s\",\"at\":\"%s\",\"experiment\":\"e\",\"user\":\"%s\",\"variant\":%s}"
            .formatted(user, NINE.plusSeconds(second), user, variant));
  }

  private static void reached(String user, int second) {
    send(
        "goals",
        "{\"id\":\"g-%s-%d\",\"at\":\"%s\",\"user\":\"%s\",\"goal\":\"purchase\"}"
            .formatted(user, second, NINE.plusSeconds(second), user));
  }

  /** {@code 09:10 a 30}: the end of a look, a variant and its users so far. */
  private static List<String> users(List<String> rows) {
    return settled(rows).stream()
        .map(
            row ->
                "%s %s %s"
                    .formatted(
                        row.get("window_end").asText().substring(11, 16),
                        row.get("variant").asText(),
                        row.get("users")))
        .sorted()
        .toList();
  }

  private static long number(List<String> users, String prefix) {
    return users.stream()
        .filter(row -> row.startsWith(prefix))
        .map(row -> Long.parseLong(row.substring(prefix.length())))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + prefix + "in " + users));
  }

  /**
   * Three half-hours, each of which ends with a release that is in force 25 minutes later. Between
   * the second and the third a worker is lost, and an inverted model is released.
   */
  @Test
  void whatAStreamLearnsIsTriedAndScoresWhatComesAfterIt() throws Exception {
    create("playbacks", "models");
    GeneratedEvents generated = GeneratedEvents.of(ONLINE_MODEL, 1, 900, folder);
    List<String> playbacks = lines(generated, "playbacks");
    String inverted =
        lines(generated, "models").stream()
            .filter(row -> row.contains("\"inverted\""))
            .findFirst()
            .orElseThrow();
    List<String> options =
        Command.line(
            HeldImpressions.write(folder.resolve("held.csv")).options(),
            List.of(
                "--reportEvery=PT30M",
                "--modelFloor=0.17",
                "--modelMargin=0.05",
                "--lateness=PT1M",
                "--releaseAfter=PT25M"));
    try (FlinkCluster.RunningStream stream =
        cluster.stream(
            Command.line(
                List.of(
                    "online-model",
                    "--events=playbacks=" + kafka.uri("playbacks"),
                    "--events=models=" + kafka.uri("models"),
                    "--answers=" + kafka.uri("learned"),
                    "--answers=releases=" + kafka.uri("models"),
                    "--disorder=PT10S",
                    "--idleAfter=PT1S",
                    "--checkpointingInterval=500"),
                options))) {
      List<String> released = new ArrayList<>();
      for (int half = 1; half <= 3; half++) {
        // The half-hour is settled 12 minutes after its end, and its release is not yet in force.
        Instant from = half == 1 ? Instant.EPOCH : TWO.plus(Duration.ofMinutes(30 * half - 12));
        Instant to = TWO.plus(Duration.ofMinutes(30 * half + 18));
        playbacks.stream()
            .filter(row -> !at(row).isBefore(from) && at(row).isBefore(to))
            .forEach(row -> send("playbacks", row));
        released.add(
            "2026-01-05T%s:00Z".formatted(List.of("14:30", "15:00", "15:30").get(half - 1)));
        Set<String> expected = Set.copyOf(released);
        stream.follow(kafka, "models", rows -> versions(rows).containsAll(expected), PATIENCE);
        if (half == 2) {
          send("models", inverted);
          long before = stream.completedCheckpoints();
          stream.follow(
              kafka,
              "learned-ledger",
              rows -> stream.completedCheckpoints() > before + 1,
              PATIENCE);
          assertThat(stream.completedCheckpoints(), is(greaterThan(before + 1)));
          cluster.loseTaskManager();
        }
      }

      Map<String, List<String>> backfilled = learned(options);
      for (Map.Entry<String, List<String>> output : backfilled.entrySet()) {
        String topic =
            output.getKey().equals("progress") ? "learned" : "learned-" + output.getKey();
        List<String> rows =
            stream.follow(kafka, topic, some -> compared(some).equals(output.getValue()), PATIENCE);
        assertThat(topic, compared(rows), is(output.getValue()));
      }
      assertThat("restored from a checkpoint", stream.restored(), is(true));
      assertThat(backfilled.get("weights"), hasSize(3));
      assertThat(
          backfilled.get("served").stream().map(SelfFeedingStreamTest::versioned).toList(),
          is(
              List.of(
                  "14:30 by 2026-01-05T14:30:00Z",
                  "15:00 by 2026-01-05T14:30:00Z",
                  "15:00 by 2026-01-05T15:00:00Z")));
      assertThat(
          backfilled.get("refusals").toString(),
          versions(backfilled.get("refusals")),
          is(Set.of("inverted")));
    }
  }

  private static String versioned(String row) {
    JsonNode of = json(row);
    return of.get("window_start").asText().substring(11, 16) + " by " + of.get("version").asText();
  }

  /** What a backfill answers about the half-hours that are compared, by output. */
  private static Map<String, List<String>> learned(List<String> options) throws Exception {
    Path answers = folder.resolve("learned");
    Command.done(
        "direct",
        Command.line(
            List.of(
                "online-model",
                "--events=playbacks=" + kafka.uri("playbacks") + "?end=latest",
                "--events=models=" + kafka.uri("models") + "?end=latest",
                "--answers=files:" + answers),
            options));
    Map<String, List<String>> outputs = new TreeMap<>();
    for (String output : List.of("progress", "weights", "served", "refusals")) {
      outputs.put(output, compared(SettledAnswers.in(answers.resolve(output))));
    }
    return outputs;
  }

  private static List<String> lines(GeneratedEvents generated, String input) throws IOException {
    for (Map.Entry<Input<?>, Path> file : generated.files().entrySet()) {
      if (file.getKey().name().equals(input)) {
        return Files.readAllLines(file.getValue(), BYTES);
      }
    }
    throw new AssertionError("no " + input);
  }

  /** The time of an event; of garbage, the beginning of time. */
  private static Instant at(String row) {
    try {
      return Instant.parse(JSON.readTree(row).path("at").asText());
    } catch (JsonProcessingException | DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }

  private static Set<String> versions(List<String> rows) {
    Set<String> versions = new TreeSet<>();
    rows.forEach(row -> versions.add(json(row).get("version").asText()));
    return versions;
  }

  private static List<String> compared(List<String> rows) {
    return settled(rows).stream()
        .filter(row -> !Instant.parse(row.get("window_end").asText()).isAfter(COMPARED))
        .map(JsonNode::toString)
        .toList();
  }

  private static void create(String... topics) {
    for (String topic : topics) {
      kafka.createTopic(topic, 1);
    }
  }

  private static void send(String topic, String value) {
    long unused = kafka.produce(topic, 0, Instant.now(), null, value.getBytes(BYTES));
  }

  private static List<JsonNode> settled(List<String> rows) {
    try {
      return SettledAnswers.of(rows).stream().map(SelfFeedingStreamTest::json).toList();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode json(String row) {
    try {
      return JSON.readTree(row);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
