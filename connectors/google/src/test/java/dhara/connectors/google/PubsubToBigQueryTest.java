package dhara.connectors.google;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;

import com.google.api.services.bigquery.model.TableRow;
import dhara.assembly.Assembly;
import dhara.pipelines.commerce.OrderMetrics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubTestClient.PubsubTestClientFactory;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole analysis, from a subscription to tables, on Beam's fakes of both services. */
class PubsubToBigQueryTest {

  @BeforeEach
  void emptyTables() throws IOException, InterruptedException {
    FakeBigQuery.start();
  }

  @Test
  void aStreamAnswersToTablesAndNothingIsLost() throws Exception {
    List<String> payloads =
        List.of(
            line("1", "09:00:10", 2, 500),
            line("2", "09:00:20", 1, 250),
            "no event",
            line("1", "09:00:10", 2, 500),
            line("3", "09:01:05", 3, 100));
    PubsubTestClientFactory service = FakePubsub.holding(payloads);
    OrderMetrics.Options options = PipelineOptionsFactory.as(OrderMetrics.Options.class);
    options.setRunner(DirectRunner.class);
    options.as(DirectOptions.class).setTargetParallelism(1);
    options.setEvents(List.of(FakePubsub.URI));
    options.setAnswers(
        List.of("fakebigquery://" + FakeBigQuery.PROJECT + "/" + FakeBigQuery.DATASET + "/orders"));
    try (Assembly assembly = Assembly.of(new OrderMetrics(), options)) {
      assertThat(assembly.bounded(), is(false));
      assembly.prepare();
      assembly.pipeline().run().waitUntilFinish();
    }
    service.close(); // checks that every message was acknowledged

    assertThat(
        rows("orders", "name", "window_start", "gmv_minor"),
        containsInAnyOrder("books 09:00 1250", "books 09:01 300"));
    assertThat(
        rows("orders_dead_letters", "reason", "source", "position"),
        containsInAnyOrder("MALFORMED " + FakePubsub.URI + " message=2"));
    assertThat(
        rows("orders_ledger", "read", "aggregated", "dead_lettered", "late", "duplicate"),
        containsInAnyOrder("5 3 1 0 1"));
    assertThat(rows("orders_late", "id"), is(List.of()));
  }

  private static String line(String id, String at, int quantity, int unitMinor) {
    return ("{\"id\":\"%s\",\"at\":\"2026-01-05T%sZ\",\"order\":\"O\",\"product\":\"P\","
            + "\"category\":\"books\",\"quantity\":%d,\"unit_minor\":%d}")
        .formatted(id, at, quantity, unitMinor);
  }

  private static List<String> rows(String table, String... columns)
      throws IOException, InterruptedException {
    List<String> rows = new ArrayList<>();
    for (TableRow row : FakeBigQuery.rows(table)) {
      rows.add(
          List.of(columns).stream()
              .map(column -> shown(column, row))
              .collect(Collectors.joining(" ")));
    }
    return rows;
  }

  private static String shown(String column, Map<String, Object> row) {
    Object value = row.get(column);
    return column.equals("window_start")
        ? value.toString().replaceFirst(".*T(\\d\\d:\\d\\d).*", "$1")
        : "" + value;
  }
}
