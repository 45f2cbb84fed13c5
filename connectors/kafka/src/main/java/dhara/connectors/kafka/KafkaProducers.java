package dhara.connectors.kafka;

import dhara.connectors.Endpoint;
import dhara.connectors.kafka.access.KafkaLogin;
import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The producers with which Dhara writes to a topic: idempotent, waiting for all replicas, without
 * transactions.
 *
 * @param address the topic
 */
record KafkaProducers(KafkaAddress address) implements Serializable {

  /** The default delivery timeout of Kafka's producer. */
  private static final Duration DELIVERY = Duration.ofMinutes(2);

  private static final Set<String> PARAMETERS =
      Stream.concat(KafkaLogin.PARAMETERS.stream(), Stream.of("partitions", "producer.*"))
          .collect(Collectors.toUnmodifiableSet());

  /** The properties that the user may not set, each with the reason. */
  private static final Map<String, String> OWNED =
      Map.of(
          ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "the brokers are in the URI",
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, "the sink encodes what it writes",
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, "the sink encodes what it writes",
          ProducerConfig.ACKS_CONFIG, "what is written must last",
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "a retry must not write twice",
          ProducerConfig.TRANSACTIONAL_ID_CONFIG, "the sink writes without transactions");

  /**
   * Reads the endpoint of a sink.
   *
   * @throws dhara.options.BadOption if it is malformed or has unknown parameters
   */
  static KafkaProducers of(Endpoint endpoint) {
    return new KafkaProducers(KafkaAddress.of(endpoint.allow(PARAMETERS), "producer.", OWNED));
  }

  /** How long to wait for a silent producer: twice its own delivery timeout. */
  Duration patience() {
    String given = address.properties().get(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG);
    return (given == null ? DELIVERY : Duration.ofMillis(Long.parseLong(given))).multipliedBy(2);
  }

  /**
   * A new producer, with resolved secrets.
   *
   * @param limit the limit of the topic
   * @param fixed settings that override those of the user
   */
  KafkaProducer<byte[], byte[]> open(TopicLimit limit, Map<String, Object> fixed) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 10);
    settings.putAll(address.settings());
    settings.putAll(limit.settings(address));
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.putAll(fixed);
    return address.client(
        all -> new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer()),
        settings);
  }
}
