package dhara.connectors.kafka.access;

import java.util.Optional;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/**
 * What a broker's refusal means, and what mends it, in one line: a wrong login, a certificate that
 * one of the two does not trust, or a right that is missing.
 *
 * @param login who was refused
 * @param brokers as the URI names them, for the command that grants a right
 */
public record AccessFault(KafkaLogin login, String brokers) {

  /**
   * The line; empty if the failure is about something else.
   *
   * @param topic to which it happened
   * @param wanted what was to be done with it
   */
  public Optional<String> of(Throwable failure, String topic, AclOperation wanted) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof TopicAuthorizationException refused) {
        return Optional.of(
            missing(refused.unauthorizedTopics().stream().findFirst().orElse(topic), wanted));
      } else if (t instanceof AuthorizationException) {
        return Optional.of(login.who() + " lacks a right: " + line(t));
      } else if (t instanceof SslAuthenticationException) {
        return Optional.of(tls(root(t)));
      } else if (t instanceof AuthenticationException) {
        return Optional.of(login(t));
      }
    }
    return Optional.empty();
  }

  /** The line for a right that a login does not have. */
  public String missing(String topic, AclOperation wanted) {
    return "%s may not %s the topic %s; grant it: kafka-acls --bootstrap-server %s --add --allow-principal %s --operation %s --topic %s"
        .formatted(
            login.who(),
            switch (wanted) {
              case READ -> "read";
              case WRITE -> "write to";
              case CREATE -> "create";
              default -> "see";
            },
            topic,
            brokers,
            shell(login.principal()),
            switch (wanted) {
              case READ -> "Read";
              case WRITE -> "Write";
              case CREATE -> "Create";
              default -> "Describe";
            },
            topic);
  }

  private String login(Throwable refused) {
    return login.user() == null
        ? "the brokers want a login ("
            + line(refused)
            + "); add user=NAME&password=env:NAME, or check the sasl. properties"
        : "the brokers refuse the login of %s with %s (%s); check user=, mechanism=, and what password=%s holds"
            .formatted(login.who(), login.mechanism(), line(refused), login.password());
  }

  private String tls(Throwable root) {
    String said = line(root);
    if (said.contains("certification path") || said.contains("trustAnchors")) {
      return "the broker's certificate is signed by none that this client trusts; "
          + (login.ca() == null
              ? "name its authority's with ca=file:/path/ca.pem"
              : "check that " + login.ca() + " holds its authority's");
    } else if (said.contains("subject alternative") || said.contains("No name matching")) {
      return "the broker's certificate is for another host ("
          + said
          + "); name the broker as the certificate does";
    } else if (said.contains("fatal alert: ")
        && (said.contains("certificate") || said.contains("unknown_ca"))) {
      return "the broker refuses this client's certificate ("
          + said
          + "); "
          + (login.certificate() == null
              ? "add certificate=file:/path/client.pem&key=file:/path/client.key"
              : "check that it trusts the authority of " + login.certificate());
    }
    return "TLS fails: " + root.getClass().getSimpleName() + ": " + said;
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static String line(Throwable failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  private static String shell(String word) {
    return word.matches("[A-Za-z0-9:._=,@/-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
