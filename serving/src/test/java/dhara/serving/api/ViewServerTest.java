package dhara.serving.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.serving.shop.HttpAsk;
import dhara.serving.shop.ServedShop;
import dhara.serving.store.StoredRow;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ViewServerTest {

  private static final String SALES = "/api/views/shop.sales";

  private ServedShop shop;
  private ViewServer server;
  private HttpAsk ask;

  @BeforeEach
  void open() throws IOException, SQLException {
    shop = ServedShop.open();
    server = shop.serve();
    ask = new HttpAsk(server.address());
    for (int minute = 0; minute < 3; minute++) {
      shop.sell("books", minute, 1_000 + minute);
      shop.sell("games", minute, 2_000 + minute);
    }
  }

  @AfterEach
  void close() throws IOException, SQLException {
    server.close();
    shop.close();
  }

  @Test
  void theViewsAreListedWithTheirColumns() throws Exception {
    shop.watermark(ServedShop.NINE.plusSeconds(60));

    JsonNode views = ask.json("/api/views").path("views");

    assertThat(names(views, "name"), contains("shop.ledger", "shop.sales"));
    JsonNode sales = views.get(1);
    assertThat(sales.path("kind").asText(), is("answers"));
    assertThat(sales.path("table").asText(), is("shop_sales"));
    assertThat(sales.path("rows").asLong(), is(6L));
    assertThat(sales.path("watermark").asText(), is("2026-01-05T09:01:00.000Z"));
    assertThat(sales.path("lateness").asText(), is("PT1M"));
    assertThat(
        sales.path("columns").get(3).toString(),
        is("{\"name\":\"revision\",\"type\":\"long\",\"role\":\"revision\"}"));
    assertThat(
        names(sales.path("columns"), "type"),
        contains(
            "text", "instant", "instant", "long", "long", "double", "decimal", "boolean", "instant",
            "json", "text", "instant"));
  }

  @Test
  void aRowHasEveryValueInItsType() throws Exception {
    JsonNode page = ask.json(SALES + "?category=books&to=2026-01-05T09:01:00Z");

    assertThat(page.path("view").asText(), is("shop.sales"));
    assertThat(page.path("asKnownAt").isNull(), is(true));
    assertThat(page.path("next").isNull(), is(true));
    assertThat(
        page.path("rows").toString(),
        is(
            "[{\"category\":\"books\",\"window_start\":\"2026-01-05T09:00:00.000Z\","
                + "\"window_end\":\"2026-01-05T09:01:00.000Z\",\"revision\":1,\"gmv_minor\":1000,"
                + "\"mean\":250.0,\"price\":10,\"busy\":false,"
                + "\"last_at\":\"2026-01-05T09:00:59.999Z\","
                + "\"best\":{\"product\":\"p0\",\"orders\":10},"
                + "\"answer_state\":\"open\",\"revisable_until\":null}]"));
  }

  @Test
  void theStateFollowsTheWatermark() throws Exception {
    shop.watermark(ServedShop.NINE.plusSeconds(125));

    JsonNode rows =
        ask.json(SALES + "?category=books&order=window_start&columns=answer_state,revisable_until")
            .path("rows");

    assertThat(names(rows, "answer_state"), contains("settled", "revisable", "open"));
    assertThat(
        names(rows, "revisable_until"), contains("null", "2026-01-05T09:03:00.000Z", "null"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "order=-gmv_minor&limit=2                       | 2002 2001",
        "order=category,-window_start&columns=gmv_minor | 1002 1001 1000 2002 2001 2000",
        "category=games&order=gmv_minor                 | 2000 2001 2002",
        "category.ne=games&order=gmv_minor              | 1000 1001 1002",
        "gmv_minor.gt=1002&gmv_minor.le=2001&order=gmv_minor | 2000 2001",
        "gmv_minor.in=1001,2001,7&order=gmv_minor       | 1001 2001",
        "category.like=b%25&order=gmv_minor             | 1000 1001 1002",
        "from=2026-01-05T09:01:00Z&to=2026-01-05T09:02:00Z&order=gmv_minor | 1001 2001",
        "busy=false&price.ge=10.01&order=gmv_minor      | ''",
        "busy=true&price.lt=10.02&order=gmv_minor       | 1001",
        "category=toys                                  | ''",
      })
  void rowsAreFilteredAndSorted(String parameters, String expected) throws Exception {
    JsonNode rows = ask.json(SALES + "?" + parameters).path("rows");

    assertThat(String.join(" ", names(rows, "gmv_minor")), is(expected));
  }

  @Test
  void pagesHoldEachRowOnce() throws Exception {
    List<String> seen = new ArrayList<>();
    String cursor = "";
    int pages = 0;
    do {
      JsonNode page = ask.json(SALES + "?order=category&limit=4" + cursor);
      seen.addAll(names(page.path("rows"), "gmv_minor"));
      cursor = page.path("next").isNull() ? "" : "&cursor=" + page.path("next").asText();
      pages++;
    } while (!cursor.isEmpty());

    assertThat(pages, is(2));
    assertThat(seen, contains("1000", "1001", "1002", "2000", "2001", "2002"));
  }

  @Test
  void theCursorOfOtherFormatsIsAHeader() throws Exception {
    HttpResponse<byte[]> first =
        ask.get(SALES + "?format=csv&limit=4&columns=category,gmv_minor&order=gmv_minor");
    HttpResponse<byte[]> second =
        ask.get(
            SALES
                + "?format=csv&limit=4&columns=category,gmv_minor&order=gmv_minor&cursor="
                + first.headers().firstValue("Dhara-Next").orElse("none"));

    assertThat(header(first, "content-type"), startsWith("text/csv"));
    assertThat(
        HttpAsk.text(first),
        is("category,gmv_minor\r\nbooks,1000\r\nbooks,1001\r\nbooks,1002\r\ngames,2000\r\n"));
    assertThat(HttpAsk.text(second), is("category,gmv_minor\r\ngames,2001\r\ngames,2002\r\n"));
    assertThat(header(second, "Dhara-Next"), is(""));
  }

  @Test
  void arrowIsReadByItsOwnReader() throws Exception {
    HttpResponse<byte[]> response = ask.get(SALES + "?order=gmv_minor&format=arrow");

    assertThat(header(response, "content-type"), is("application/vnd.apache.arrow.stream"));
    try (RootAllocator memory = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(response.body()), memory)) {
      assertThat(reader.loadNextBatch(), is(true));
      assertThat(reader.getVectorSchemaRoot().getRowCount(), is(6));
      assertThat(
          reader.getVectorSchemaRoot().getVector("gmv_minor").getObject(5), is((Object) 2_002L));
    }
  }

  @Test
  void whatWasKnownThenIsAnsweredAsOfThen() throws Exception {
    shop.sell("books", 0, 1_500);
    String before = ask.json("/api/status").path("now").asText();
    shop.sell("books", 0, 9_000);

    String now = SALES + "?category=books&limit=1&columns=gmv_minor";
    assertThat(ask.json(now).at("/rows/0/gmv_minor").asLong(), is(9_000L));
    JsonNode then = ask.json(now + "&asKnownAt=" + before);
    assertThat(then.at("/rows/0/gmv_minor").asLong(), is(1_500L));
    assertThat(then.path("asKnownAt").asText().isEmpty(), is(false));
  }

  @Test
  void sqlGivesColumnsWithTypesAndRows() throws Exception {
    HttpResponse<byte[]> response =
        ask.sql(
            "select category, count(*) n, sum(gmv_minor) gmv, avg(gmv_minor) mean, max(price) p,"
                + " bool_or(busy) busy, min(window_start) first_at, date '2026-01-05' d, any_value(best)"
                + " best, list(gmv_minor order by gmv_minor) all_of, {'a': 1} s, null empty"
                + " from shop_sales group by category order by category");

    JsonNode result = HttpAsk.json(response);
    assertThat(
        names(result.path("columns"), "name"),
        contains(
            "category",
            "n",
            "gmv",
            "mean",
            "p",
            "busy",
            "first_at",
            "d",
            "best",
            "all_of",
            "s",
            "empty"));
    assertThat(
        names(result.path("columns"), "type"),
        contains(
            "text", "long", "decimal", "double", "decimal", "boolean", "instant", "text", "json",
            "json", "json", "text"));
    assertThat(
        result.at("/rows/0").toString(),
        is(
            "[\"books\",3,3003,1001.0,10.02,true,\"2026-01-05T09:00:00.000Z\",\"2026-01-05\","
                + "{\"product\":\"p0\",\"orders\":10},[1000,1001,1002],{\"a\":1},null]"));
    assertThat(result.path("rows").size(), is(2));
    assertThat(result.path("truncated").asBoolean(), is(false));
  }

  @Test
  void sqlIsGivenAsCsvAndArrowOnRequest() throws Exception {
    String sql = "select category, gmv_minor from shop_sales order by 2 limit 2";
    HttpResponse<byte[]> csv = ask.sql(sql, "Accept", "text/csv");
    HttpResponse<byte[]> arrow = ask.sql(sql, "Accept", "application/vnd.apache.arrow.stream");

    assertThat(HttpAsk.text(csv), is("category,gmv_minor\r\nbooks,1000\r\nbooks,1001\r\n"));
    assertThat(header(csv, "Dhara-Truncated"), is("false"));
    try (RootAllocator memory = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(arrow.body()), memory)) {
      assertThat(reader.loadNextBatch(), is(true));
      assertThat(reader.getVectorSchemaRoot().getRowCount(), is(2));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/views/shop.sale             | 404 | shop.sales",
        "/api/views/shop.sales?gmv=1      | 400 | gmv_minor",
        "/api/views/shop.sales?gmv_minor=many | 400 | many",
        "/api/views/shop.sales?order=best | 400 | order=best",
        "/api/views/shop.sales?limit=0    | 400 | limit=0",
        "/api/views/shop.sales?cursor=abc | 400 | cursor",
        "/api/views/shop.sales?asKnownAt=2999-01-01T00:00:00Z | 400 | future",
        "/api/views/shop.sales?format=xml | 400 | json, csv or arrow",
        "/api/nothing                     | 404 | /api/openapi.json",
        "/nothing                         | 404 | /api/openapi.json",
        "/%2e%2e/%2e%2e/etc/passwd        | 400 | ",
        "/dashboard/../api/views          | 404 | ",
      })
  void aMistakeIsAnsweredWithItsFix(String path, int status, String fix) throws Exception {
    HttpResponse<byte[]> response = ask.get(path);

    assertThat(HttpAsk.text(response), response.statusCode(), is(status));
    assertThat(header(response, "content-type"), startsWith("application/json"));
    JsonNode error = HttpAsk.json(response);
    assertThat(error.size(), is(1));
    assertThat(error.path("error").asText(), containsString(fix == null ? "" : fix));
  }

  @Test
  void theBodyOfSqlMustBeJsonWithNothingButSql() throws Exception {
    String[] json = {"Content-Type", "application/json"};
    assertThat(ask.post("/api/sql", "select 1").statusCode(), is(415));
    assertThat(
        ask.post("/api/sql", "sql=select+1", "Content-Type", "application/x-www-form-urlencoded")
            .statusCode(),
        is(415));
    assertThat(ask.post("/api/sql", "select 1", json).statusCode(), is(400));
    assertThat(ask.post("/api/sql", "[]", json).statusCode(), is(400));
    assertThat(ask.post("/api/sql", "{\"sql\":1}", json).statusCode(), is(400));
    assertThat(ask.post("/api/sql", "{\"sql\":\"select 1\",\"a\":1}", json).statusCode(), is(400));
    assertThat(ask.post("/api/sql", "", json).statusCode(), is(400));
    assertThat(ask.post("/api/sql", " ".repeat(1 << 20), json).statusCode(), is(413));
    assertThat(ask.get("/api/sql").statusCode(), is(405));
    assertThat(ask.post("/api/views", "").statusCode(), is(405));
    assertThat(ask.sql("select 1").statusCode(), is(200));
  }

  @Test
  void whoStillWritesTooLongABodyReadsWhyItIsRefused() throws Exception {
    byte[] part = new byte[1 << 20];
    String head =
        """
        POST /api/sql HTTP/1.1
        Host: localhost
        Content-Type: application/json
        Content-Length: %d

        """;
    try (Socket client = new Socket(server.address().getHost(), server.address().getPort());
        OutputStream out = client.getOutputStream();
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
      out.write(
          head.formatted(7 * part.length)
              .replace("\n", "\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 7; i++) { // more than a connection holds on its way
        out.write(part);
      }

      assertThat(in.readLine(), startsWith("HTTP/1.1 413"));
    }
  }

  @Test
  void limitsOfRowsAndTimeAreThoseOfTheOptions() throws Exception {
    try (ViewServer small = shop.serve(options -> options.setSqlRows(4))) {
      HttpAsk asked = new HttpAsk(small.address());

      JsonNode cut = HttpAsk.json(asked.sql("from shop_sales"));
      assertThat(cut.path("rows").size(), is(4));
      assertThat(cut.path("truncated").asBoolean(), is(true));
      HttpResponse<byte[]> csv = asked.sql("from shop_sales", "Accept", "text/csv");
      assertThat(header(csv, "Dhara-Truncated"), is("true"));
    }
    try (ViewServer hasty = shop.serve(options -> options.setSqlTimeout(Duration.ofMillis(300)))) {
      HttpResponse<byte[]> slow =
          new HttpAsk(hasty.address())
              .sql(
                  "select count(*) from generate_series(1, 1000000000) a(i), generate_series(1, 9) b(j)"
                      + " where i * j % 7 = 3");
      assertThat(slow.statusCode(), is(408));
      assertThat(HttpAsk.text(slow), containsString("PT0.3S"));
    }
  }

  @Test
  void aColumnThatIsRepeatedIsSortedByOnce() throws Exception {
    String once = "?limit=4&order=-mean";
    JsonNode first = ask.json(SALES + once);
    JsonNode repeated = ask.json(SALES + once + ",mean".repeat(700));

    assertThat(repeated, is(first));
    String rest = "&cursor=" + first.path("next").asText();
    assertThat(
        names(ask.json(SALES + once + ",mean".repeat(700) + rest).path("rows"), "gmv_minor"),
        contains("1001", "1000"));
  }

  @Test
  void aQueryThatTakesTooLongIsStopped() throws Exception {
    List<StoredRow> rows = new ArrayList<>();
    for (int i = 0; i < 8_000; i++) {
      rows.add(shop.sale("a".repeat(100) + i, 0, i));
    }
    shop.commit(rows);
    try (ViewServer hasty = shop.serve(options -> options.setSqlTimeout(Duration.ofMillis(1)))) {
      HttpAsk asked = new HttpAsk(hasty.address());
      // A query may end before the millisecond has, so several are tried.
      HttpResponse<byte[]> stopped = asked.get(SALES);
      for (int tries = 0; tries < 50 && stopped.statusCode() == 200; tries++) {
        stopped =
            asked.get(
                SALES + "?limit=10000&order=-category,mean&category.like=%25a%25a%25" + tries);
      }

      assertThat(HttpAsk.text(stopped), stopped.statusCode(), is(408));
      assertThat(HttpAsk.text(stopped), containsString("PT0.001S"));
    }
  }

  @Test
  void answersArePackedForClientsThatAskForIt() throws Exception {
    HttpResponse<byte[]> packed = ask.get(SALES, "Accept-Encoding", "gzip");

    assertThat(header(packed, "content-encoding"), is("gzip"));
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
      assertThat(
          new String(in.readAllBytes(), StandardCharsets.UTF_8), is(HttpAsk.text(ask.get(SALES))));
    }
  }

  @Test
  void theDashboardComesWithAnEtagAndPacked() throws Exception {
    HttpResponse<byte[]> page = ask.get("/");
    assertThat(page.statusCode(), is(200));
    assertThat(header(page, "content-type"), startsWith("text/html"));
    String etag = header(page, "etag");

    assertThat(ask.get("/", "If-None-Match", etag).statusCode(), is(304));
    HttpResponse<byte[]> packed = ask.get("/", "Accept-Encoding", "gzip, br");
    assertThat(header(packed, "content-encoding"), is("gzip"));
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
      assertThat(in.readAllBytes(), is(page.body()));
    }
  }

  @Test
  void metricsCountRequestsByRouteAndViewsByName() throws Exception {
    ask.get(SALES);
    ask.get(SALES + "?limit=0");
    ask.get("/api/views/shop.ledger");

    String text = HttpAsk.text(ask.get("/metrics"));

    assertThat(
        text,
        containsString(
            "dhara_http_requests_total{route=\"GET /api/views/{name}\",status=\"200\"} 2\n"));
    assertThat(
        text,
        containsString(
            "dhara_http_requests_total{route=\"GET /api/views/{name}\",status=\"400\"} 1\n"));
    assertThat(
        text,
        containsString(
            "dhara_http_request_duration_seconds_count{route=\"GET /api/views/{name}\"} 3\n"));
    assertThat(text, containsString("dhara_view_rows{view=\"shop.sales\"} 6\n"));
    for (String line : text.lines().toList()) {
      assertThat(line, line.matches("# (HELP|TYPE) .+|[a-z_]+(\\{.+\\})? [-+0-9.eE]+"), is(true));
    }
    assertThat(text, endsWith("\n"));
  }

  @Test
  void theServerSaysThatItIsWell() throws Exception {
    assertThat(HttpAsk.text(ask.get("/healthz")), is("{\"status\":\"ok\"}"));
  }

  @Test
  void aServerWhoseStoreAnswersNoQueryIsNotWell() throws Exception {
    try (ServedShop other = ServedShop.open();
        ViewServer broken = other.serve()) {
      other.store().close();

      HttpResponse<byte[]> health = new HttpAsk(broken.address()).get("/healthz");

      assertThat(health.statusCode(), is(500));
      assertThat(HttpAsk.text(health), containsString("the store does not answer"));
    }
  }

  private static String header(HttpResponse<byte[]> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static List<String> names(JsonNode array, String field) {
    List<String> names = new ArrayList<>();
    array.forEach(each -> names.add(each.path(field).asText()));
    return names;
  }
}
