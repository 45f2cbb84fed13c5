package dhara.tools.deploy;

import dhara.assembly.Outline;
import dhara.assembly.Sink;
import dhara.connectors.Endpoint;
import dhara.connectors.kafka.KafkaConnector;
import dhara.connectors.kafka.KafkaSink;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A shell script that creates the topics that a job writes, with the settings that the command
 * would give them, and with copies. It needs only the tools of Kafka.
 */
final class TopicCommands {

  private static final String KAFKA = "kafka";
  private static final String NEXT = " \\\n  ";

  private static final String SCRIPT =
      """
      #!/bin/sh
      # Creates the topics that the job writes, where they are not there. Topics of answers and of the ledger are
      # compacted: the newest row of each key stays. KAFKA_TOPICS names the command if it is not on the path, and its
      # login: KAFKA_TOPICS="kafka-topics.sh --command-config client.properties"
      set -eu
      create() {
        ${KAFKA_TOPICS:-kafka-topics.sh} --create --if-not-exists "$@"
      }
      """;

  private TopicCommands() {}

  /** The script; empty if the job writes no topic. */
  static String of(Outline outline, DeployOptions options) {
    String creations =
        outline.written().stream()
            .filter(sink -> sink.endpoint().scheme().equals(KAFKA))
            .map(sink -> creation(sink, outline, options))
            .collect(Collectors.joining());
    return creations.isEmpty() ? "" : SCRIPT + creations;
  }

  private static String creation(Sink<?> sink, Outline outline, DeployOptions options) {
    KafkaSink topic = KafkaConnector.topic(sink.endpoint(), sink.rows(), outline.run());
    int replicas = options.getTopicReplicas();
    Map<String, String> settings = new TreeMap<>(topic.configuration());
    // One copy may be out of reach while the others still take records.
    settings.put("min.insync.replicas", String.valueOf(Math.max(1, replicas - 1)));
    return "\n# "
        + sink.name()
        + "\ncreate --bootstrap-server "
        + quoted(topic.brokers())
        + " --topic "
        + topic.topic()
        + NEXT
        + "--partitions "
        + partitions(sink.endpoint(), options)
        + " --replication-factor "
        + replicas
        + NEXT
        + settings.entrySet().stream()
            .map(setting -> "--config " + setting.getKey() + "=" + setting.getValue())
            .collect(Collectors.joining(" "))
        + "\n";
  }

  private static String partitions(Endpoint answers, DeployOptions options) {
    Integer asked = options.getTopicPartitions();
    return answers.parameter(
        "partitions", String.valueOf(asked == null ? options.getWorkers() : asked));
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
