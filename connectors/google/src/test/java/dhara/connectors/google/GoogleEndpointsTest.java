package dhara.connectors.google;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Connector;
import dhara.connectors.Connector.Ability;
import dhara.connectors.Endpoint;
import dhara.options.BadOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoogleEndpointsTest {

  @Test
  void areFoundByTheirSchemes() {
    assertThat(Connector.of("pubsub").orElseThrow() instanceof PubsubConnector, is(true));
    assertThat(Connector.of("bigquery").orElseThrow() instanceof BigQueryConnector, is(true));
  }

  @Test
  void nameASubscription() {
    assertThat(
        PubsubConnector.subscription(Endpoint.of("--events", "pubsub://dhara-tests/orders-sub"))
            .getPath(),
        is("projects/dhara-tests/subscriptions/orders-sub"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "pubsub://orders|names no project and subscription; write pubsub://PROJECT/SUBSCRIPTION",
        "pubsub://P/orders|names no project and subscription; write pubsub://PROJECT/SUBSCRIPTION",
        "pubsub://dhara-tests/a/b|names no project and subscription; write"
            + " pubsub://PROJECT/SUBSCRIPTION",
        "pubsub://dhara-tests/ab|'ab' is no subscription's name: 3 to 255 letters, digits and"
            + " -._~+%, with a letter first, and not goog",
        "pubsub://dhara-tests/orders?start=latest|knows no parameter 'start'; it takes []",
      })
  void refuseWhatIsNoSubscription(String uri, String fix) {
    BadOption refused =
        assertThrows(
            BadOption.class, () -> PubsubConnector.subscription(Endpoint.of("--events", uri)));

    assertThat(refused.getMessage(), is("--events=" + uri + ": " + fix));
  }

  @Test
  void nameATableForEachOutput() {
    Endpoint endpoint = Endpoint.of("--answers", "bigquery://dhara-tests/shop/orders");

    assertThat(BigQueryConnector.reference(endpoint, "").getTableId(), is("orders"));
    assertThat(BigQueryConnector.reference(endpoint, "-top").getTableId(), is("orders_top"));
    assertThat(
        BigQueryConnector.reference(endpoint, "-dead-letters").getTableId(),
        is("orders_dead_letters"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "bigquery://dhara-tests/shop|names no project, dataset and table; write"
            + " bigquery://PROJECT/DATASET/TABLE",
        "bigquery://dhara-tests/shop-1/orders|'shop-1' is no dataset's or table's name: letters,"
            + " digits and '_' make one",
        "bigquery://dhara-tests/shop/orders?shards=1|knows no parameter 'shards'; it takes []",
      })
  void refuseWhatIsNoTable(String uri, String fix) {
    BadOption refused =
        assertThrows(
            BadOption.class, () -> BigQueryConnector.reference(Endpoint.of("--answers", uri), ""));

    assertThat(refused.getMessage(), is("--answers=" + uri + ": " + fix));
  }

  @Test
  void areRefusedTheWayThatTheyDoNotGo() {
    Endpoint table = Endpoint.of("--events", "bigquery://dhara-tests/shop/orders");
    Endpoint subscription = Endpoint.of("--answers", "pubsub://dhara-tests/orders-sub");

    assertThat(
        assertThrows(BadOption.class, () -> Connector.of(table, Ability.READ)).getMessage(),
        is(
            "--events=bigquery://dhara-tests/shop/orders: cannot be read; these can: "
                + "fakepubsub://dhara-tests/orders-sub, files:PATH, kafka://HOST:9092/TOPIC,"
                + " pubsub://PROJECT/SUBSCRIPTION"));
    assertThat(
        assertThrows(
                BadOption.class, () -> Connector.of(subscription, Ability.UPSERT, Ability.APPEND))
            .getMessage(),
        is(
            "--answers=pubsub://dhara-tests/orders-sub: cannot be written to; these can: "
                + "bigquery://PROJECT/DATASET/TABLE, console, "
                + "fakebigquery://PROJECT/DATASET/TABLE, files:PATH, kafka://HOST:9092/TOPIC"));
  }
}
