package dhara.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.formats.text.BadEvent;
import dhara.ledger.Ledger;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The conditions that a stream must satisfy after it has read a replay. */
record Settling(EmbeddedKafka kafka, LiveStream stream) {

  /** How long a stream may take. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Its ledgers account for every record: the late ones are those that were sent late (and some of
   * those held back for a shorter time), the dead letters those that were garbage; and its answers
   * are those of the oracle over all other events.
   *
   * @param answers the topic of the first output
   * @param options those of the stream on which its answers depend
   * @return the ledger of each input
   */
  List<Ledger> check(
      Analysis<?> analysis, Replayed replayed, String answers, List<String> options) {
    Accounted accounted = checkAnswers(analysis, replayed, answers, options);
    for (Input<?> input : analysis.inputs()) {
      // Which reference records are late depends on the facts; its late output tells.
      if (!input.isReference()) {
        Set<String> late = new TreeSet<>(accounted.late().get(input.name()));
        late.removeAll(replayed.heldBack(input));
        assertThat("late " + input.name(), late, is(replayed.late(input)));
      }
    }
    return accounted.ledgers();
  }

  /** The same with the default options. */
  List<Ledger> check(Analysis<?> analysis, Replayed replayed, String answers) {
    return check(analysis, replayed, answers, List.of());
  }

  /**
   * The same for a stream in which more events are late than were sent late; its late output tells
   * which.
   */
  Accounted checkAnswers(
      Analysis<?> analysis, Replayed replayed, String answers, List<String> options) {
    Accounted accounted = accounted(analysis, replayed, answers, options);
    for (Output<?, ?> output : analysis.outputs()) {
      String topic =
          output.equals(analysis.outputs().get(0)) ? answers : answers + "-" + output.name();
      List<String> expected = accounted.expected().get(output.name());
      // Topics are created before the first event is read.
      if (output.optional() && !kafka.hasTopic(topic)) {
        assertThat("the stream has no output " + topic, expected, is(empty()));
      } else {
        settles(topic, expected, replayed.newest());
      }
    }
    return accounted;
  }

  /**
   * The expected answers of a stream whose ledgers account for every record.
   *
   * @param ledgers of each input
   * @param late by input, the ids of events that came late
   * @param expected by output, as {@link SettledAnswers} gives them
   */
  record Accounted(
      List<Ledger> ledgers, Map<String, Set<String>> late, Map<String, List<String>> expected) {

    /** The ledger of an analysis with one input. */
    Ledger ledger() {
      return ledgers.get(0);
    }
  }

  /** Checks everything except the answers. */
  Accounted accounted(
      Analysis<?> analysis, Replayed replayed, String answers, List<String> options) {
    List<Ledger> ledgers = new ArrayList<>();
    for (Input<?> input : analysis.inputs()) {
      long records = replayed.records(input);
      ledgers.add(stream.accountsFor(kafka, answers + "-ledger", input.name(), records, PATIENCE));
    }
    List<JsonNode> late = rows(answers + "-late", ledgers.stream().mapToLong(Ledger::late).sum());
    List<JsonNode> dead =
        rows(answers + "-dead-letters", ledgers.stream().mapToLong(Ledger::deadLettered).sum());

    Map<String, Set<String>> lateIds = new TreeMap<>();
    Inputs counted = replayed.inputs();
    for (int i = 0; i < ledgers.size(); i++) {
      Input<?> input = analysis.inputs().get(i);
      List<JsonNode> ownLate = of(input, late);
      List<JsonNode> ownDead = of(input, dead);
      assertThat(
          input.name() + ": dead letters by reason",
          counts(ownDead, "reason"),
          is(replayed.deadLetters(input)));
      Set<String> missing = missing(replayed.topics().get(input), ownLate, ownDead);
      assertThat(
          input.name() + ": aggregated",
          ledgers.get(i).aggregated(),
          is((long) counted.of(input).size() - missing.size() + replayed.closing(input)));
      lateIds.put(input.name(), texts(ownLate, "id"));
      counted = counted.without(input, missing);
    }
    return new Accounted(
        ledgers,
        lateIds,
        Oracle.settled(analysis, closed(analysis, replayed, options, counted), options));
  }

  private Inputs closed(
      Analysis<?> analysis, Replayed replayed, List<String> options, Inputs counted) {
    try {
      return Closing.counted(kafka, analysis, options, replayed.topics(), counted);
    } catch (BadEvent e) {
      throw new AssertionError("a closing event is none: " + e.getMessage(), e);
    }
  }

  private static List<JsonNode> of(Input<?> input, List<JsonNode> rows) {
    return rows.stream().filter(row -> row.get("input").asText().equals(input.name())).toList();
  }

  /**
   * The rows of this many records of a topic, one per position, because a restart may write a row
   * again.
   */
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
      positions.put(json.get("source").asText() + " " + json.get("position").asText(), json);
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

  /** Waits until a topic has these answers, without those that begin after the newest event. */
  void settles(String topic, List<String> all, Instant newest) {
    List<String> expected = before(all, newest);
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

  /** Without the answers of the closing events, and of silence after the newest event. */
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

  /** The number of records that a row stands for, because equal dead letters are merged. */
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
