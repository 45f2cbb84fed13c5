package dhara.serving.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dhara.serving.shop.EventLines;
import dhara.serving.shop.HttpAsk;
import dhara.serving.shop.ServedShop;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** The document that is served, against the routes and what they answer. */
class ApiDocumentTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static ServedShop shop;
  private static ViewServer server;
  private static HttpAsk ask;
  private static JsonNode document;

  @BeforeAll
  static void open() throws Exception {
    shop = ServedShop.open();
    shop.sell("books", 0, 1_000);
    shop.sell("books", 1, 2_000);
    shop.watermark(ServedShop.NINE.plusSeconds(70));
    server = shop.serve();
    ask = new HttpAsk(server.address());
    document = ask.json("/api/openapi.json");
  }

  @AfterAll
  static void close() throws IOException, SQLException {
    server.close();
    shop.close();
  }

  @Test
  void itListsTheRoutesAndNoOthers() {
    Set<String> described = new TreeSet<>();
    document
        .path("paths")
        .fields()
        .forEachRemaining(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method ->
                            described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));

    assertThat(described, is(new TreeSet<>(server.routes())));
  }

  @Test
  void everyReferenceInItLeadsSomewhere() {
    List<String> dangling = new ArrayList<>();
    for (JsonNode reference : document.findValues("$ref")) {
      if (document.at(reference.asText().substring(1)).isMissingNode()) {
        dangling.add(reference.asText());
      }
    }
    assertThat(dangling, is(empty()));
    assertThat(document.path("openapi").asText(), is("3.1.0"));
  }

  @Test
  void itNamesTheViewsAndTheFunctionsOfSql() {
    assertThat(
        document.at("/paths/~1api~1views~1{name}/get/parameters/0/schema/enum").toString(),
        is("[\"shop.ledger\",\"shop.sales\"]"));
    List<String> functions = new ArrayList<>();
    document
        .at("/paths/~1api~1sql/post/x-sql-functions")
        .forEach(function -> functions.add(function.asText()));
    assertThat(functions, hasItem("date_trunc"));
    assertThat(
        document.at("/components/schemas/Row.shop_sales/properties/gmv_minor/type").toString(),
        is("[\"integer\",\"null\"]"));
  }

  @Test
  void itNamesEachStatusOfQueriesAndOfSql() {
    assertThat(
        statuses("/paths/~1api~1views~1{name}/get"),
        is(List.of("200", "400", "401", "403", "404", "406", "408", "429", "500")));
    assertThat(statuses("/paths/~1api~1sql/post"), hasItem("408"));
    assertThat(statuses("/paths/~1api~1sql/post"), hasItem("503"));
  }

  private static List<String> statuses(String operation) {
    List<String> statuses = new ArrayList<>();
    document.at(operation).path("responses").fieldNames().forEachRemaining(statuses::add);
    return statuses;
  }

  @Test
  void answersAreAsTheirSchemasSay() throws Exception {
    valid("Views", ask.get("/api/views"));
    valid("Page", ask.get("/api/views/shop.sales"));
    valid("Page", ask.get("/api/views/shop.ledger?limit=1"));
    valid("Page", ask.get("/api/views/shop.sales?limit=1&asKnownAt=" + now()));
    valid("Result", ask.sql("select category, window_start, best, 1.5 from shop_sales"));
    valid("Status", ask.get("/api/status"));
    valid("Health", ask.get("/healthz"));
    valid("Error", ask.get("/api/views/none"));
    valid("Error", ask.get("/none"));
    valid("Error", ask.sql("drop view shop_sales"));
    valid("Error", ask.post("/api/sql", "select 1"));
    JsonNode rows = ask.json("/api/views/shop.sales").path("rows");
    assertThat(rows.size(), is(2));
    for (JsonNode row : rows) {
      valid("Row", row);
      valid("Row.shop_sales", row);
    }
    valid("Row.shop_ledger", ask.json("/api/views/shop.ledger").at("/rows/0"));
  }

  @Test
  @Timeout(value = 1800, threadMode = ThreadMode.SEPARATE_THREAD)
  void pushedEventsAreAsTheirSchemasSay() throws Exception {
    try (EventLines client = EventLines.open(server.address(), "/api/changes")) {
      valid("Status", client.next("status").data());
      shop.sell("toys", 0, 1_000);
      JsonNode change = client.next("changes").data();
      valid("Changes", change);
      valid("Row.shop_sales", change.at("/upserts/0"));
    }
  }

  @Test
  void aCheckThatCannotFailWouldNotFindThis() {
    assertThat(
        problems("Error", JSON.createObjectNode().put("mistake", "x")).toString(),
        containsString("error"));
    assertThat(
        problems("Row.shop_sales", JSON.createObjectNode().put("gmv_minor", "x")).toString(),
        containsString("gmv_minor"));
  }

  private static String now() throws Exception {
    return ask.json("/api/status").path("now").asText();
  }

  private static void valid(String schema, HttpResponse<byte[]> response) throws IOException {
    valid(schema, HttpAsk.json(response));
  }

  private static void valid(String schema, JsonNode value) {
    assertThat(schema + ": " + value, problems(schema, value), is(empty()));
  }

  private static List<String> problems(String name, JsonNode value) {
    ObjectNode schema = JSON.createObjectNode().put("$ref", "#/components/schemas/" + name);
    schema.set("components", document.path("components"));
    JsonSchema validator = JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(schema);
    return validator
        .validate(value, run -> run.getExecutionConfig().setFormatAssertionsEnabled(true))
        .stream()
        .map(Object::toString)
        .toList();
  }
}
