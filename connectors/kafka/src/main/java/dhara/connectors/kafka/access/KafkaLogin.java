package dhara.connectors.kafka.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.connectors.Endpoint;
import dhara.options.SecretReference;
import java.io.ByteArrayInputStream;
import java.io.Serializable;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Who a Kafka client is, and whom it trusts. A URI says it with the same parameters for reading and
 * for writing:
 *
 * <ul>
 *   <li>{@code user=}, {@code password=}: a name, and a reference to its password
 *   <li>{@code mechanism=}: {@code SCRAM-SHA-512} (the default), {@code SCRAM-SHA-256} or {@code
 *       PLAIN}
 *   <li>{@code tls=}: yes or no; yes if any other of these is given
 *   <li>{@code ca=}: a reference to the certificates that the brokers' is checked against, in PEM;
 *       without it, those that Java trusts
 *   <li>{@code certificate=}, {@code key=}, {@code keyPassword=}: references to the certificate and
 *       the private key (PKCS #8) of this client, in PEM, for brokers that ask for them
 * </ul>
 *
 * <p>Everything but the name stays a reference until a client is made.
 *
 * @param user null for none; may be a reference
 * @param tls false also if nothing was said
 */
public record KafkaLogin(
    @Nullable String user,
    @Nullable String password,
    String mechanism,
    boolean tls,
    @Nullable String ca,
    @Nullable String certificate,
    @Nullable String key,
    @Nullable String keyPassword)
    implements Serializable {

  /** The parameters of a URI. */
  public static final Set<String> PARAMETERS =
      Set.of("user", "password", "mechanism", "tls", "ca", "certificate", "key", "keyPassword");

  private static final String SCRAM = "SCRAM-SHA-512";
  private static final String PLAIN = "PLAIN";
  private static final List<String> MECHANISMS = List.of(SCRAM, "SCRAM-SHA-256", PLAIN);
  private static final List<String> REFERENCES =
      List.of("password", "ca", "certificate", "key", "keyPassword");

  /** Says nothing, so that the client's own properties say everything. */
  public static final KafkaLogin NONE =
      new KafkaLogin(null, null, SCRAM, false, null, null, null, null);

  /**
   * Reads the parameters of an endpoint; others are ignored.
   *
   * @throws dhara.options.BadOption if they contradict each other, or hold a secret itself
   */
  public static KafkaLogin of(Endpoint endpoint) {
    Map<String, String> given = endpoint.parameters();
    for (String name : REFERENCES) {
      String value = given.get(name);
      if (value != null && !SecretReference.is(value)) {
        throw endpoint.bad(name + " takes a reference: " + name + "=env:NAME or file:/path");
      }
    }
    pair(endpoint, "user", "password");
    pair(endpoint, "certificate", "key");
    if (given.containsKey("keyPassword") && !given.containsKey("key")) {
      throw endpoint.bad("has a keyPassword without a key; add certificate= and key=");
    }
    String mechanism = given.get("mechanism");
    if (mechanism != null && !MECHANISMS.contains(mechanism)) {
      throw endpoint.bad(
          "mechanism=%s is not known; it is %s"
              .formatted(mechanism, String.join(", ", MECHANISMS)));
    }
    if (mechanism != null && !given.containsKey("user")) {
      throw endpoint.bad("has a mechanism without a login; add user=NAME&password=env:NAME");
    }
    return new KafkaLogin(
        given.get("user"),
        given.get("password"),
        mechanism == null ? SCRAM : mechanism,
        tls(endpoint),
        given.get("ca"),
        given.get("certificate"),
        given.get("key"),
        given.get("keyPassword"));
  }

  private static void pair(Endpoint endpoint, String one, String other) {
    boolean has = endpoint.parameters().containsKey(one);
    if (has != endpoint.parameters().containsKey(other)) {
      throw endpoint.bad(
          "has %s= without %s=; they belong together"
              .formatted(has ? one : other, has ? other : one));
    }
  }

  private static boolean tls(Endpoint endpoint) {
    Map<String, String> given = endpoint.parameters();
    String tls = given.get("tls");
    if (tls == null) {
      return PARAMETERS.stream().anyMatch(given::containsKey);
    }
    if (!tls.equals("yes") && !tls.equals("no")) {
      throw endpoint.bad("tls is yes or no");
    }
    if (tls.equals("no") && PLAIN.equals(given.get("mechanism"))) {
      throw endpoint.bad("mechanism=PLAIN sends the password itself, so it needs TLS; drop tls=no");
    }
    if (tls.equals("no") && (given.containsKey("ca") || given.containsKey("certificate"))) {
      throw endpoint.bad("has certificates and tls=no; leave one of them out");
    }
    return tls.equals("yes");
  }

  /** The properties of the client that this sets, by Kafka's names. */
  public Set<String> sets() {
    return new TreeSet<>(described().keySet());
  }

  /** The properties, with references in place of secrets, and without the login itself. */
  private Map<String, String> described() {
    Map<String, String> all = new TreeMap<>();
    if (user != null) {
      all.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, tls ? "SASL_SSL" : "SASL_PLAINTEXT");
      all.put(SaslConfigs.SASL_MECHANISM, mechanism);
      all.put(SaslConfigs.SASL_JAAS_CONFIG, "");
    } else if (tls) {
      all.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "SSL");
    }
    if (ca != null) {
      all.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
      all.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, ca);
    }
    if (certificate != null) {
      all.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
      all.put(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, certificate);
      all.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, Objects.requireNonNull(key));
    }
    if (keyPassword != null) {
      all.put(SslConfigs.SSL_KEY_PASSWORD_CONFIG, keyPassword);
    }
    return all;
  }

  /**
   * The properties of the client, with resolved secrets: never store, print or send them.
   *
   * @throws SecretReference.Missing if one is missing on this machine
   * @throws ConfigException if one is not what it should be; the message does not repeat it
   */
  public Map<String, Object> settings() {
    Map<String, Object> settings = new HashMap<>();
    described().forEach((name, value) -> settings.put(name, SecretReference.resolve(value)));
    pem("ca", ca, "CERTIFICATE-----");
    pem("certificate", certificate, "CERTIFICATE-----");
    pem("key", key, "PRIVATE KEY-----");
    if (user != null) {
      settings.put(SaslConfigs.SASL_JAAS_CONFIG, jaas());
    }
    return settings;
  }

  /** Kafka's own failure for this would not say which of them is wrong. */
  private static void pem(String parameter, @Nullable String reference, String holds) {
    if (reference != null && !SecretReference.resolve(reference).contains(holds)) {
      throw new ConfigException(
          parameter + "=" + reference + " holds no PEM text with -----BEGIN … " + holds);
    }
  }

  private String jaas() {
    String module =
        mechanism.equals(PLAIN)
            ? "org.apache.kafka.common.security.plain.PlainLoginModule"
            : "org.apache.kafka.common.security.scram.ScramLoginModule";
    String secret = SecretReference.resolve(Objects.requireNonNull(password));
    if (secret.isEmpty()) {
      throw new ConfigException("password=" + password + " holds nothing");
    }
    return "%s required username=\"%s\" password=\"%s\";"
        .formatted(module, quoted(SecretReference.resolve(user)), quoted(secret));
  }

  /** Kafka reads a JAAS configuration with Java's StreamTokenizer, which knows these escapes. */
  private static String quoted(String text) {
    return text.replace("\\", "\\\\")
        .replace("\"", "\\\"")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  /** The resolved secrets, to be taken out of messages. */
  public List<String> secrets() {
    return Stream.of(password, key, keyPassword)
        .filter(Objects::nonNull)
        .map(SecretReference::resolve)
        .toList();
  }

  /** Who it is, for a message. */
  String who() {
    if (user != null) {
      return "user '" + user + "'";
    }
    return certificate == null ? "this client" : "the owner of " + certificate;
  }

  /** The principal that an ACL names; {@code User:NAME} if only the broker knows. */
  String principal() {
    if (user != null) {
      return "User:" + SecretReference.resolve(user);
    }
    if (certificate == null) {
      return "User:NAME";
    }
    try {
      X509Certificate owner =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(
                      new ByteArrayInputStream(
                          SecretReference.resolve(certificate).getBytes(UTF_8)));
      return "User:" + owner.getSubjectX500Principal().getName();
    } catch (CertificateException e) {
      return "User:NAME"; // the text around a certificate, for example, which only Kafka skips
    }
  }
}
