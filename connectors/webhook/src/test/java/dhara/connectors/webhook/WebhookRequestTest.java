package dhara.connectors.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.delivery.Parcel;
import dhara.events.DeadLetter;
import dhara.options.BadOption;
import dhara.testkit.Receiver;
import dhara.testkit.Receiver.Request;
import dhara.testkit.SentRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a request says, and that nothing else says its secrets. */
class WebhookRequestTest {

  @TempDir private Path folder;
  private Receiver receiver;

  @BeforeEach
  void start() {
    receiver = Receiver.start();
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  @Test
  void saysTheRowAndItsName() {
    Request request = sent("");

    assertThat(request.body(), is(SentRows.row(1)));
    assertThat(request.key(), is("shop-1"));
    assertThat(request.headers().get("content-type"), is("application/json"));
    assertThat(request.headers().get("authorization"), is(Matchers.nullValue()));
  }

  @Test
  void isSignedAndHasAToken() throws IOException {
    Request request =
        sent("token=" + secret("token", "TIGER") + "&secret=" + secret("key", "LILY"));

    assertThat(request.headers().get("authorization"), is("Bearer TIGER"));
    String signature = request.headers().get("dhara-signature");
    long at = Long.parseLong(signature.replaceFirst("t=(\\d+),.*", "$1"));
    SecretKeySpec key = new SecretKeySpec("LILY".getBytes(UTF_8), "HmacSHA256");
    assertThat(signature, is(HttpCarrier.signature(key, at, request.body())));
    assertThat(signature, is(not(HttpCarrier.signature(key, at + 1, request.body()))));
  }

  /** Checked by another implementation: printf '5.{}' | openssl dgst -sha256 -hmac key. */
  @Test
  void aSignatureIsTheHmacOfTimeAndBody() {
    assertThat(
        HttpCarrier.signature(new SecretKeySpec("key".getBytes(UTF_8), "HmacSHA256"), 5, "{}"),
        is("t=5,v1=9be615aec64f0d044b5ad6854ab1d893ec88617fb728d2149dcd3a3428e8c45d"));
  }

  @Test
  void hasTheBodyOfATemplate() throws IOException {
    Path template =
        Files.writeString(
            folder.resolve("slack.json"),
            "{\"text\": \"{severity}: {shop}, {text}\", \"n\": {number}, \"empty\": {}}");

    assertThat(
        sent("template=file:" + template).body(),
        is("{\"text\": \"low: shop \\\"1\\\", number\\n1\", \"n\": 1, \"empty\": {}}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"text": "{nobody}"} | names {nobody}; the columns of a row are incident, shop,
          {"text": "{text}     | is no JSON at line 1, column
          {"text": {text}}     | only whole numbers, doubles and booleans may stand without quotes
          """)
  void aTemplateThatCannotBeFilledIsRefused(String text, String why) throws IOException {
    Path template = Files.writeString(folder.resolve("bad.json"), text);

    BadOption refused =
        assertThrows(
            BadOption.class, () -> SentRows.graph(receiver.uri("template=file:" + template)));
    assertThat(refused.getMessage(), containsString(why));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          shop-1            | shop-1
          two words         | two words
          दुकान             | sha256-
          """)
  void aNameThatNoHeaderHoldsIsHashed(String name, String header) throws Exception {
    HttpCarrier carrier = carrier();
    carrier.send(new Parcel(name, "{}", "{}")).join();

    String expected =
        header.startsWith("sha256-") ? "sha256-" + DeadLetter.sha256(name.getBytes(UTF_8)) : header;
    assertThat(receiver.requests().get(0).key(), is(expected));
  }

  @Test
  void aPauseIsSecondsOrADate() {
    assertThat(HttpCarrier.pause("100"), is(Duration.ofSeconds(100)));
    assertThat(HttpCarrier.pause(" soon "), is(Duration.ZERO));
    assertThat(HttpCarrier.pause("Wed, 21 Oct 2015 07:28:00 GMT"), is(Duration.ZERO));
    Instant later = Instant.now().plus(Duration.ofDays(1));
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(later.atOffset(ZoneOffset.UTC));
    assertThat(HttpCarrier.pause(date).toHours(), is(23L));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          webhook://h/p?token=TIGER              | token is a secret; name it instead
          webhook://h/p?secret=TIGER             | secret is a secret; name it instead
          webhook://h/p?url=https://TIGER        | url takes a reference
          webhook://me:TIGER@h/p                 | names a user or a password in its address
          webhook://h/p?token=env:NOBODY_HAS_IT  | no such environment variable
          webhook://h/p?attempts=0               | attempts is no number from 1
          webhook://h/p?timeout=soon             | timeout is no duration, e.g. timeout=PT10S
          webhook://h/p?backoff=PT-1S            | backoff must be between
          webhook://h/p?tls=maybe                | tls is yes or no
          webhook://h/p?nonsense=TIGER           | knows no parameter 'nonsense'
          webhook:///p                           | names no host; write webhook://HOST/PATH
          """)
  void anEndpointThatCannotBeIsRefusedWithoutItsSecrets(String uri, String why) {
    BadOption refused = assertThrows(BadOption.class, () -> SentRows.graph(uri));

    assertThat(refused.getMessage(), containsString(why));
    assertThat(refused.getMessage(), not(containsString("TIGER")));
  }

  @Test
  void aSecretThatCannotBeUsedIsNotQuoted() throws IOException {
    for (String parameter :
        List.of(
            "token=" + secret("a", "TIGER\nLILY"),
            "url=" + secret("b", "https://TIGER LILY"),
            "url=" + secret("c", "ftp://TIGER.LILY"))) {
      BadOption refused =
          assertThrows(BadOption.class, () -> SentRows.graph("webhook://h/p?" + parameter));
      for (Throwable t = refused; t != null; t = t.getCause()) {
        assertThat(t.toString(), not(containsString("TIGER")));
      }
    }
  }

  /** The address, the token and the key are known to the worker only. */
  @Test
  void neitherTheGraphNorADeadLetterHoldsASecret() throws IOException {
    String uri =
        "webhook://slack?attempts=1&timeout=PT1S&url="
            + secret("url", receiver.url() + "/TIGER")
            + "&token="
            + secret("token", "TIGER")
            + "&secret="
            + secret("hmac-reference", "TIGER");
    Pipeline graph = SentRows.graph(uri);
    String bytes = PipelineTranslation.toProto(graph).toByteString().toString(ISO_8859_1);
    assertThat(bytes, containsString("hmac-reference"));
    assertThat(bytes, not(containsString("TIGER")));

    receiver.goAway();
    DeadLetter letter = SentRows.backfill(uri, 1).get(0);

    assertThat(letter.source(), is("webhook://slack"));
    assertThat(
        letter.text(), containsString("not taken in 1 attempts, the last: ConnectException"));
    assertThat(letter.toString(), not(containsString("TIGER")));
  }

  private Request sent(String parameters) {
    assertThat(SentRows.backfill(receiver.uri(parameters), 1), is(List.of()));
    return receiver.requests().get(0);
  }

  private HttpCarrier carrier() {
    return new HttpCarrier(
        new WebhookAddress(receiver.url(), null, null, null, Duration.ofSeconds(5)));
  }

  private String secret(String name, String secret) throws IOException {
    return "file:" + Files.writeString(folder.resolve(name), secret);
  }
}
