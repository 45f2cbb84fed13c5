package dhara.connectors.kafka;

import dhara.connectors.Endpoint;
import dhara.options.Nearest;
import dhara.options.SecretReference;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;

/** Queries brokers before a run, so that a wrong setup fails at once with a one-line error. */
final class KafkaQuestions {

  /** How long brokers that are there may take to answer a query. A busy one takes its time. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How long brokers may take to accept a connection before they count as unreachable. */
  private static final Duration KNOCKING = Duration.ofSeconds(10);

  private static final int NEAREST = 3;

  private static final int ANSWER_MILLIS = 1_000;

  /** The content type of an alert, the first byte of its record (RFC 8446, 5.1). */
  private static final int TLS_ALERT = 21;

  /** Kafka's answer begins with its length, which is below 16 MB. */
  private static final int LENGTH = 0;

  /**
   * Kafka's request 18, ApiVersions, in version 0, which every broker answers without a login: its
   * length, key, version, a correlation id, and no name of the client.
   */
  private static final byte[] API_VERSIONS = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 0, -1, -1};

  private KafkaQuestions() {}

  /**
   * Runs a query, which opens and closes its own client.
   *
   * @param wanted what the run will do with the topic, for the error if it may not
   * @throws dhara.options.BadOption if no broker can be reached, none answers, or they refuse the
   *     login or the query
   */
  static <A> A ask(
      Endpoint endpoint, KafkaAddress address, AclOperation wanted, Supplier<A> question) {
    // A Kafka client that cannot connect retries and logs without end, so try a plain connection
    // first.
    try {
      knock(endpoint, address);
      return question.get();
    } catch (InterruptException e) {
      throw e;
    } catch (SecretReference.Missing e) {
      throw endpoint.bad(String.valueOf(e.getMessage()), e);
    } catch (ConfigException failed) {
      KafkaException e = address.withoutSecrets(failed);
      throw endpoint.bad(rootOf(e), e);
    } catch (KafkaException failed) {
      KafkaException e = address.withoutSecrets(failed);
      Optional<String> fault = address.fault(failed, wanted);
      if (fault.isPresent()) {
        throw endpoint.bad(fault.get(), e);
      }
      throw endpoint.bad(
          "the brokers do not answer as expected within "
              + PATIENCE.toSeconds()
              + " s ("
              + rootOf(e)
              + "); check their advertised listeners, and whether this port wants TLS (tls=yes) or"
              + " a login (user=NAME&password=env:NAME)",
          e);
    }
  }

  private static void knock(Endpoint endpoint, KafkaAddress address) {
    String[] brokers = address.brokers().split(",", -1);
    IOException refusal = null;
    for (String broker : brokers) {
      int colon = broker.lastIndexOf(':');
      String host = broker.substring(0, colon).replaceAll("[\\[\\]]", "");
      InetSocketAddress door =
          new InetSocketAddress(host, Integer.parseInt(broker.substring(colon + 1)));
      try (Socket socket = new Socket()) {
        socket.connect(door, (int) KNOCKING.toMillis() / brokers.length);
        int answer = firstByte(socket);
        if (answer == TLS_ALERT && !address.tls()) {
          throw endpoint.bad(
              "the broker speaks TLS at "
                  + broker
                  + "; add tls=yes, or ca=file:/path/ca.pem if an authority of your own signed its"
                  + " certificate");
        } else if (answer == LENGTH && address.tls()) {
          throw endpoint.bad(
              "the broker speaks no TLS at " + broker + "; name the port that does, or say tls=no");
        }
        return;
      } catch (IOException e) {
        refusal = e;
      }
    }
    throw endpoint.bad(
        "no broker can be reached at "
            + address.brokers()
            + "; check host and port, and that the broker runs",
        refusal);
  }

  /**
   * The first byte of the answer to a request without TLS, which tells whether a broker speaks TLS;
   * negative if none comes. A Kafka client without TLS would take an alert of TLS for the length of
   * an answer, and allocate 352 MB for it again and again; one with TLS would connect again and
   * again.
   */
  private static int firstByte(Socket socket) {
    try {
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.getOutputStream().write(API_VERSIONS);
      return socket.getInputStream().read();
    } catch (IOException e) {
      return -1; // whatever is wrong, the client finds it too
    }
  }

  /** The error for a missing topic, with the nearest existing names. */
  static String absent(String topic, Collection<String> topics) {
    List<String> nearest =
        topics.stream()
            .filter(other -> !other.startsWith("__"))
            .sorted(
                Comparator.<String>comparingInt(other -> Nearest.distance(topic, other))
                    .thenComparing(Comparator.naturalOrder()))
            .limit(NEAREST)
            .toList();
    return "there is no topic '"
        + topic
        + "' on the broker; "
        + (nearest.isEmpty()
            ? "it has none that you may see"
            : "the nearest are " + String.join(", ", nearest));
  }

  private static String rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null
        ? root.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
