package dhara.connectors;

import static dhara.fuzz.Hostile.bytes;
import static dhara.fuzz.Hostile.one;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.not;

import dhara.connectors.Connector.Ability;
import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import dhara.options.BadOption;
import dhara.options.UriText;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Any text is an endpoint or is refused, and no password is in either. */
class EndpointAttackTest {

  private static final String SECRET = "hunter2";

  private static final List<String> GOOD =
      List.of(
          "test-data/order-metrics/*.jsonl?format=jsonl&divide=no",
          "files:///data/a%20b.csv?columns=a,b&delimiter=%09",
          "~/events?encoding=UTF-16",
          "-",
          "console?format=table",
          "kafka://b1:9092,[::1]:9092/orders?start=2026-01-05T09:00:00Z&consumer.max.poll.records=5",
          "kafka:b:9092/orders?consumer.ssl.key.password=env:PASSWORD",
          "pubsub://project/subscription",
          "bigquery://project/dataset/table",
          "postgres://host:5432/database/schema/table?user=u&password=file:/etc/secret",
          "redis://host:6379/name?as=hash",
          "webhook://host/path?token=env:TOKEN&rate=5",
          "gs://bucket/orders-*.jsonl",
          "s3://bucket/a",
          "label=kafka://b:9092/orders");

  private static final List<String> TELLING =
      List.of(
          "kafka://user:" + SECRET + "@b:9092/orders",
          "postgres://u:" + SECRET + "@host/d/t",
          "redis://h:6379/n?password=" + SECRET,
          "webhook://h/p?token=" + SECRET + "&rate=5",
          "kafka://b:9092/t?consumer.sasl.jaas.config=password=\"" + SECRET + "\";");

  private static byte[] made(SplittableRandom random) {
    String text = one(GOOD, random);
    if (random.nextInt(3) == 0) {
      String value = random.nextBoolean() ? Hostile.text(random) : one(GOOD, random);
      text += (text.indexOf('?') < 0 ? "?" : "&") + one(List.of("format", "x", ""), random);
      text += one(List.of("=", "", "=%", "=="), random) + value;
    }
    return random.nextInt(3) == 0 ? bytes(text) : Hostile.broken(bytes(text), random);
  }

  @Test
  void aTextIsAnEndpointOrIsRefused() {
    Map<String, Long> ends =
        Attack.of("endpoints", 50)
            .on(
                EndpointAttackTest::made,
                bytes -> {
                  String text = new String(bytes, UTF_8);
                  UriText.shown(text);
                  try {
                    Endpoint endpoint = Endpoint.of("--events", text);
                    endpoint.allow(Set.of("format", "consumer.*"));
                    Connector.of(endpoint, Ability.READ, Ability.APPEND, Ability.UPSERT);
                    return "endpoint";
                  } catch (BadOption e) {
                    return "refused";
                  }
                });

    assertThat(ends.keySet(), hasItems("endpoint", "refused"));
  }

  /** Broken only after the secret, and after the sign that makes it one. */
  @Test
  void aSecretInABrokenUriIsNotShown() {
    Attack.of("secrets in endpoints", 20)
        .on(
            random -> {
              String text = one(TELLING, random);
              int end = Math.max(text.indexOf(SECRET) + SECRET.length(), text.indexOf('@') + 1);
              byte[] rest = Hostile.broken(bytes(text.substring(end)), random);
              return bytes(text.substring(0, end) + new String(rest, UTF_8));
            },
            bytes -> {
              String text = new String(bytes, UTF_8);
              assertThat(UriText.shown(text), not(containsString(SECRET)));
              try {
                assertThat(Endpoint.of("--events", text).toString(), not(containsString(SECRET)));
                return "endpoint";
              } catch (BadOption e) {
                assertThat(e.getMessage(), not(containsString(SECRET)));
                return "refused";
              }
            });
  }
}
