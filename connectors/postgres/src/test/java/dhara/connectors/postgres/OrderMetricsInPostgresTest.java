package dhara.connectors.postgres;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.assembly.Assembly;
import dhara.connectors.ResultSet;
import dhara.connectors.RowJson;
import dhara.pipelines.commerce.OrderMetrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole analysis, from files to tables. */
class OrderMetricsInPostgresTest {

  private static final Path DATA = Path.of("../../test-data/order-metrics");

  @Test
  void aBackfillThatIsWrittenTwiceHasTheAnswersOfTheFiles(@TempDir Path folder) throws Exception {
    try (PostgresServer server = PostgresServer.start(folder)) {
      backfill(server);
      Set<String> once = new TreeSet<>(Tides.read(server.uri("orders")));
      assertThat(answers(once), is(expected()));
      backfill(server);
      Set<String> twice = new TreeSet<>(Tides.read(server.uri("orders")));
      assertThat(answers(twice), is(expected()));
      assertThat(
          server.rows("select count(*) from orders where not withdrawn"),
          is(List.of("" + expected().size())));
      assertThat(
          server.rows(
              "select input, read = aggregated + dead_lettered + late + duplicate + filtered, late"
                  + " from orders_ledger"),
          is(List.of("orders t 0")));
      assertThat(
          server.rows("select sum(coalesce(records, 1)) from orders_dead_letters"),
          is(server.rows("select dead_lettered from orders_ledger")));
      assertThat(
          ResultSet.of(Tides.at(server.uri("orders"))).names(),
          is(new TreeSet<>(Set.of("", "dead-letters", "ledger", "top", "totals"))));
    }
  }

  private static void backfill(PostgresServer server) throws Exception {
    OrderMetrics.Options options = PipelineOptionsFactory.as(OrderMetrics.Options.class);
    options.setRunner(DirectRunner.class);
    options.as(DirectOptions.class).setTargetParallelism(2);
    options.setEvents(List.of(DATA.resolve("orders.jsonl").toString()));
    options.setAnswers(List.of(server.uri("orders")));
    try (Assembly assembly = Assembly.of(new OrderMetrics(), options)) {
      assertThat(assembly.bounded(), is(true));
      assembly.prepare();
      assembly.pipeline().run().waitUntilFinish();
    }
  }

  /** Without revisions, which are the times of the backfills. */
  private static Set<String> answers(Set<String> rows) throws IOException {
    Set<String> answers = new TreeSet<>();
    for (String row : rows) {
      byte[] json = row.getBytes(StandardCharsets.UTF_8);
      ObjectNode columns = RowJson.object(json, 0, json.length);
      columns.remove("revision");
      answers.add(columns.toString());
    }
    return answers;
  }

  private static Set<String> expected() throws IOException {
    return new TreeSet<>(
        new ArrayList<>(Files.readAllLines(DATA.resolve("expected-metrics.jsonl"))));
  }
}
