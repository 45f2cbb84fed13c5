package dhara.tools;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import dhara.terminal.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Secrets that contain TIGER and LILY, given in wrong places; messages never repeat them. */
final class SecretsTest {

  private static final String EVENTS = "--events=test-data/order-metrics/orders.jsonl";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          ?consumer.sasl.jaas.config=PlainLoginModule required password="TIGER&LILY"; | is a secret; name it instead
          ?consumer.ssl.key.password=TIGER%LILY                            | is a secret; name it instead
          ?consumer.ssl.key.password=TIGER%                                | is a secret; name it instead
          ?consumer.ssl.key.password=TIGER&consumer.ssl.key.password=LILY  | is a secret; name it instead
          ?nonsense=TIGER&LILY=5                                           | knows no parameter 'nonsense'
          ?consumer.ssl.key.password=TIGER&nonsense=5                      | is a secret; name it instead
          ?nonsense=5&consumer.ssl.key.password=TIGER                      | is a secret; name it instead
          ?sasl.jaas.config=TIGER&LILY                                     | is a secret; name it instead
          ?sasl.jaas.config=env:TIGERS_NAME                                | write consumer. before a client's property
          ?consumer.sasl.oauthbearer.client.credentials.client.secret=TIGER | is a secret; name it instead
          ?consumer.basic.auth.user.info=me:TIGER                          | is a secret; name it instead
          ?consumer.sasl.oauthbearer.token.endpoint.url=https://me:TIGER@idp/token | is a secret; name it instead
          ?consumer.unknown.to.all=TIGER&LILY                              | cannot be read after the value of consumer.unknown.to.all
          ?consumer.unknown.to.all=TIGER&LILY=1                            | knows no parameter that follows consumer.unknown.to.all
          ?user=me&password=TIGER                                          | password is a secret; name it instead
          ?certificate=env:TIGERS_NAME&key=TIGER                           | key takes a reference: key=env:NAME or file:/path
          ?start=TIGER%ZZ                                                  | the value of start has a % that starts no escape
          """)
  void aUriThatTellsASecretIsRefusedWithoutIt(String parameters, String why) {
    for (String address :
        List.of("kafka://b:1/t", "kafka://b/t", "kafka://b:1/bad%topic", "kafka:b:1/t")) {
      String uri = address + parameters;
      for (List<String> arguments :
          List.of(
              List.of("order-metrics", "--events=" + uri, "--verbose"),
              List.of("order-metrics", "--events=orders=" + uri, "--verbose"),
              List.of("order-metrics", EVENTS, "--compareTo=" + uri, "--verbose"),
              List.of("reconcile", uri, "files:" + address, "--verbose"))) {
        String told = refused(arguments);
        if (!address.equals("kafka://b/t") && !address.contains("%")) {
          assertThat(told, containsString(why));
        }
      }
      for (List<String> arguments :
          List.of(
              List.of("order-metrics", EVENTS, "--answers=" + uri, "--verbose"),
              List.of("order-metrics", EVENTS, "--deadLetters=" + uri, "--verbose"),
              List.of("order-metrics", EVENTS, "--ledger=" + uri, "--ledger=" + uri),
              List.of("order-metrics", EVENTS, "--answers=nobody=" + uri),
              List.of("order-metrics", "--events=" + uri, "--events=" + uri),
              List.of("order-metrics", "--evnts=" + uri),
              List.of("order-metrics", uri),
              List.of("replay", "order-metrics", EVENTS, "--to=" + uri, "--verbose"),
              List.of("lint", "order-metrics", "--events=" + uri, "--verbose"),
              List.of("lint", "order-metrics", EVENTS, "--without=" + uri, "--verbose"),
              List.of(uri))) {
        refused(arguments);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          kafka://me:TIGER@b:9092/t
          kafka://me:TIGER@LILY@b:9092/t
          kafka://me:TI?LILY=TIGER@b:9092/t
          kafka://me:TIGER/LILY?x@b:9092/t
          """)
  void aUserAndAPasswordInTheAddressAreRefusedWithoutThem(String uri) {
    assertThat(
        refused(List.of("order-metrics", "--events=" + uri, "--verbose")),
        startsWith("dhara: --events=kafka://…: names a user or a password in its address"));
    refused(List.of("order-metrics", EVENTS, "--answers=" + uri));
    refused(List.of("reconcile", uri, uri));
  }

  /** The mistake is in the file; Kafka's client quotes values that it cannot parse. */
  @Test
  void aClientThatCannotReadASecretDoesNotQuoteIt(@TempDir Path folder) throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "TIGER LILY\n");
    try (ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String kafka = "kafka://localhost:" + door.getLocalPort() + "/t?end=latest";
      for (String property : List.of("sasl.jaas.config", "fetch.min.bytes")) {
        String uri =
            kafka
                + "&consumer.security.protocol=SASL_PLAINTEXT&consumer.sasl.mechanism=PLAIN&consumer."
                + property
                + "=file:"
                + secret;
        refused(List.of("order-metrics", "--events=" + uri, "--verbose"));
      }
    }
  }

  @Test
  void neitherHelpNorExplanationNorTemplateShowsWhatWasSaid(@TempDir Path folder) {
    String uri = "kafka://b:1/t?consumer.ssl.key.password=TIGER&LILY";
    for (List<String> arguments :
        List.of(
            List.of("order-metrics", "--events=" + uri, "--help"),
            List.of("order-metrics", "--events=" + uri, "--explain"),
            List.of("order-metrics", "--events=" + uri, "--explain", "--azureSecret=TIGER"))) {
      quiet(arguments);
    }
  }

  private static String refused(List<String> arguments) {
    Said said = said(arguments);
    assertThat(arguments + " ended so: " + said.err, said.exit, is(2));
    assertThat(said.err.lines().filter(line -> line.startsWith("dhara: ")).count(), is(1L));
    return said.err;
  }

  private static void quiet(List<String> arguments) {
    Said unused = said(arguments);
  }

  private record Said(int exit, String err) {}

  private static Said said(List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        Console.piped(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    int exit = Dhara.on(console).run(arguments.toArray(String[]::new));
    String all =
        (out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8))
            .replace("TIGERS_NAME", "")
            .toUpperCase(Locale.ROOT);
    assertThat(all, not(containsString("TIGER")));
    assertThat(all, not(containsString("LILY")));
    return new Said(exit, err.toString(StandardCharsets.UTF_8));
  }
}
