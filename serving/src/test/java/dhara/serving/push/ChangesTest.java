package dhara.serving.push;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.serving.api.ViewServer;
import dhara.serving.shop.EventLines;
import dhara.serving.shop.EventLines.Event;
import dhara.serving.shop.HttpAsk;
import dhara.serving.shop.ServedShop;
import dhara.serving.store.StoredRow;
import dhara.testkit.Pause;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 1800, threadMode = ThreadMode.SEPARATE_THREAD)
class ChangesTest {

  private static final String CHANGES = "/api/changes";

  private ServedShop shop;
  private ViewServer server;
  private URI address;

  @BeforeEach
  void open() throws IOException, SQLException {
    shop = ServedShop.open();
    server = shop.serve();
    address = server.address();
  }

  @AfterEach
  void close() throws IOException, SQLException {
    server.close();
    shop.close();
  }

  @Test
  void aChangeArrivesWithItsRowAsTheQueryShowsIt() throws Exception {
    try (EventLines client = EventLines.open(address, CHANGES)) {
      assertThat(
          client.response().headers().firstValue("content-type").orElse(""),
          is("text/event-stream;charset=utf-8"));
      client.next("status");

      shop.sell("books", 0, 1_200);

      JsonNode change = client.next("changes").data();
      assertThat(change.path("view").asText(), is("shop.sales"));
      assertThat(change.path("removals").size(), is(0));
      JsonNode page = new HttpAsk(address).json("/api/views/shop.sales");
      assertThat(change.path("upserts"), is(page.path("rows")));
      assertThat(change.at("/upserts/0/best/product").asText(), is("p0"));
    }
  }

  @Test
  void aWithdrawalIsARemovalByKeyAndWindow() throws Exception {
    shop.sell("books", 0, 1_200);
    try (EventLines client = EventLines.open(address, CHANGES)) {
      client.next("status");

      shop.withdraw("books", 0);

      // The sale itself may be pushed as well, if it was not when the client came.
      JsonNode change = client.next(event -> event.data().path("removals").size() > 0).data();
      assertThat(change.path("upserts").size(), is(0));
      assertThat(
          change.path("removals").toString(),
          is(
              "[{\"category\":\"books\",\"window_start\":\"2026-01-05T09:00:00.000Z\","
                  + "\"window_end\":\"2026-01-05T09:01:00.000Z\"}]"));
    }
  }

  @Test
  void whateverTheClientMissesIsSentWhenItComesBack() throws Exception {
    String last;
    try (EventLines client = EventLines.open(address, CHANGES)) {
      shop.sell("books", 0, 100);
      client.next("changes");
      last = client.lastId();
    }
    for (int minute = 1; minute <= 5; minute++) {
      shop.sell("books", minute, 100 + minute);
    }

    try (EventLines client = EventLines.open(address, CHANGES, "Last-Event-ID", last)) {
      Map<String, Long> seen = new HashMap<>();
      while (seen.size() < 5) {
        collect(client.next("changes"), seen);
      }
      assertThat(
          seen,
          is(
              Map.of(
                  start(1), 101L, start(2), 102L, start(3), 103L, start(4), 104L, start(5), 105L)));
    }
  }

  @Test
  void theIdIsKnownBeforeTheFirstChangeSoThatNothingIsMissed() throws Exception {
    String last;
    try (EventLines client = EventLines.open(address, CHANGES)) {
      client.next("status");
      last = client.lastId();
    }
    shop.sell("books", 7, 700);

    try (EventLines client = EventLines.open(address, CHANGES, "Last-Event-ID", last)) {
      assertThat(client.next("changes").data().at("/upserts/0/gmv_minor").asLong(), is(700L));
    }
  }

  @Test
  void anIdThatIsTooOldOrFromAnotherStoreResetsTheClient() throws Exception {
    try (EventLines live = EventLines.open(address, CHANGES)) {
      live.next("status");
      shop.sell("books", 0, 100);
      live.next("changes");
      for (String id : List.of("0", Long.toString(Long.MAX_VALUE))) {
        try (EventLines client = EventLines.open(address, CHANGES, "Last-Event-ID", id)) {
          Event first = client.next(event -> !event.name().isEmpty());
          assertThat(id, first.name(), is("reset"));
          assertThat("and goes on from there", client.lastId(), is(live.lastId()));
        }
      }
    }
  }

  @Test
  void aLoadThatIsTooBigForSingleRowsResetsAllClients() throws Exception {
    try (EventLines client = EventLines.open(address, CHANGES)) {
      client.next("status");
      List<StoredRow> rows = new ArrayList<>();
      for (int i = 0; i < 10_001; i++) {
        rows.add(shop.sale("category " + i, 0, i));
      }
      shop.commit(rows);

      assertThat(client.next("reset").data().path("reason").asText(), containsString("views"));

      shop.sell("books", 1, 100);
      assertThat(client.next("changes").data().path("upserts").size(), is(1));
    }
  }

  @Test
  void changesOfOneRowAreCoalescedAndTheLastOneWins() throws Exception {
    try (EventLines client = EventLines.open(address, CHANGES)) {
      client.next("status");
      int commits = 200;
      for (int i = 1; i <= commits; i++) {
        shop.sell("books", 0, i);
      }

      int events = 0;
      long seen = 0;
      while (seen < commits) {
        for (JsonNode row : client.next("changes").data().path("upserts")) {
          assertThat("revisions only grow", row.path("gmv_minor").asLong(), is(greaterThan(seen)));
          seen = row.path("gmv_minor").asLong();
        }
        events++;
      }
      assertThat(events, is(lessThan(commits)));
    }
  }

  @Test
  void aClientGetsOnlyTheViewsThatItAsksFor() throws Exception {
    try (EventLines sales = EventLines.open(address, CHANGES + "?views=shop.sales");
        EventLines ledger = EventLines.open(address, CHANGES + "?views=shop.ledger");
        EventLines both = EventLines.open(address, CHANGES + "?views=shop.ledger,shop.sales");
        EventLines none = EventLines.open(address, CHANGES + "?views=")) {
      for (EventLines client : List.of(sales, ledger, both, none)) {
        client.next("status");
      }

      shop.sell("books", 0, 100);
      shop.watermark(ServedShop.NINE);
      shop.sell("books", 1, 100);

      assertThat(views(sales, 2), everyItem(is("shop.sales")));
      assertThat(views(ledger, 1), contains("shop.ledger"));
      Set<String> seen = new HashSet<>();
      boolean last = false;
      while (!last || seen.size() < 2) {
        JsonNode change = both.next("changes").data();
        seen.add(change.path("view").asText());
        last |= change.path("upserts").findValuesAsText("window_start").contains(start(1));
      }
      assertThat(seen, is(Set.of("shop.sales", "shop.ledger")));
      assertThat(none.next(event -> !event.name().isEmpty()).name(), is("status"));
    }
  }

  /** As a page does that shows another view: it is sent nothing that it never asked for. */
  @Test
  void aClientThatWantsMoreViewsGoesOnFromTheIdOfItsStatus() throws Exception {
    String last;
    try (EventLines sales = EventLines.open(address, CHANGES + "?views=shop.sales");
        EventLines ledger = EventLines.open(address, CHANGES + "?views=shop.ledger")) {
      sales.next("status");
      ledger.next("status");
      shop.sell("books", 0, 100);
      sales.next("changes");
      do {
        ledger.next("status");
        last = ledger.lastId();
      } while (!last.equals(sales.lastId()));
    }
    shop.sell("books", 1, 101);

    String both = CHANGES + "?views=shop.ledger,shop.sales";
    try (EventLines client = EventLines.open(address, both, "Last-Event-ID", last)) {
      JsonNode change = client.next("changes").data();
      assertThat(change.path("view").asText(), is("shop.sales"));
      assertThat(change.at("/upserts/0/gmv_minor").asLong(), is(101L));
    }
  }

  @Test
  void theStatusTellsRowsAndLedgerEveryTwoSeconds() throws Exception {
    try (EventLines client = EventLines.open(address, CHANGES)) {
      shop.sell("books", 0, 100);
      shop.watermark(ServedShop.NINE.plusSeconds(60));

      JsonNode status =
          client
              .next(
                  event ->
                      event.name().equals("status")
                          && event.data().path("analyses").size() == 1
                          && event.data().at("/analyses/0/ledger").size() == 1
                          && view(event.data(), "shop.sales").path("rows").asLong() == 1)
              .data();
      JsonNode sales = view(status, "shop.sales");
      assertThat(sales.path("watermark").asText(), is("2026-01-05T09:01:00.000Z"));
      assertThat(sales.path("lateness").asText(), is("PT1M"));
      assertThat(status.at("/analyses/0/ledger/0/in_flight").asLong(), is(0L));
      assertThat(status.at("/analyses/0/ledger/0/balanced").asBoolean(), is(true));
      client.next("status");
    }
  }

  @Test
  void aRequestThatIsWrongIsRefusedWithTheFix() throws Exception {
    HttpAsk ask = new HttpAsk(address);

    assertThat(ask.get(CHANGES + "?views=shop.sale").statusCode(), is(404));
    assertThat(
        HttpAsk.json(ask.get(CHANGES + "?views=shop.sale")).path("error").asText(),
        containsString("shop.sales"));
    assertThat(ask.get(CHANGES, "Last-Event-ID", "yesterday").statusCode(), is(400));
    assertThat(ask.post(CHANGES, "").statusCode(), is(405));
  }

  @Test
  void aClientThatDoesNotReadIsCutOffAndTheOthersGetEverything() throws Exception {
    try (Socket stuck = new Socket()) {
      stuck.setReceiveBufferSize(4_096);
      stuck.connect(new InetSocketAddress(address.getHost(), address.getPort()));
      String request = "GET " + CHANGES + " HTTP/1.1\r\nHost: " + address.getAuthority();
      stuck.getOutputStream().write((request + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
      try (EventLines reading = EventLines.open(address, CHANGES)) {
        reading.next("status");
        HttpAsk ask = new HttpAsk(address);
        // Commits go on until the buffers of the stuck connection are full and its time is up.
        int round = 0;
        while (metric(ask, "dhara_push_shed_total") < 1) {
          List<StoredRow> rows = new ArrayList<>();
          for (int i = 0; i < 2_000; i++) {
            rows.add(shop.sale("category " + i, 0, 10_000 + round));
          }
          shop.commit(rows);
          long wanted = 10_000L + round;
          reading.next(
              event ->
                  event.name().equals("changes")
                      && event.data().at("/upserts/0/gmv_minor").asLong() == wanted);
          round++;
        }
        assertThat(metric(ask, "dhara_push_clients"), is(1.0));
        assertThat(
            "one that lags only is not reset", metric(ask, "dhara_push_resets_total"), is(0.0));
      }
    }
  }

  @Test
  void aClientThatGoesAwayIsForgotten() throws Exception {
    HttpAsk ask = new HttpAsk(address);
    try (EventLines client = EventLines.open(address, CHANGES)) {
      client.next("status");
      assertThat(metric(ask, "dhara_push_clients"), is(1.0));
    }
    while (metric(ask, "dhara_push_clients") > 0) {
      Pause.shortly(); // until the next status finds the connection closed
    }
  }

  @Test
  void theStreamEndsWhenTheServerStops() throws Exception {
    try (EventLines client = EventLines.open(address, CHANGES)) {
      client.next("status");

      server.close();

      assertThrows(IOException.class, () -> client.next("never"), EOFException.class.getName());
    }
  }

  private static double metric(HttpAsk ask, String name) throws Exception {
    Matcher line =
        Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(HttpAsk.text(ask.get("/metrics")));
    assertThat(name, line.find(), is(true));
    return Double.parseDouble(line.group(1));
  }

  private static List<String> views(EventLines client, int rows) throws IOException {
    List<String> views = new ArrayList<>();
    while (views.size() < rows) {
      JsonNode change = client.next("changes").data();
      change.path("upserts").forEach(row -> views.add(change.path("view").asText()));
    }
    return views;
  }

  private static JsonNode view(JsonNode status, String name) {
    for (JsonNode view : status.path("views")) {
      if (view.path("view").asText().equals(name)) {
        return view;
      }
    }
    throw new AssertionError("no view " + name + " in " + status);
  }

  private static void collect(Event event, Map<String, Long> seen) {
    for (JsonNode row : event.data().path("upserts")) {
      seen.put(row.path("window_start").asText(), row.path("gmv_minor").asLong());
    }
  }

  private static String start(int minute) {
    return "2026-01-05T09:0" + minute + ":00.000Z";
  }
}
