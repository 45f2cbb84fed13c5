package dhara.io;

import dhara.options.BadOption;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A topic and how to reach it: {@code kafka://broker1:9092,broker2:9092/topic} with client
 * properties. Secrets among the properties stay references until {@link #settings()}.
 *
 * @param brokers {@code host:port} pairs separated by commas
 * @param topic the topic's name
 * @param properties what the user set on the client, by Kafka's own names
 */
record KafkaAddress(String brokers, String topic, Map<String, String> properties)
    implements Serializable {

  private static final Pattern BROKER =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^\\s:/\\[\\]]+):(\\d{1,5})");
  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
  private static final String SHAPE = "kafka://broker1:9092,broker2:9092/topic";

  /**
   * Reads an endpoint.
   *
   * @param prefix what client properties begin with in the URI: {@code consumer.}
   * @param owned the properties that are not the user's to set, each with the reason
   * @throws BadOption where brokers or topic are malformed, or a property is refused
   */
  static KafkaAddress of(Endpoint endpoint, String prefix, Map<String, String> owned) {
    int slash = endpoint.path().lastIndexOf('/');
    if (slash <= 0 || slash == endpoint.path().length() - 1) {
      throw endpoint.bad("names no brokers and topic; write " + SHAPE);
    }
    String brokers = endpoint.path().substring(0, slash);
    String topic = endpoint.path().substring(slash + 1);
    for (String broker : brokers.split(",", -1)) {
      var match = BROKER.matcher(broker);
      if (!match.matches() || Integer.parseInt(match.group(2)) > 65_535) {
        throw endpoint.bad("'" + broker + "' is no HOST:PORT of a broker; write " + SHAPE);
      }
    }
    if (!TOPIC.matcher(topic).matches() || topic.equals(".") || topic.equals("..")) {
      throw endpoint.bad(
          "'"
              + topic
              + "' is no topic's name: letters, digits, '.', '_' and '-' make one; write "
              + SHAPE);
    }
    Map<String, String> properties = new TreeMap<>();
    endpoint
        .parameters()
        .forEach(
            (parameter, value) -> {
              if (parameter.startsWith(prefix)) {
                String name = parameter.substring(prefix.length());
                if (owned.containsKey(name)) {
                  throw endpoint.bad(parameter + " cannot be set: " + owned.get(name));
                }
                if (secret(name) && !SecretReference.is(value)) {
                  // The value is the secret: it must not be repeated on a screen or in a log.
                  throw new BadOption(
                      endpoint.option(),
                      parameter + "=…",
                      "is a secret; name it instead: " + parameter + "=env:NAME or file:/path");
                }
                properties.put(name, value);
              }
            });
    return new KafkaAddress(brokers, topic, properties);
  }

  private static boolean secret(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith("password")
        || lower.endsWith("sasl.jaas.config")
        || lower.equals("ssl.keystore.key");
  }

  /** The same brokers, another topic. */
  KafkaAddress withTopic(String other) {
    return new KafkaAddress(brokers, other, properties);
  }

  /** What dead letters call the source. */
  String source() {
    return "kafka://" + topic;
  }

  /** Client settings with the secrets read: never to be stored, printed or sent. */
  Map<String, Object> settings() {
    Map<String, Object> settings = new HashMap<>();
    properties.forEach((name, value) -> settings.put(name, SecretReference.resolve(value)));
    settings.put("bootstrap.servers", brokers);
    return settings;
  }
}
