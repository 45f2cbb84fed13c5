package dhara.serving;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.testkit.EmbeddedKafka;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Writes answers of {@code order-metrics} to a topic as a stream does. */
final class AnswerTopic {

  static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

  private final EmbeddedKafka kafka;
  private final String topic;
  private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();

  AnswerTopic(EmbeddedKafka kafka, String topic, int partitions) {
    this.kafka = kafka;
    this.topic = topic;
    kafka.createTopic(topic, partitions, Map.of("cleanup.policy", "compact"));
  }

  AnswerTopic(EmbeddedKafka kafka, String topic) {
    this.kafka = kafka;
    this.topic = topic;
  }

  private static String key(String name, int minute) {
    return "{\"dimension\":\"category\",\"name\":\"%s\",\"window_start\":\"%s\",\"window_end\":\"%s\"}"
        .formatted(name, at(minute), at(minute + 1));
  }

  static Instant at(int minute) {
    return NINE.plus(Duration.ofMinutes(minute));
  }

  AnswerTopic answer(String name, int minute, long revision, long orders) {
    String key = key(name, minute);
    String value =
        key.substring(0, key.length() - 1)
            + (",\"revision\":%d,\"orders\":%d,\"buyers\":1,\"gmv_minor\":%d,\"average_order_minor\":100,"
                    + "\"items\":1,\"cancellations\":0,\"cancelled_minor\":0,\"last_order_at\":null}")
                .formatted(revision, orders, orders * 100);
    records.add(new ProducerRecord<>(topic, key.getBytes(UTF_8), value.getBytes(UTF_8)));
    return this;
  }

  AnswerTopic withdrawal(String name, int minute, long revision) {
    var record = new ProducerRecord<byte[], byte[]>(topic, key(name, minute).getBytes(UTF_8), null);
    record.headers().add("revision", Long.toString(revision).getBytes(UTF_8));
    records.add(record);
    return this;
  }

  AnswerTopic garbage(String text) {
    records.add(new ProducerRecord<>(topic, "x".getBytes(UTF_8), text.getBytes(UTF_8)));
    return this;
  }

  void write() {
    kafka.produce(records);
    records.clear();
  }
}
