package dhara.connectors.kafka;

import dhara.connectors.Endpoint;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/** A position in every partition of a topic, as given by {@code start=} and {@code end=}. */
sealed interface KafkaOffsets extends Serializable {

  /** Before the oldest record that still exists. */
  record Earliest() implements KafkaOffsets {}

  /** After the newest record; with read_committed, after the newest committed one. */
  record Latest() implements KafkaOffsets {}

  /**
   * Before the first record whose timestamp is at or after an instant; after the newest if there is
   * none.
   */
  record At(Instant instant) implements KafkaOffsets {}

  /** These offsets of these partitions; the other partitions are not read. */
  record Listed(Map<Integer, Long> offsets) implements KafkaOffsets {}

  /**
   * Reads a parameter.
   *
   * @throws dhara.options.BadOption if it is none of the four
   */
  static KafkaOffsets of(Endpoint endpoint, String parameter, String value) {
    if (value.equals("earliest") && parameter.equals("start")) {
      return new Earliest();
    }
    if (value.equals("latest")) {
      return new Latest();
    }
    if (value.matches("\\d{1,9}:\\d{1,18}(,\\d{1,9}:\\d{1,18})*")) {
      TreeMap<Integer, Long> offsets = new TreeMap<>();
      for (String pair : value.split(",", -1)) {
        int colon = pair.indexOf(':');
        int partition = Integer.parseInt(pair.substring(0, colon));
        if (offsets.put(partition, Long.parseLong(pair.substring(colon + 1))) != null) {
          throw endpoint.bad(parameter + "=" + value + " names partition " + partition + " twice");
        }
      }
      return new Listed(offsets);
    }
    try {
      return new At(Instant.parse(value));
    } catch (DateTimeException e) {
      throw endpoint.bad(
          parameter
              + "="
              + value
              + " is no place in a topic; write "
              + (parameter.equals("start") ? "earliest, " : "")
              + "latest, an instant as 2026-10-01T00:00:00Z, or offsets as 0:1200,1:1180",
          e);
    }
  }

  /** The current offsets of this position. The consumer's isolation decides what is newest. */
  default Map<TopicPartition, Long> resolve(
      Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions, Duration patience) {
    if (this instanceof Earliest) {
      return consumer.beginningOffsets(partitions, patience);
    }
    if (this instanceof Latest) {
      return consumer.endOffsets(partitions, patience);
    }
    if (this instanceof At at) {
      Map<TopicPartition, Long> offsets = new HashMap<>(consumer.endOffsets(partitions, patience));
      Map<TopicPartition, Long> instants = new HashMap<>();
      partitions.forEach(partition -> instants.put(partition, at.instant().toEpochMilli()));
      for (var found : consumer.offsetsForTimes(instants, patience).entrySet()) {
        OffsetAndTimestamp first = found.getValue();
        if (first != null) {
          offsets.merge(found.getKey(), first.offset(), Math::min);
        }
      }
      return offsets;
    }
    Map<TopicPartition, Long> offsets = new HashMap<>();
    Map<Integer, Long> listed = ((Listed) this).offsets();
    partitions.forEach(
        partition -> offsets.put(partition, listed.getOrDefault(partition.partition(), 0L)));
    return offsets;
  }
}
