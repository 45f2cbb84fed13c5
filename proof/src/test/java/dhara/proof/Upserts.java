package dhara.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.testkit.EmbeddedKafka;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The answers of a topic as two readers see them: one keeps the last record of a key, as Kafka's
 * compaction does, the other the highest revision.
 *
 * @param answers of each key, in the order in which they were written
 */
record Upserts(Map<String, List<JsonNode>> answers) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** All that a topic holds. */
  static Upserts in(EmbeddedKafka kafka, String topic) throws IOException {
    Map<String, List<JsonNode>> answers = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.readAll(topic)) {
      answers
          .computeIfAbsent(new String(record.key(), UTF_8), key -> new ArrayList<>())
          .add(row(record));
    }
    return new Upserts(answers);
  }

  /** A row; of a tombstone its key, with the revision that its header has. */
  private static JsonNode row(ConsumerRecord<byte[], byte[]> record) throws IOException {
    if (record.value() != null) {
      return JSON.readTree(record.value());
    }
    String revision = new String(record.headers().lastHeader("revision").value(), UTF_8);
    return ((ObjectNode) JSON.readTree(record.key())).put("revision", Long.parseLong(revision));
  }

  /**
   * The keys whose answer depends on who reads: the last is not the one of the highest revision, or
   * that one is not alone.
   *
   * @param newest windows that begin later do not count
   */
  List<String> unclear(Instant newest) {
    List<String> unclear = new ArrayList<>();
    answers.forEach(
        (key, rows) -> {
          JsonNode last = rows.get(rows.size() - 1);
          long highest = rows.stream().mapToLong(Upserts::revision).max().getAsLong();
          boolean clear =
              rows.stream().filter(row -> revision(row) == highest).allMatch(last::equals);
          if (!clear && !Instant.parse(last.get("window_start").asText()).isAfter(newest)) {
            unclear.add(key + ": " + rows);
          }
        });
    return unclear;
  }

  /** The revisions of each key, in the order in which they were written. */
  Map<String, List<Long>> revisions() {
    Map<String, List<Long>> revisions = new TreeMap<>();
    answers.forEach(
        (key, rows) -> revisions.put(key, rows.stream().map(Upserts::revision).toList()));
    return revisions;
  }

  private static long revision(JsonNode row) {
    return row.get("revision").asLong();
  }
}
