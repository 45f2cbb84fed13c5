package dhara.connectors.kafka;

import dhara.connectors.Endpoint;
import dhara.connectors.kafka.access.AccessFault;
import dhara.connectors.kafka.access.KafkaLogin;
import dhara.connectors.kafka.access.SpokenSecrets;
import dhara.options.Nearest;
import dhara.options.SecretReference;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A topic and how to reach it: {@code kafka://broker1:9092,broker2:9092/topic} with a login and
 * client properties. Secrets stay references until {@link #settings()}. Every client of a topic
 * takes its settings from here.
 *
 * @param brokers {@code host:port} pairs separated by commas
 * @param topic the topic's name
 * @param login what the user said of it
 * @param properties what the user set on the client, by Kafka's own names
 */
record KafkaAddress(
    String brokers, String topic, @Nullable KafkaLogin login, Map<String, String> properties)
    implements Serializable {

  /** A savepoint of a stream that was started before there were logins holds null for it. */
  KafkaAddress {
    login = login == null ? KafkaLogin.NONE : login;
  }

  private static final Pattern BROKER =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^\\s:/\\[\\]]+):(\\d{1,5})");
  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
  private static final String SHAPE = "kafka://broker1:9092,broker2:9092/topic";

  /**
   * Reads an endpoint.
   *
   * @param prefix the prefix of client properties in the URI: {@code consumer.}
   * @param owned the properties that the user may not set, each with the reason
   * @throws dhara.options.BadOption if brokers or topic are malformed, or a property is refused
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
        // The text in place of a port may be a password.
        String host = broker.replaceFirst(":(?!\\d*$).*", ":…");
        throw endpoint.bad("'" + host + "' is no HOST:PORT of a broker; write " + SHAPE);
      }
    }
    if (!TOPIC.matcher(topic).matches() || topic.equals(".") || topic.equals("..")) {
      throw endpoint.bad(
          "'"
              + topic
              + "' is no topic's name: letters, digits, '.', '_' and '-' make one; write "
              + SHAPE);
    }
    KafkaLogin login = KafkaLogin.of(endpoint);
    Set<String> said = login.sets();
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
                if (said.contains(name)) {
                  throw endpoint.bad(
                      parameter
                          + " says what user=, tls=, ca= or certificate= say too; leave one out");
                }
                properties.put(name, value);
              }
            });
    return new KafkaAddress(brokers, topic, login, properties);
  }

  /**
   * A line for each property that Kafka does not know: a typing error, or the property of a
   * plug-in.
   *
   * @param prefix of client properties in the URI
   * @param known the properties that Kafka knows
   */
  List<String> unknown(String prefix, Set<String> known) {
    return properties.keySet().stream()
        .filter(name -> !known.contains(name))
        .map(
            name ->
                source()
                    + ": Kafka knows no property "
                    + prefix
                    + name
                    + "."
                    + Nearest.question(
                        prefix + name, known.stream().map(each -> prefix + each).toList()))
        .toList();
  }

  /** The brokers, in lower case, without order. */
  Set<String> brokerSet() {
    return new TreeSet<>(List.of(brokers.toLowerCase(Locale.ROOT).split(",", -1)));
  }

  /** The same brokers, another topic. */
  KafkaAddress withTopic(String other) {
    return new KafkaAddress(brokers, other, login, properties);
  }

  /** The name of the source in dead letters. */
  String source() {
    return "kafka://" + topic;
  }

  /** Client settings with resolved secrets: never store, print or send them. */
  Map<String, Object> settings() {
    Map<String, Object> settings = new HashMap<>();
    properties.forEach((name, value) -> settings.put(name, SecretReference.resolve(value)));
    settings.putAll(login.settings());
    settings.put("bootstrap.servers", brokers);
    return settings;
  }

  /**
   * Creates a client. Kafka's clients quote values that they cannot parse, even secrets, so secrets
   * are removed from their failures.
   */
  <C> C client(Function<Map<String, Object>, C> maker, Map<String, Object> settings) {
    try {
      return maker.apply(settings);
    } catch (KafkaException e) {
      throw withoutSecrets(e);
    }
  }

  /** The same failure without the secrets that this address names. */
  KafkaException withoutSecrets(KafkaException failure) {
    return new SpokenSecrets(
            Stream.concat(
                    login.secrets().stream(),
                    properties.values().stream()
                        .filter(SecretReference::is)
                        .map(SecretReference::resolve))
                .toList())
        .takenFrom(failure);
  }

  /** Whether the clients speak TLS. */
  boolean tls() {
    String protocol =
        properties.getOrDefault(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "PLAINTEXT");
    return login.tls()
        || SecretReference.resolve(protocol).toUpperCase(Locale.ROOT).endsWith("SSL");
  }

  /**
   * What a refusal by the brokers means, in one line; empty if the failure is about something else.
   *
   * @param wanted what was to be done with the topic
   */
  Optional<String> fault(Throwable failure, AclOperation wanted) {
    return new AccessFault(login, brokers).of(failure, topic, wanted);
  }

  /** The line for a right to this topic that the login does not have. */
  String missing(AclOperation wanted) {
    return new AccessFault(login, brokers).missing(topic, wanted);
  }
}
