package dhara.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.SettledAnswers;
import dhara.testkit.flink.KeptCheckpoints;
import dhara.transforms.model.ModelRelease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A stream of payments on an embedded Flink, to which models are released: a good one, a bad one,
 * then, after it was killed and resumed, a worse one, a false one and another good one. Each
 * decision is by the model of its time, and the stream settles on the answers of a backfill.
 */
@Isolated("it starts processes, each of which takes both cores")
class ModelSwapTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Analysis<?> FRAUD = Analysis.all().get("fraud");

  /** After the bad release of the fifth day, and before the worse one of the seventh. */
  private static final Instant CUT = Instant.parse("2026-01-11T00:00:00Z");

  @TempDir private Path folder;

  @Test
  void eachDecisionIsByTheModelOfItsTimeThoughTheStreamIsKilledBetweenReleases() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      Replayed all =
          Replayed.of(
              kafka,
              folder,
              FRAUD,
              "all",
              7,
              900,
              List.of("--disorder=PT8S", "--duplicates=0.05", "--garbage=0.03"));
      Map<Input<?>, String> topics = Replayed.topics(FRAUD, "events");
      topics.values().forEach(topic -> kafka.createTopic(topic, 4));
      Path checkpoints = folder.resolve("checkpoints");
      List<String> arguments =
          Command.line(
              List.of(
                  "fraud",
                  "--answers=" + kafka.uri("answers"),
                  "--lateness=PT20S",
                  "--idleAfter=PT1S",
                  "--checkpoints=" + checkpoints,
                  "--checkpointingInterval=500"),
              Replayed.read(kafka, topics, ""));
      try (EmbeddedStream stream = EmbeddedStream.start(folder, arguments)) {
        copy(kafka, all, topics, at -> at.isBefore(CUT));
        stream.follow(kafka, "answers-refusals", rows -> !rows.isEmpty(), PATIENCE);
        stream.follow(kafka, "answers", rows -> !by("v1", rows).isEmpty(), PATIENCE);
        new KeptCheckpoints(checkpoints).awaitNext(PATIENCE);
      }
      try (EmbeddedStream stream =
          EmbeddedStream.start(
              folder, Command.line(arguments, List.of("--resume=" + checkpoints)))) {
        copy(kafka, all, topics, at -> !at.isBefore(CUT));
        new Settling(kafka, stream)
            .check(
                FRAUD,
                new Replayed(topics, all.archive(), all.truths()),
                "answers",
                List.of("--lateness=PT20S"));
        stream.end();
      }

      List<String> decisions = settled(kafka, "answers", all.newest());
      Map<String, Instant> releases = new HashMap<>();
      for (ModelRelease release : all.inputs().of("models", ModelRelease.class)) {
        releases.put(release.version(), release.at());
      }
      Map<String, Integer> counts = new TreeMap<>();
      for (String decision : decisions) {
        JsonNode row = JSON.readTree(decision);
        Instant at = Instant.parse(row.get("window_start").asText());
        String version =
            at.isBefore(releases.get("v1"))
                ? "null"
                : at.isBefore(releases.get("v5")) ? "v1" : "v5";
        assertThat(decision, row.get("model").asText(), is(version));
        counts.merge(version, 1, Integer::sum);
      }
      assertThat("all three were tested", counts.keySet(), is(Set.of("null", "v1", "v5")));
      assertThat(counts.toString(), counts.values(), everyItem(greaterThan(50)));
      Map<String, String> refusals = new TreeMap<>();
      for (String refusal : settled(kafka, "answers-refusals", all.newest())) {
        JsonNode row = JSON.readTree(refusal);
        refusals.put(row.get("version").asText(), row.get("reason").asText());
      }
      assertThat(refusals, is(Map.of("v2", "BELOW_FLOOR", "v3", "WORSE", "v4", "UNUSABLE")));

      Path backfill = folder.resolve("backfill");
      var unused =
          Command.done(
              "direct",
              Command.line(List.of("fraud", "--answers=files:" + backfill), all.archive().read()));
      List<String> backfilled = SettledAnswers.in(backfill.resolve("decisions"));
      assertThat(decisions.size(), is(backfilled.size()));
      assertThat(backfilled, everyItem(is(in(Set.copyOf(decisions)))));
      assertThat(
          SettledAnswers.in(backfill.resolve("vectors")),
          is(settled(kafka, "answers-vectors", all.newest())));
    }
  }

  private static List<String> by(String version, List<String> rows) {
    return rows.stream().filter(row -> row.contains("\"model\":\"" + version + '"')).toList();
  }

  /** The settled answers of a topic up to a time; what closes the replay is later. */
  private static List<String> settled(EmbeddedKafka kafka, String topic, Instant until)
      throws JsonProcessingException {
    List<String> rows =
        kafka.readAll(topic).stream().map(record -> new String(record.value(), UTF_8)).toList();
    return SettledAnswers.of(rows).stream()
        .filter(row -> !Instant.parse(json(row).get("window_start").asText()).isAfter(until))
        .toList();
  }

  private static JsonNode json(String row) {
    try {
      return JSON.readTree(row);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies the records of some times; garbage is with the earlier ones. */
  private static void copy(
      EmbeddedKafka kafka, Replayed from, Map<Input<?>, String> to, Predicate<Instant> times) {
    Map<Input<?>, String> sources = new LinkedHashMap<>(from.topics());
    sources.forEach(
        (input, topic) ->
            kafka.produce(
                kafka.readAll(topic).stream()
                    .filter(record -> times.test(at(record).orElse(Instant.EPOCH)))
                    .map(
                        record ->
                            EmbeddedKafka.record(
                                to.get(input),
                                record.partition(),
                                Instant.ofEpochMilli(record.timestamp()),
                                record.key(),
                                record.value()))
                    .toList()));
  }

  private static Optional<Instant> at(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.of(Instant.parse(JSON.readTree(record.value()).path("at").asText()));
    } catch (IOException | DateTimeParseException e) {
      return Optional.empty(); // garbage
    }
  }
}
