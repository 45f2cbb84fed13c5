package dhara.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.events.Event;
import dhara.ledger.Ledger;
import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import dhara.testkit.flink.LiveStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What must hold of a stream, once it has read what a replay sent. */
record Settling(EmbeddedKafka kafka, LiveStream stream) {

  /** How long a stream may take. */
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Its ledger accounts for every record; late are those that were sent late (of those held back
   * for less than that some), dead letters those that were no events; and its answers are those of
   * the oracle over all other events.
   *
   * @param answers the topic of the first output
   * @return the ledger
   */
  Ledger check(Analysis<?> analysis, Replayed replayed, String answers) throws IOException {
    Ledger ledger = checkAnswers(analysis, replayed, answers);
    Set<String> late = texts(rows(answers + "-late", ledger.late()), "id");
    late.removeAll(replayed.heldBack());
    assertThat("late", late, is(replayed.late()));
    return ledger;
  }

  /** The same of a stream that found more late than was sent late: what, its late output says. */
  Ledger checkAnswers(Analysis<?> analysis, Replayed replayed, String answers) throws IOException {
    Accounted accounted = accounted(analysis, replayed, answers);
    for (Output<?, ?> output : analysis.outputs()) {
      settles(
          output.equals(analysis.outputs().get(0)) ? answers : answers + "-" + output.name(),
          accounted.expected().get(output.name()),
          replayed.newest());
    }
    return accounted.ledger();
  }

  /**
   * What a stream that accounts for all that it was sent must answer.
   *
   * @param expected by output, as {@link SettledAnswers} gives them
   */
  record Accounted(Ledger ledger, Map<String, List<String>> expected) {}

  /** Checks all but the answers, wherever those go. */
  Accounted accounted(Analysis<?> analysis, Replayed replayed, String answers) throws IOException {
    Ledger ledger = stream.accountsFor(kafka, answers + "-ledger", replayed.records(), PATIENCE);
    List<JsonNode> late = rows(answers + "-late", ledger.late());
    List<JsonNode> dead = rows(answers + "-dead-letters", ledger.deadLettered());

    assertThat("dead letters by reason", counts(dead, "reason"), is(replayed.deadLetters()));
    Set<String> missing = missing(replayed.topic(), late, dead);
    assertThat(
        "aggregated",
        ledger.aggregated(),
        is((long) replayed.events().size() - missing.size() + replayed.closing()));

    List<? extends Record> events =
        replayed.events().stream().filter(e -> !missing.contains(((Event) e).id())).toList();
    Map<String, List<String>> expected =
        Oracle.settled(analysis, Inputs.of(analysis.inputs().get(0), events), List.of());
    return new Accounted(ledger, expected);
  }

  /** Rows of so many records of a topic, each position once: a restart may write it again. */
  private List<JsonNode> rows(String topic, long count) {
    List<String> values =
        stream.follow(
            kafka,
            topic,
            rows -> positions(rows).values().stream().mapToLong(Settling::records).sum() == count,
            PATIENCE);
    return List.copyOf(positions(values).values());
  }

  private static Map<String, JsonNode> positions(List<String> rows) {
    Map<String, JsonNode> positions = new HashMap<>();
    for (String row : rows) {
      JsonNode json = json(row);
      positions.put(json.get("position").asText(), json);
    }
    return positions;
  }

  /** The ids of events that are in no answer, because every copy of them came late. */
  private Set<String> missing(String topic, List<JsonNode> late, List<JsonNode> dead) {
    Set<String> none = new HashSet<>(texts(dead, "bytes"));
    Map<String, Long> copies = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.readAll(topic)) {
      if (!none.contains(Base64.getEncoder().encodeToString(record.value()))) {
        String id = json(new String(record.value(), UTF_8)).get("id").asText();
        copies.merge(id, 1L, Long::sum);
      }
    }
    Set<String> missing = new HashSet<>();
    counts(late, "id")
        .forEach(
            (id, count) -> {
              if (count.equals(copies.get(id))) {
                missing.add(id);
              }
            });
    return missing;
  }

  /** Waits until a topic's answers of all windows but those of the closing events are these. */
  void settles(String topic, List<String> expected, Instant newest) {
    List<String> values =
        stream.follow(kafka, topic, rows -> settled(rows, newest).equals(expected), PATIENCE);
    assertThat(topic, settled(values, newest), is(expected));
  }

  private static List<String> settled(List<String> rows, Instant newest) {
    try {
      return before(SettledAnswers.of(rows), newest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without the answers of the closing events. */
  static List<String> before(List<String> settled, Instant newest) {
    return settled.stream()
        .filter(a -> !Instant.parse(json(a).get("window_start").asText()).isAfter(newest))
        .toList();
  }

  private static Set<String> texts(List<JsonNode> rows, String field) {
    return new TreeSet<>(counts(rows, field).keySet());
  }

  private static Map<String, Long> counts(List<JsonNode> rows, String field) {
    Map<String, Long> counts = new TreeMap<>();
    rows.forEach(row -> counts.merge(row.get(field).asText(), records(row), Long::sum));
    return counts;
  }

  /** How many records a row stands for: dead letters that are equal are summed up. */
  private static long records(JsonNode row) {
    return row.path("records").asLong(1);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("no JSON: " + text, e);
    }
  }
}
