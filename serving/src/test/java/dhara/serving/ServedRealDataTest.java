package dhara.serving;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.connectors.Endpoint;
import dhara.pipelines.Analysis;
import dhara.serving.shop.HttpAsk;
import dhara.testkit.Command;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is asked over HTTP about real data, beside the same computed by SQL from the files
 * themselves, without any of Dhara. Skipped without {@code -Ddhara.data=FOLDER}.
 */
@Timeout(1800)
class ServedRealDataTest {

  @TempDir Path folder;

  private static Path data() {
    String data = System.getProperty("dhara.data");
    assumeTrue(data != null, "no real data: name its folder with -Ddhara.data=FOLDER");
    return Path.of(data);
  }

  /** Answers of a backfill over files, asked by SQL. */
  private List<List<String>> served(
      List<String> options, String events, String map, String... questions) throws Exception {
    Path answers = folder.resolve("answers");
    List<String> backfill = new ArrayList<>(options);
    backfill.addAll(
        List.of("--events=" + events, "--map=../mappings/" + map, "--answers=files:" + answers));
    Command.done(backfill);
    ServeOptions serve =
        PipelineOptionsFactory.fromArgs("--port=0", "--data=" + folder.resolve("data"))
            .as(ServeOptions.class);
    serve.setSqlTimeout(HttpAsk.PATIENCE);
    List<List<String>> results = new ArrayList<>();
    try (Serving serving = Serving.open(serve, said -> {})) {
      serving.add(Analysis.all().get(options.get(0)), Endpoint.of("--answers", "files:" + answers));
      serving.start();
      while (!serving.loaded()) {
        Thread.sleep(20);
      }
      HttpAsk ask = new HttpAsk(serving.address());
      for (String question : questions) {
        JsonNode table = HttpAsk.json(ask.sql(question));
        assertThat(table.toString(), table.path("truncated").asBoolean(true), is(false));
        List<String> rows = new ArrayList<>();
        for (JsonNode row : table.get("rows")) {
          List<String> cells = new ArrayList<>();
          row.forEach(cell -> cells.add(cell.asText()));
          rows.add(String.join("|", cells));
        }
        results.add(rows);
      }
    }
    return results;
  }

  private static List<String> recomputed(String sql) throws SQLException {
    try (Connection plain = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = plain.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      int columns = rows.getMetaData().getColumnCount();
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          cells.add(rows.getString(i));
        }
        all.add(String.join("|", cells));
      }
      return all;
    }
  }

  @Test
  void revenuePerMinuteAndTopProductsOfARealShopEqualThoseOfItsFiles() throws Exception {
    String files = data().resolve("online_retail/by-day") + "/*.csv.gz";
    String lines =
        """
        with lines as (
          select distinct * from read_csv('%s', header = true, all_varchar = true)),
        bought as (
          select Country as country, StockCode as product, InvoiceNo as invoice,
            cast(InvoiceDate as timestamp) at time zone 'Europe/London' at time zone 'UTC' as sold_at,
            cast(Quantity as bigint) * cast(cast(UnitPrice as decimal(18, 6)) * 100 as bigint) as minor
          from lines
          where cast(Quantity as bigint) > 0 and cast(UnitPrice as decimal(18, 6)) >= 0
            and cast(UnitPrice as decimal(18, 6)) * 100 = floor(cast(UnitPrice as decimal(18, 6)) * 100))
        """
            .formatted(files);

    List<List<String>> served =
        served(
            List.of("order-metrics", "--by=country", "--topOrders=3"),
            files,
            "online-retail.map",
            """
            select name, strftime(window_start, '%Y-%m-%d %H:%M') as minute, gmv_minor
            from order_metrics_metrics where orders > 0 order by 1, 2
            """,
            """
            select strftime(window_start, '%Y-%m-%d %H:%M') as quarter,
              products->0->>'product' as product, cast(products->0->>'gmv_minor' as bigint) as gmv
            from order_metrics_top order by 1
            """);

    assertThat(served.get(0).size(), is(greaterThan(5_000)));
    assertThat(
        served.get(0),
        is(
            recomputed(
                lines
                    + """
                    select country, strftime(date_trunc('minute', sold_at), '%Y-%m-%d %H:%M'), sum(minor)
                    from bought group by all order by 1, 2
                    """)));
    assertThat(served.get(1).size(), is(greaterThan(10)));
    assertThat(
        served.get(1),
        is(
            recomputed(
                lines
                    + """
                    select strftime(quarter, '%Y-%m-%d %H:%M'), product, gmv
                    from (
                      select time_bucket(interval 15 minutes, sold_at) as quarter, product,
                        sum(minor) as gmv
                      from bought group by 1, 2 having count(distinct invoice) >= 3)
                    qualify row_number() over (partition by quarter order by gmv desc, product) = 1
                    order by 1
                    """)));
  }

  @Test
  void hoursAndPagesOfWikipediasEditsEqualThoseOfTheFile() throws Exception {
    Path edits = data().resolve("wikiticker/wikiticker-2015-09-12-sampled.json.gz");
    String file =
        "read_json('"
            + edits
            + "', columns = {time: 'varchar', channel: 'varchar',"
            + " user: 'varchar', page: 'varchar', deleted: 'bigint'})";

    List<List<String>> served =
        served(
            List.of("event-metrics", "--window=PT1H"),
            edits.toString(),
            "wikiticker-edits.map",
            """
            select strftime(window_start, '%H') as hour, cast(sum(value_sum) as bigint), sum(events)
            from event_metrics_metrics group by all order by 1
            """,
            """
            select sum(events) as edits, kind from event_metrics_metrics
            group by kind order by 1 desc, 2 limit 10
            """);

    assertThat(served.get(0), hasSize(24));
    assertThat(
        served.get(0),
        is(
            recomputed(
                "select substr(time, 12, 2), sum(deleted), count(*) from "
                    + file
                    + " group by all order by 1")));
    assertThat(
        served.get(1),
        is(
            recomputed(
                "select count(*), page from "
                    + file
                    + " group by page order by 1 desc, 2 limit 10")));
  }
}
