package dhara.connectors.kafka.access;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Endpoint;
import dhara.connectors.kafka.KafkaSink;
import dhara.options.BadOption;
import dhara.options.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaLoginTest {

  private static final String CERTIFICATE =
      "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
  private static final String KEY = "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----";

  @TempDir private Path folder;

  @Test
  void withoutParametersNothingIsSet() {
    assertThat(login(""), is(KafkaLogin.NONE));
    assertThat(KafkaLogin.NONE.settings(), is(Map.of()));
    assertThat(login("tls=no").settings(), is(Map.of()));
  }

  @Test
  void aUserLogsInByScramOverTlsUnlessTheUriSaysOtherwise() throws IOException {
    String password = "password=" + secret("word", "tiger\n");

    assertThat(
        login("user=shop&" + password).settings(),
        is(
            Map.of(
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required"
                    + " username=\"shop\" password=\"tiger\";")));
    assertThat(
        login("mechanism=SCRAM-SHA-256&tls=no&user=shop&" + password).settings(),
        is(
            Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "SCRAM-SHA-256",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required"
                    + " username=\"shop\" password=\"tiger\";")));
    assertThat(
        login("mechanism=PLAIN&user=shop&" + password).settings().get("sasl.jaas.config"),
        is(
            "org.apache.kafka.common.security.plain.PlainLoginModule required"
                + " username=\"shop\" password=\"tiger\";"));
  }

  @Test
  void certificatesAndKeysAreReadFromPem() throws IOException {
    String parameters =
        "ca=%s&certificate=%s&key=%s&keyPassword=%s"
            .formatted(
                secret("ca", CERTIFICATE),
                secret("client", CERTIFICATE),
                secret("key", KEY),
                secret("word", "tiger"));
    Map<String, Object> settings =
        Map.of(
            "security.protocol", "SSL",
            "ssl.truststore.type", "PEM",
            "ssl.truststore.certificates", CERTIFICATE,
            "ssl.keystore.type", "PEM",
            "ssl.keystore.certificate.chain", CERTIFICATE,
            "ssl.keystore.key", KEY,
            "ssl.key.password", "tiger");

    assertThat(login(parameters).settings(), is(settings));
    assertThat(login(parameters).sets(), is(settings.keySet()));
    assertThat(login("tls=yes").settings(), is(Map.of("security.protocol", "SSL")));
  }

  /** Kafka's own parser gives back what was in the file. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          two words
          a"b
          a\\b\\"c;
          it's=a;b,c#d//e
          दुकान
          """)
  void anyPasswordReachesTheLogin(String word) throws IOException {
    Object jaas =
        login("user=shop&password=" + secret("word", word)).settings().get("sasl.jaas.config");

    Map<String, ?> options =
        JaasContext.loadClientContext(
                Map.of("sasl.jaas.config", new Password(String.valueOf(jaas))))
            .configurationEntries()
            .get(0)
            .getOptions();
    assertThat(options, is(Map.of("username", "shop", "password", word)));
  }

  @Test
  void secretsAreReadOnlyWhenAClientIsMade() {
    KafkaLogin login = login("user=shop&password=env:DHARA_NO_SUCH_WORD");

    assertThat(login.sets(), is(Set.of("security.protocol", "sasl.mechanism", "sasl.jaas.config")));
    SecretReference.Missing missing = assertThrows(SecretReference.Missing.class, login::settings);
    assertThat(missing.getMessage(), containsString("env:DHARA_NO_SUCH_WORD: no such"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          user=me                                      | has user= without password=; they belong together
          password=env:X                               | has password= without user=; they belong together
          user=me&password=TIGER                       | password is a secret; name it instead: password=env:NAME
          keyPassword=TIGER                            | keyPassword is a secret; name it instead: keyPassword=env:NAME
          certificate=env:X                            | has certificate= without key=
          key=TIGER&certificate=env:X                  | key takes a reference: key=env:NAME or file:/path
          ca=TIGER                                     | ca takes a reference: ca=env:NAME or file:/path
          keyPassword=env:X                            | has a keyPassword without a key
          mechanism=PLAIN                              | has a mechanism without a login; add user=NAME&password=env:NAME
          user=me&password=env:X&mechanism=GSSAPI      | mechanism=GSSAPI is not known; it is SCRAM-SHA-512, SCRAM-SHA-256, PLAIN
          user=me&password=env:X&mechanism=PLAIN&tls=no | mechanism=PLAIN sends the password itself, so it needs TLS
          ca=env:X&tls=no                              | has certificates and tls=no
          tls=maybe                                    | tls is yes or no
          ca=env:X&producer.ssl.truststore.type=JKS    | producer.ssl.truststore.type says what user=, tls=, ca= or certificate= say too
          """)
  void whatCannotBeIsRefusedWithoutItsSecrets(String parameters, String why) {
    BadOption refused =
        assertThrows(
            BadOption.class,
            () -> KafkaSink.upserts(Endpoint.of("--answers", "kafka://b:1/t?" + parameters)));

    assertThat(refused.getMessage(), containsString(why));
    assertThat(refused.getMessage(), not(containsString("TIGER")));
  }

  @Test
  void whatIsNoPemIsNamedAndNotQuoted() throws IOException {
    String key = secret("key", "TIGER");
    KafkaLogin login = login("certificate=" + secret("client", CERTIFICATE) + "&key=" + key);

    ConfigException wrong = assertThrows(ConfigException.class, login::settings);

    assertThat(wrong.getMessage(), containsString("key=" + key + " holds no PEM text"));
    assertThat(wrong.getMessage(), not(containsString("TIGER")));
  }

  @Test
  void aStoreOfKeysIsNoPem() throws IOException {
    Path store = Files.write(folder.resolve("store.p12"), new byte[] {0x30, (byte) 0x82, 4, 7});

    SecretReference.Missing wrong =
        assertThrows(SecretReference.Missing.class, () -> login("ca=file:" + store).settings());

    assertThat(
        wrong.getMessage(),
        is("file:" + store + ": is no text; certificates and keys are taken as PEM"));
  }

  private static KafkaLogin login(String parameters) {
    return KafkaLogin.of(
        Endpoint.of("--events", "kafka://b:1/t" + (parameters.isEmpty() ? "" : "?" + parameters)));
  }

  private String secret(String name, String text) throws IOException {
    return "file:" + Files.writeString(folder.resolve(name), text);
  }
}
