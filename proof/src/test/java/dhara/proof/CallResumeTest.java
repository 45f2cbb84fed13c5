package dhara.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Receiver;
import dhara.testkit.SettledAnswers;
import dhara.testkit.flink.KeptCheckpoints;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A stream on an embedded Flink asks a service that never says the same twice, and is killed amid
 * its answers: some events are asked for again, and two records tell of them. A backfill of the
 * recorded calls gives exactly the settled answers of the stream, and asks nothing.
 */
@Isolated("it starts processes, each of which takes both cores")
class CallResumeTest {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
  private static final int QUARTER = 60;

  @TempDir private Path folder;

  /** What was said last of each key, and how often it was asked about. */
  private record Said(String body, int times) {}

  private final ConcurrentMap<String, Said> said = new ConcurrentHashMap<>();

  @Test
  void aBackfillReplaysWhatAKilledStreamWasToldAndAsksNothing() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        Receiver service = Receiver.start()) {
      service.mood(
          (exchange, nth, take) -> {
            String path = exchange.getRequestURI().getPath();
            String body = "{\"nth\":" + nth + "}";
            said.merge(
                path.substring(path.lastIndexOf('/') + 1),
                new Said(body, 1),
                (before, now) -> new Said(body, before.times + 1));
            exchange.sendResponseHeaders(200, body.length());
            try (OutputStream out = exchange.getResponseBody()) {
              out.write(body.getBytes(UTF_8));
            }
          });
      kafka.createTopic("inquiries", 2);
      Path checkpoints = folder.resolve("checkpoints");
      List<String> arguments =
          List.of(
              "enrich",
              "--events=inquiries=" + kafka.uri("inquiries"),
              "--answers=" + kafka.uri("answers"),
              "--service=" + service.url() + "/{key}",
              "--cacheFor=PT0S",
              "--callTimeout=PT1M",
              "--disorder=PT5S",
              "--lateness=PT20S",
              "--idleAfter=PT1H",
              "--checkpoints=" + checkpoints);
      try (EmbeddedStream stream =
          EmbeddedStream.start(folder, with(arguments, "--checkpointingInterval=500"))) {
        send(kafka, 0);
        stream.follow(kafka, "answers", rows -> rows.size() >= QUARTER, PATIENCE);
        new KeptCheckpoints(checkpoints).awaitNext(PATIENCE);
      }
      try (EmbeddedStream stream =
          EmbeddedStream.start(
              folder,
              with(arguments, "--resume=" + checkpoints, "--checkpointingInterval=3600000"))) {
        send(kafka, 1);
        stream.follow(
            kafka, "answers-calls", rows -> told(rows, QUARTER, 2 * QUARTER) > 30, PATIENCE);
      }
      try (EmbeddedStream stream =
          EmbeddedStream.start(folder, with(arguments, "--resume=" + checkpoints))) {
        send(kafka, 2);
        send(kafka, 3);
        for (String topic : List.of("answers", "answers-calls")) {
          List<String> unused =
              stream.follow(kafka, topic, rows -> settledOnWhatWasSaidLast(rows), PATIENCE);
        }
        String log = stream.end();
        assertThat(log, settledOnWhatWasSaidLast(rows(kafka, "answers")), is(true));
      }

      assertThat(
          "nothing else was tested", twice(rows(kafka, "answers-calls")), is(greaterThan(30L)));
      int asked = service.requests().size();
      Path backfill = folder.resolve("backfill");
      Command.done(
          "direct",
          List.of(
              "enrich",
              "--events=inquiries=" + kafka.uri("inquiries") + "?end=latest",
              "--events=recorded=" + kafka.uri("answers-calls") + "?end=latest",
              "--answers=files:" + backfill));
      assertThat(
          SettledAnswers.in(backfill.resolve("enriched")),
          is(SettledAnswers.of(rows(kafka, "answers"))));
      assertThat("a backfill asks nothing", service.requests().size(), is(asked));
    }
  }

  /** A quarter of the events, each about a key of its own. */
  private static void send(EmbeddedKafka kafka, int quarter) {
    kafka.produce(
        IntStream.range(quarter * QUARTER, (quarter + 1) * QUARTER)
            .mapToObj(
                i -> {
                  Instant at =
                      NINE.plusMillis(100L * i).plusNanos(1_000L * i); // to the microsecond
                  String row =
                      "{\"id\":\"%s\",\"at\":\"%s\",\"key\":\"%s\"}"
                          .formatted(event(i), at, key(i));
                  return EmbeddedKafka.record("inquiries", i % 2, at, null, row.getBytes(UTF_8));
                })
            .toList());
  }

  private static String event(int i) {
    return "E%03d".formatted(i);
  }

  private static String key(int i) {
    return "key-" + i;
  }

  /** How many of these events the rows are about. */
  private static long told(List<String> rows, int from, int until) {
    Map<String, String> bodies = bodies(rows);
    return IntStream.range(from, until).filter(i -> bodies.containsKey(event(i))).count();
  }

  /**
   * Whether the events of the second quarter were asked for again, and the settled rows of all
   * events have what was said last.
   */
  private boolean settledOnWhatWasSaidLast(List<String> rows) {
    long again =
        IntStream.range(QUARTER, 2 * QUARTER)
            .filter(i -> said.getOrDefault(key(i), new Said("", 0)).times > 1)
            .count();
    Map<String, String> last = new TreeMap<>();
    for (int i = 0; i < 4 * QUARTER; i++) {
      last.put(event(i), said.getOrDefault(key(i), new Said("none", 0)).body);
    }
    return again > 30 && bodies(rows).equals(last);
  }

  /** The settled bodies by event. */
  private static Map<String, String> bodies(List<String> rows) {
    try {
      Map<String, String> bodies = new TreeMap<>();
      for (String row : SettledAnswers.of(rows)) {
        JsonNode json = JSON.readTree(row);
        bodies.put(json.get("event").asText(), json.get("body").asText());
      }
      return bodies;
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many events have records that differ in what was said. */
  private static long twice(List<String> rows) throws JsonProcessingException {
    Map<String, List<String>> bodies = new TreeMap<>();
    for (String row : rows) {
      JsonNode json = JSON.readTree(row);
      bodies.merge(
          json.get("event").asText(),
          List.of(json.get("body").asText()),
          (some, more) -> Stream.concat(some.stream(), more.stream()).distinct().toList());
    }
    return bodies.values().stream().filter(several -> several.size() > 1).count();
  }

  private static List<String> rows(EmbeddedKafka kafka, String topic) {
    return kafka.readAll(topic).stream().map(row -> new String(row.value(), UTF_8)).toList();
  }

  private static List<String> with(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), Stream.of(more)).toList();
  }
}
