package dhara.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.events.DeadLetter;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Followed;
import dhara.testkit.flink.FlinkCluster;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Topics that hold nothing, records that no topic takes, and topics that a run would read itself.
 */
class TopicExtremesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");

  /** In Base64 longer than the megabyte that a topic takes by default. */
  private static final String GARBAGE = "x".repeat(900_000);

  private static final String ANSWER = "ANSWER_TOO_LONG";
  private static final String TOTAL = ANSWER + " of totals";

  /** Twice in a record, in the key and in the value, longer than that too. */
  private static final String CATEGORY = "c".repeat(600_000);

  private static EmbeddedKafka kafka;

  @TempDir static Path folder;

  @BeforeAll
  static void startBroker() {
    kafka = EmbeddedKafka.start();
    kafka.createTopic("orders", 1);
    send(order(1, 0, "books"));
    send(GARBAGE);
    send(order(2, 1, CATEGORY));
    send(order(3, 2, "books"));
    send(order(4, 7_200, "books"));
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"direct", "flink"})
  void aBackfillIsStoppedByNoRecordHoweverLong(String engine) throws Exception {
    String answers = topics(engine);

    Command run =
        Command.done(
            engine,
            List.of(
                "order-metrics",
                "--events=" + kafka.uri("orders") + "?end=latest",
                "--answers=" + kafka.uri(answers)));

    assertThat(run.err(), containsString("read 5 = aggregated 4 + dead-lettered 1 + late 0"));
    checkDeadLetters(answers);
    checkAnswers(answers);
  }

  @Test
  void aStreamIsStoppedByNoRecordHoweverLong() throws Exception {
    String answers = topics("stream");
    try (FlinkCluster cluster = FlinkCluster.start(1, folder);
        FlinkCluster.RunningStream stream =
            cluster.stream(
                List.of(
                    "order-metrics",
                    "--events=" + kafka.uri("orders"),
                    "--answers=" + kafka.uri(answers)));
        Followed deadLetters = kafka.follow(answers + "-dead-letters")) {
      // Totals are answered early and often; each time the long one is a dead letter.
      List<String> parts = List.of("MALFORMED", answers + " takes", answers + "-totals takes");
      assertThat(
          deadLetters.until(
              values ->
                  parts.stream().allMatch(part -> values.stream().anyMatch(v -> v.contains(part))),
              Settling.PATIENCE),
          is(true));
      stream.checkRunning();
      assertThat(stream.restored(), is(false));
    }
    checkDeadLetters(answers);
    checkAnswers(answers);
  }

  @Test
  void topicsThatAreMadeForDeadLettersTakeEventsWhole() throws Exception {
    Command.done(
        "direct",
        List.of(
            "order-metrics",
            "--events=" + kafka.uri("orders") + "?end=latest",
            "--answers=" + kafka.uri("made")));

    JsonNode letter = deadLetters("made").get("MALFORMED");
    assertThat(new String(letter.get("bytes").binaryValue(), UTF_8), is(GARBAGE));
    assertThat(letter.get("whole_length").isNull(), is(true));
    assertThat(letter.get("whole_sha256").isNull(), is(true));
  }

  @Test
  void aBackfillOfAnEmptyTopicHasALedger() {
    kafka.createTopic("nothing", 2);
    Command run =
        Command.run(
            "direct", List.of("order-metrics", "--events=" + kafka.uri("nothing") + "?end=latest"));
    assertThat(run.err(), containsString("read 0 = aggregated 0"));
  }

  @Test
  void aRunThatWouldReadWhatItWritesIsRefused() {
    kafka.createTopic("loop", 1);
    String loop = kafka.uri("loop");
    String elsewhere = kafka.uri("loop-answers");
    String alias = loop.replace("localhost", "127.0.0.1");
    Map<List<String>, String> refused =
        Map.of(
            List.of("--answers=" + loop),
            "metrics would go to the topic loop, where --events reads orders",
            List.of("--answers=" + alias),
            "metrics would go to the topic loop, where --events reads orders",
            List.of("--answers=" + elsewhere, "--deadLetters=" + loop),
            "dead-letters would go to the topic loop, where --events reads orders",
            List.of("--answers=" + elsewhere, "--late=" + loop),
            "late would go to the topic loop, where --events reads orders",
            List.of("--answers=" + elsewhere, "--ledger=" + elsewhere),
            "ledger would go to the topic loop-answers, where metrics (--answers) goes too");
    refused.forEach(
        (outputs, why) -> {
          List<String> arguments = new ArrayList<>(List.of("order-metrics", "--events=" + loop));
          arguments.addAll(outputs);
          Command run = Command.run("direct", arguments);
          assertThat(outputs + ": " + run.err(), run.exit(), is(2));
          assertThat(run.err(), containsString(why));
        });
    assertThat(kafka.hasTopic("loop-answers"), is(false));
  }

  /** The topics that a run will find, with the broker's defaults. */
  private static String topics(String name) {
    String answers = name + "-answers";
    kafka.createTopic(answers, 1);
    kafka.createTopic(answers + "-dead-letters", 1);
    return answers;
  }

  private static void checkDeadLetters(String answers) throws Exception {
    Map<String, JsonNode> letters = deadLetters(answers);
    assertThat(letters.keySet(), containsInAnyOrder(ANSWER, TOTAL, "MALFORMED"));

    JsonNode garbage = letters.get("MALFORMED");
    byte[] kept = garbage.get("bytes").binaryValue();
    assertThat(kept.length, is(both(greaterThan(700_000)).and(lessThan(900_000))));
    assertThat(new String(kept, UTF_8), is(GARBAGE.substring(0, kept.length)));
    assertThat(garbage.get("whole_length").asInt(), is(GARBAGE.length()));
    assertThat(
        garbage.get("whole_sha256").asText(), is(DeadLetter.sha256(GARBAGE.getBytes(UTF_8))));
    assertThat(garbage.get("source").asText(), is("kafka://orders"));
    assertThat(garbage.get("position").asText(), is("partition=0 offset=1"));

    JsonNode answer = letters.get(ANSWER);
    assertThat(
        answer.get("text").asText(),
        allOf(
            startsWith("an answer of 1,200,"),
            containsString("the topic " + answers + " takes 1,047,"),
            containsString("2026-01-05T12:00:00Z to 2026-01-05T12:01:00Z")));
    JsonNode row = JSON.readTree(answer.get("bytes").binaryValue());
    assertThat(row.get("name").asText(), is(CATEGORY));
    assertThat(row.get("orders").asInt(), is(1));
  }

  /** Dead letters by their reason; that of a total by {@link #TOTAL}. */
  private static Map<String, JsonNode> deadLetters(String answers) throws Exception {
    Map<String, JsonNode> letters = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.readAll(answers + "-dead-letters")) {
      JsonNode letter = JSON.readTree(record.value());
      boolean total = letter.get("text").asText().contains("the topic " + answers + "-totals ");
      letters.put(total ? TOTAL : letter.get("reason").asText(), letter);
    }
    return letters;
  }

  /** The answer of the long category is withdrawn, that of the other is there. */
  private static void checkAnswers(String answers) throws Exception {
    Map<String, Boolean> there = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.readAll(answers)) {
      JsonNode key = JSON.readTree(record.key());
      if (NOON.equals(Instant.parse(key.get("window_start").asText()))) {
        String category = key.get("name").asText();
        there.put(category.equals(CATEGORY) ? "long" : category, record.value() != null);
      }
    }
    assertThat(there, is(Map.of("books", true, "long", false)));
  }

  private static void send(String value) {
    long unused = kafka.produce("orders", 0, NOON, null, value.getBytes(UTF_8));
  }

  private static String order(int number, int second, String category) {
    return """
    {"id":"O%d-1","at":"%s","order":"O%d","product":"P1","category":"%s","country":"Nepal",\
    "city":"Kathmandu","customer":"C1","quantity":1,"unit_minor":100}\
    """
        .formatted(number, NOON.plusSeconds(second), number, category);
  }
}
