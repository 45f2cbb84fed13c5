package dhara.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Inputs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * An analysis' events in a topic of four partitions, with faults.
 *
 * @param events each event once, without the closing ones
 * @param truth what the replay says that it sent
 */
record Replayed(String topic, Path archive, List<? extends Record> events, JsonNode truth) {

  /** Generates events in order, each once, to a file, and replays it. */
  static Replayed of(
      EmbeddedKafka kafka,
      Path folder,
      Analysis<?> analysis,
      String topic,
      long seed,
      int count,
      List<String> faults)
      throws IOException {
    Path archive = folder.resolve(topic + ".jsonl");
    Path truth = folder.resolve(topic + ".truth");
    Command.done(
        "direct",
        List.of(
            "generate",
            analysis.name(),
            "--count=" + count,
            "--seed=" + seed,
            "--disorder=PT0S",
            "--duplicates=0",
            "--garbage=0",
            "--out=" + archive));
    List<String> replay =
        new ArrayList<>(
            List.of(
                "replay",
                analysis.name(),
                "--events=" + archive,
                "--to=" + kafka.uri(topic) + "?partitions=4",
                "--seed=" + seed,
                "--closing=P2D",
                "--truth=" + truth));
    replay.addAll(faults);
    Command.done("direct", replay);
    return new Replayed(
        topic,
        archive,
        Inputs.of(analysis, seed, count).of(analysis.inputs().get(0)),
        new ObjectMapper().readTree(truth.toFile()));
  }

  /** How many records were sent. */
  long records() {
    return truth.get("records").asLong();
  }

  /** How many of them close the windows of all others. */
  int closing() {
    return truth.get("closingIds").size();
  }

  /** When the newest event happened; the closing ones are later. */
  Instant newest() {
    return Instant.parse(truth.get("newest").asText());
  }

  /** The ids of the events that were sent late. */
  Set<String> late() {
    return ids("lateIds");
  }

  /** The ids of events that were held back, but for less: late or not, as windows have it. */
  Set<String> heldBack() {
    return ids("heldBackIds");
  }

  private Set<String> ids(String field) {
    Set<String> ids = new TreeSet<>();
    truth.get(field).forEach(id -> ids.add(id.asText()));
    return ids;
  }

  /** How many records are no events, by reason. */
  Map<String, Long> deadLetters() {
    Map<String, Long> reasons = new TreeMap<>();
    truth
        .get("deadLetters")
        .fields()
        .forEachRemaining(e -> reasons.put(e.getKey(), e.getValue().asLong()));
    return reasons;
  }
}
