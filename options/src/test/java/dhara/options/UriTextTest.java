package dhara.options;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UriTextTest {

  /** Each holds a secret of which TIGER and LILY are parts. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          kafka://b:1/t?consumer.ssl.key.password=TIGER                     | kafka://b:1/t?consumer.ssl.key.password=…
          kafka://b:1/t?consumer.ssl.key.password=TIGER&LILY                | kafka://b:1/t?consumer.ssl.key.password=…
          kafka://b:1/t?consumer.ssl.key.password=TIGER&LILY=1              | kafka://b:1/t?consumer.ssl.key.password=…
          kafka://b:1/t?consumer.ssl.key.password=TIGER&start=LILY          | kafka://b:1/t?consumer.ssl.key.password=…
          kafka://b:1/t?consumer.ssl.key.password=TIGER%LILY                | kafka://b:1/t?consumer.ssl.key.password=…
          kafka://b:1/t?start=latest&consumer.ssl.key.password=TIGER%ZZLILY | kafka://b:1/t?start=latest&consumer.ssl.key.password=…
          kafka://b:1/t?consumer.ssl.key.password=env:A&consumer.ssl.key.password=TIGER | kafka://b:1/t?consumer.ssl.key.password=env:A&consumer.ssl.key.password=…
          kafka://b:1/t?nonsense=1&consumer.ssl.key.password=TIGER          | kafka://b:1/t?nonsense=…
          kafka://b/t?consumer.ssl.key.password=TIGER                       | kafka://b/t?consumer.ssl.key.password=…
          kafka://b:1/t%opic?consumer.ssl.key.password=TIGER                | kafka://b:1/t%opic?consumer.ssl.key.password=…
          kafka://b:1/t?sasl.jaas.config=PlainLoginModule required password=~TIGER&LILY~; | kafka://b:1/t?sasl.jaas.config=…
          kafka://b:1/t?consumer.sasl.jass.config=TIGER                     | kafka://b:1/t?consumer.sasl.jass.config=…
          kafka://b:1/t?consumer.ssl.key.pasword=TIGER                      | kafka://b:1/t?consumer.ssl.key.pasword=…
          kafka://b:1/t?consumer.sasl.oauthbearer.client.credentials.client.secret=TIGER | kafka://b:1/t?consumer.sasl.oauthbearer.client.credentials.client.secret=…
          kafka://b:1/t?consumer.basic.auth.user.info=me:TIGER              | kafka://b:1/t?consumer.basic.auth.user.info=…
          kafka://b:1/t?consumer.sasl.oauthbearer.token.endpoint.url=https://me:TIGER@idp/token | kafka://b:1/t?consumer.sasl.oauthbearer.token.endpoint.url=…
          kafka://b:1/t?consumer.sasl.oauthbearer.token.endpoint.url=https://idp/token?client_secret=TIGER | kafka://b:1/t?consumer.sasl.oauthbearer.token.endpoint.url=…
          kafka://b:1/t?consumer.something=loginmodule TIGER                | kafka://b:1/t?consumer.something=…
          kafka://me:TIGER@b:1/t                                            | kafka://…
          kafka://me:TIGER@LILY@b:1/t                                       | kafka://…
          kafka://me:TI?LILY=TIGER@b:1/t                                    | kafka://…
          kafka://me:TIGER/LILY?x@b:1/t                                     | kafka://…
          postgres://me:TIGER@db/shop/metrics                               | postgres://…
          postgres://me:TI?LILY=TIGER@db/shop/metrics                       | postgres://…
          postgres://db/shop/metrics?user=me&password=TIGER&LILY            | postgres://db/shop/metrics?user=me&password=…
          s3://key:TIGER@bucket/x                                           | s3://…
          s3://key:TIGER/LILY@bucket/x                                      | s3://…
          """)
  void aSecretThatIsToldIsRefusedAndNeverShown(String text, String shown) {
    UriText uri = UriText.of(text);
    assertThat(uri.toString(), is(shown));
    assertThat(uri.problem().isPresent(), is(true));
    for (String named : new String[] {text, "orders=" + text, "--events=" + text}) {
      BadOption refused = new BadOption("--events", named, uri.problem().orElseThrow());
      assertThat(refused.getMessage(), not(containsString("TIGER")));
      assertThat(refused.getMessage(), not(containsString("LILY")));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          data/orders-*.jsonl                                  | data/orders-*.jsonl
          files:/data/x@y:z?format=csv&delimiter=;             | files:/data/x@y:z?format=csv&delimiter=;
          kafka://a:1,[::1]:2/t?start=2026-10-01T02:00:00+02:00&end=latest | kafka://a:1,[::1]:2/t?start=2026-10-01T02:00:00+02:00&end=latest
          kafka://a:1/t?consumer.ssl.key.password=env:KEY&start=0:1,1:2 | kafka://a:1/t?consumer.ssl.key.password=env:KEY&start=0:1,1:2
          kafka://a:1/t?consumer.max.poll.records=7            | kafka://a:1/t?consumer.max.poll.records=…
          gs://bucket/a@b/*.jsonl                              | gs://bucket/a@b/*.jsonl
          console?format=table&rows=5                          | console?format=table&rows=5
          pubsub://project/subscription                        | pubsub://project/subscription
          postgres://db:5432/shop/metrics?user=me&password=env:PW&sslmode=verify-full | postgres://db:5432/shop/metrics?user=me&password=env:PW&sslmode=verify-full
          """)
  void whatHoldsNoSecretIsShown(String text, String shown) {
    assertThat(UriText.of(text).problem(), is(Optional.empty()));
    assertThat(UriText.of(text).toString(), is(shown));
    assertThat(UriText.shown("--events=orders=" + text), is("--events=orders=" + shown));
  }

  @Test
  void valuesAreUnescapedAndAPlusStandsForItself() {
    assertThat(
        UriText.of("kafka://b:1/t?start=2026-10-01T02:00:00+02:00&delimiter=%26").parameters(),
        is(Map.of("start", "2026-10-01T02:00:00+02:00", "delimiter", "&")));
  }

  @Test
  void aSettingWhoseNameIsASecretsIsNotShown() {
    assertThat(UriText.shown("--azureAccountPassword=TIGER"), is("--azureAccountPassword=…"));
    assertThat(UriText.shown("password=TIGER"), is("password=…"));
    assertThat(UriText.shown("--window=PT1M"), is("--window=PT1M"));
    assertThat(UriText.shown("--map=at=ts:epochMillis"), is("--map=at=ts:epochMillis"));
  }
}
