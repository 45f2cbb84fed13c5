package dhara.connectors;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.options.BadOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EndpointTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data/orders-*.jsonl                | files   | data/orders-*.jsonl
          data/2026-01-05T10:00:00.jsonl     | files   | data/2026-01-05T10:00:00.jsonl
          files:data/orders.jsonl            | files   | data/orders.jsonl
          files:///data/orders.jsonl         | files   | /data/orders.jsonl
          file:/data/orders.jsonl            | files   | file:/data/orders.jsonl
          gs://bucket/orders-*.jsonl?format=jsonl | files | gs://bucket/orders-*.jsonl
          kafka:b:9092/orders                | kafka   | b:9092/orders
          kafka://b:9092/orders?end=latest   | kafka   | b:9092/orders
          pubsub://project/subscription      | pubsub  | project/subscription
          console?format=table               | console | ''
          """)
  void aUriHasASchemeAndAPathIsOneOfFiles(String uri, String scheme, String path) {
    Endpoint endpoint = Endpoint.of("--events", uri);
    assertThat(endpoint.scheme(), is(scheme));
    assertThat(endpoint.path(), is(path));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kafak://b:9092/orders | kafak is no scheme that is known. Did you mean kafka? They are
          Kafka://b:9092/orders | Kafka is no scheme that is known. Did you mean kafka? They are
          file5://data          | file5 is no scheme that is known. Did you mean file or files? They are
          bigquary://p/d/t      | bigquary is no scheme that is known. Did you mean bigquery? They are
          https://host/orders   | https is no scheme that is known. They are
          """)
  void anUnknownSchemeIsNoPathOfFiles(String uri, String fix) {
    BadOption refused = assertThrows(BadOption.class, () -> Endpoint.of("--events", uri));
    assertThat(refused.getMessage(), startsWith("--events=" + uri + ": " + fix));
  }

  @Test
  void aSchemeOfAnotherClassPathNamesTheBuildThatHasIt() {
    Endpoint webhook = Endpoint.of("--answers", "webhook://host/path");

    BadOption refused =
        assertThrows(BadOption.class, () -> Connector.of(webhook, Connector.Ability.APPEND));
    assertThat(
        refused.getMessage(),
        is(
            "--answers=webhook://host/path: webhook:// is not on this class path; build and run"
                + " with -Pflink-runner,webhook or -Pdirect-runner,webhook"));
  }
}
