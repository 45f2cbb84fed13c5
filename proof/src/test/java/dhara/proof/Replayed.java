package dhara.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.GeneratedEvents;
import dhara.testkit.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The events of all inputs of an analysis, each in a topic of four partitions, with faults.
 *
 * @param topics by input
 * @param archive the same events in files, without faults
 * @param truths by input, the replay's truth about what it sent
 */
record Replayed(
    Map<Input<?>, String> topics, GeneratedEvents archive, Map<Input<?>, JsonNode> truths) {

  /**
   * Generates events in order, each once, to files, and replays them.
   *
   * @param name of the topic; if there are several inputs, theirs are {@code NAME-INPUT}
   */
  static Replayed of(
      EmbeddedKafka kafka,
      Path folder,
      Analysis<?> analysis,
      String name,
      long seed,
      int count,
      List<String> faults)
      throws IOException {
    Path own = Files.createDirectories(folder.resolve(name + "-archive"));
    GeneratedEvents archive = GeneratedEvents.clean(analysis, seed, count, own);
    Path truth = folder.resolve(name + ".truth");
    Map<Input<?>, String> topics = topics(analysis, name);
    List<String> replay =
        new ArrayList<>(List.of("replay", analysis.name(), "--seed=" + seed, "--truth=" + truth));
    if (faults.stream().noneMatch(fault -> fault.startsWith("--closing="))) {
      replay.add("--closing=P2D");
    }
    replay.addAll(archive.read());
    topics.forEach(
        (input, topic) ->
            replay.add("--to=" + input.name() + "=" + kafka.uri(topic) + "?partitions=4"));
    replay.addAll(faults);
    Command.done("direct", replay);
    return new Replayed(topics, archive, truths(analysis, truth));
  }

  /** The topics of an analysis' inputs. */
  static Map<Input<?>, String> topics(Analysis<?> analysis, String name) {
    Map<Input<?>, String> topics = new LinkedHashMap<>();
    for (Input<?> input : analysis.inputs()) {
      topics.put(input, analysis.inputs().size() == 1 ? name : name + "-" + input.name());
    }
    return topics;
  }

  private static Map<Input<?>, JsonNode> truths(Analysis<?> analysis, Path file)
      throws IOException {
    JsonNode sent = new ObjectMapper().readTree(file.toFile());
    Map<String, JsonNode> byName = new TreeMap<>();
    if (sent.has("inputs")) {
      sent.get("inputs").forEach(truth -> byName.put(truth.get("input").asText(), truth));
    } else {
      byName.put(sent.get("input").asText(), sent);
    }
    Map<Input<?>, JsonNode> truths = new LinkedHashMap<>();
    analysis.inputs().forEach(input -> truths.put(input, byName.get(input.name())));
    return truths;
  }

  /** The same records, copied to another topic. */
  Replayed in(String topic) {
    return new Replayed(Map.of(only(), topic), archive, truths);
  }

  /** The topic of an analysis with one input. */
  String topic() {
    return topics.get(only());
  }

  private Input<?> only() {
    if (topics.size() != 1) {
      throw new IllegalStateException("there are several inputs: " + topics);
    }
    return topics.keySet().iterator().next();
  }

  /**
   * The options of a run that reads all topics.
   *
   * @param parameters of each, such as {@code ?end=latest}
   */
  List<String> read(EmbeddedKafka kafka, String parameters) {
    return read(kafka, topics, parameters);
  }

  /** The same for topics that are still empty. */
  static List<String> read(EmbeddedKafka kafka, Map<Input<?>, String> topics, String parameters) {
    return topics.entrySet().stream()
        .map(e -> "--events=" + e.getKey().name() + "=" + kafka.uri(e.getValue()) + parameters)
        .toList();
  }

  /** Each event once, without the closing ones. */
  Inputs inputs() {
    return archive.inputs();
  }

  /** How many records were sent. */
  long records() {
    return truths.keySet().stream().mapToLong(this::records).sum();
  }

  /** How many records of an input were sent. */
  long records(Input<?> input) {
    return truths.get(input).get("records").asLong();
  }

  /** The number of closing records of an input. */
  int closing(Input<?> input) {
    return truths.get(input).get("closingIds").size();
  }

  /** The time of the newest event, without the closing ones. */
  Instant newest() {
    return truths.values().stream()
        .filter(truth -> !truth.get("newest").isNull())
        .map(truth -> Instant.parse(truth.get("newest").asText()))
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  /** The ids of the events of an input that were sent late. */
  Set<String> late(Input<?> input) {
    return ids(input, "lateIds");
  }

  /**
   * The ids of events that were held back for a shorter time, so that they may be late or not,
   * depending on their windows.
   */
  Set<String> heldBack(Input<?> input) {
    return ids(input, "heldBackIds");
  }

  private Set<String> ids(Input<?> input, String field) {
    Set<String> ids = new TreeSet<>();
    truths.get(input).get(field).forEach(id -> ids.add(id.asText()));
    return ids;
  }

  /** The number of dead letters of an input, by reason. */
  Map<String, Long> deadLetters(Input<?> input) {
    Map<String, Long> reasons = new TreeMap<>();
    truths
        .get(input)
        .get("deadLetters")
        .fields()
        .forEachRemaining(e -> reasons.put(e.getKey(), e.getValue().asLong()));
    return reasons;
  }
}
