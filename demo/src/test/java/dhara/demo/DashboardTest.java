package dhara.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Page;
import dhara.demo.Chromium.Look;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The dashboard in a real browser, while a stream on Flink runs. The tests follow each other,
 * because a stream takes half a minute to start. Without Chromium or Node.js they are skipped, and
 * say so.
 */
@TestMethodOrder(OrderAnnotation.class)
class DashboardTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path TEST_DATA = Path.of("..", "test-data", "order-metrics");

  /** Columns whose numbers are whole and written with all their digits. */
  private static final List<String> COUNTS =
      List.of("orders", "buyers", "gmv_minor", "items", "cancellations");

  /** The page of one category, without a limit of time. */
  private static final String BOOKS = "#/view/order-metrics.metrics?range=all&name=books";

  private static final String BOOKS_OF_API =
      "/api/views/order-metrics.metrics?name=books&limit=100";

  @TempDir static Path folder;
  private static ServedStream stream;
  private static Chromium chromium;
  private static List<String> orders;

  @BeforeAll
  static void start() throws Exception {
    Optional<String> missing = Chromium.missing();
    assumeTrue(missing.isEmpty(), () -> "no browser tests: " + missing.get());
    // Some of them are no UTF-8, to become dead letters.
    orders = Files.readAllLines(TEST_DATA.resolve("orders.jsonl"), ISO_8859_1);
    stream = ServedStream.start(folder);
    chromium = Chromium.start();
  }

  @AfterAll
  static void stop() throws Exception {
    if (chromium != null) {
      chromium.close();
    }
    if (stream != null) {
      stream.stop();
    }
  }

  @Test
  @Order(1)
  void numbersOnThePageAreThoseOfTheApiAndInTheEndTheOracles() throws Exception {
    int half = orders.size() / 2;
    stream.send(orders.subList(0, half));
    stream.until("the stream has read the first half", () -> stream.accountsForAll());
    Page page = chromium.page(Look.DESK);
    page.navigate(stream.page(BOOKS));
    page.waitForSelector("tr[data-row]");

    stream.until("the page shows what the API says", () -> shown(page).equals(api(BOOKS_OF_API)));
    assertThat(page.locator(".state.open").count(), is(greaterThan(0)));

    // The page stays open while the rest streams by.
    stream.send(orders.subList(half, orders.size()));
    stream.until("the page shows the oracle's numbers", () -> shown(page).equals(oracle()));

    assertThat(shown(page), is(api(BOOKS_OF_API)));
    page.context().close();
  }

  @Test
  @Order(2)
  void aLateEventMovesANumberThatHadBeenAnsweredAndThePageSaysWhatItWas() throws Exception {
    Page page = chromium.page(Look.DESK);
    page.navigate(stream.page(BOOKS));
    page.waitForSelector("tr[data-row]");
    String row = "tr[data-row*='T09:20:00.000Z\",\"']";
    page.waitForSelector("[data-connection=live]");
    // The quarter of an hour that the top products are of must end before all answers until then
    // are known.
    stream.send(List.of(order("next-quarter", "2026-01-05T09:31:00.000Z", "toys")));
    page.waitForSelector(row + " .state.revisable");
    // For some seconds after that, a change may be the answer at the end of the window still.
    page.waitForFunction(
        "async () => (await import('/dashboard/live.js'))"
            + ".answered('order-metrics.metrics', Date.parse('2026-01-05T09:21:00Z'))");
    long before = digits(page.locator(row + " td[data-column=orders]").textContent());

    // Ten minutes late: the window has ended, and may be corrected until ten minutes after its end.
    // It is at the next advance of the watermark, which the second order brings.
    stream.send(
        List.of(
            order("late-1", "2026-01-05T09:20:30.000Z", "books"),
            order("after-late-1", "2026-01-05T09:31:05.000Z", "toys")));

    stream.until(
        "the API has the late order",
        () -> api(BOOKS_OF_API).get("09:20").get("orders") == before + 1);
    page.waitForSelector(row + " td[data-column=orders].corrected");
    assertThat(shown(page).get("09:20").get("orders"), is(before + 1));
    assertThat(
        page.locator(row + " td[data-column=orders] .was").textContent(), is("was " + before));
    assertThat(
        page.locator(".corrections li[data-column=orders]").first().textContent(),
        containsString(before + " → " + (before + 1)));
    assertThat(shown(page), is(api(BOOKS_OF_API)));
    page.context().close();
  }

  @Test
  @Order(3)
  void afterARestartOfTheServerThePageGoesOnByItself() throws Exception {
    Page page = chromium.page(Look.DESK);
    page.navigate(stream.page(BOOKS));
    page.waitForSelector("[data-connection=live]");
    page.waitForSelector("tr[data-row]");

    stream.stopServing();
    page.waitForSelector("[data-connection=waiting]");
    // The last numbers stay on the page while the server is away, and what comes meanwhile is not
    // lost.
    assertThat(shown(page).size(), is(greaterThan(20)));
    stream.send(List.of(order("meanwhile", "2026-01-05T09:32:30.000Z", "books")));
    stream.serve();

    page.waitForSelector("[data-connection=live]");
    stream.until(
        "the API has the order of meanwhile", () -> api(BOOKS_OF_API).containsKey("09:32"));
    stream.until("the page shows the order of meanwhile", () -> shown(page).containsKey("09:32"));
    assertThat(shown(page), is(api(BOOKS_OF_API)));
    page.context().close();
  }

  @Test
  @Order(4)
  void composedPagesShowWhatTheStoreHolds() throws Exception {
    Page page = chromium.page(Look.DESK);
    page.navigate(stream.page("#/sale-day"));
    page.waitForSelector("[data-tile='Orders today']");

    stream.until(
        "orders of the day on the page",
        () ->
            tile(page, "Orders today")
                == stream.number("select sum(orders) from order_metrics_totals"));
    stream.until(
        "what was cancelled on the page",
        () ->
            tile(page, "Cancelled today")
                == stream.number("select sum(cancellations) from order_metrics_totals"));
    // An analysis that is not served says how it would be.
    assertThat(page.locator(".missing").first().textContent(), containsString("conversion=URI"));

    page.navigate(stream.page("#/operations"));
    page.waitForSelector("tr[data-ledger='order-metrics/orders']");
    stream.until("events read on the page", () -> tile(page, "Events read") == stream.sent());
    assertThat(
        page.locator("tr[data-ledger='order-metrics/orders'] .ok").textContent(),
        containsString("balanced"));
    page.context().close();
  }

  @Test
  @Order(5)
  void keysChooseThePageTheNumbersAndTheTheme() throws Exception {
    Page page = chromium.page(Look.DESK);
    page.navigate(stream.page("#/operations"));
    page.waitForSelector("[data-tile='Events read']");

    page.keyboard().press("t");
    assertThat(page.locator("html").getAttribute("data-theme"), is("light"));
    page.keyboard().press("t");
    assertThat(page.locator("html").getAttribute("data-theme"), is("dark"));
    page.keyboard().press("g");
    page.keyboard().press("s");
    page.waitForSelector("[data-tile='GMV today']");
    stream.until("money as in India", () -> text(page, "GMV today").matches("₹[0-9.]+L"));
    page.keyboard().press("n");
    stream.until("money as elsewhere", () -> text(page, "GMV today").matches("₹[0-9.]+K"));
    page.keyboard().press("/");
    page.keyboard().type("top");
    page.keyboard().press("Enter");
    page.waitForSelector("[data-view='order-metrics.top']");
    page.context().close();
  }

  @Test
  @Order(6)
  void everyPageFitsATelephoneAndCanBeReadInBothThemes() throws Exception {
    for (Look look : List.of(Look.PHONE, Look.DESK_AT_NIGHT, Look.DESK)) {
      Page page = chromium.page(look);
      for (String place :
          List.of(
              "#/operations",
              "#/sale-day",
              "#/match-day",
              "#/payments",
              "#/rides",
              BOOKS,
              "#/view/order-metrics.top")) {
        page.navigate(stream.page(place));
        page.waitForSelector("h1");
        page.waitForLoadState();
        assertThat(place, width(page), is(lessThanOrEqualTo(look.width())));
        assertThat(look + " " + place, faint(page), is(empty()));
        assertThat(place, nameless(page), is(empty()));
      }
      page.context().close();
    }
  }

  @Test
  @Order(8)
  void noRequestLeftTheMachineAndNothingFailed() {
    assertThat(chromium.requests(), hasSize(greaterThan(20)));
    assertThat(chromium.requests(), everyItem(startsWith(stream.page(""))));
    // The page asks again what a server refused that was busy, or away while it was restarted.
    assertThat(
        chromium.troubles().stream()
            .filter(
                trouble -> !trouble.contains("429") && !trouble.contains("ERR_CONNECTION_REFUSED"))
            .toList(),
        is(empty()));
  }

  /** The counts on the page by the minute of their window, read from the text that people see. */
  private static Map<String, Map<String, Long>> shown(Page page) throws Exception {
    String rows =
        (String)
            page.evaluate(
                "() => JSON.stringify([...document.querySelectorAll('tr[data-row]')].map(tr => ({window: JSON.parse(tr.dataset.row)[2],"
                    + " ...Object.fromEntries([...tr.querySelectorAll('td[data-column]')].map(td => [td.dataset.column, td.firstChild.textContent]))})))");
    Map<String, Map<String, Long>> shown = new TreeMap<>();
    for (JsonNode row : JSON.readTree(rows)) {
      Map<String, Long> counts = new TreeMap<>();
      COUNTS.forEach(column -> counts.put(column, digits(row.get(column).asText())));
      shown.put(minute(row.get("window").asText()), counts);
    }
    return shown;
  }

  private static Map<String, Map<String, Long>> api(String path) throws Exception {
    return counts(StreamSupport.stream(stream.get(path).get("rows").spliterator(), false).toList());
  }

  /** The answers of the naive recomputation, which the repository keeps. */
  private static Map<String, Map<String, Long>> oracle() throws Exception {
    List<JsonNode> books = new ArrayList<>();
    for (String line : Files.readAllLines(TEST_DATA.resolve("expected-metrics.jsonl"))) {
      JsonNode row = JSON.readTree(line);
      if (row.get("name").asText().equals("books")) {
        books.add(row);
      }
    }
    return counts(books);
  }

  private static Map<String, Map<String, Long>> counts(List<JsonNode> rows) {
    Map<String, Map<String, Long>> all = new TreeMap<>();
    for (JsonNode row : rows) {
      Map<String, Long> counts = new TreeMap<>();
      COUNTS.forEach(column -> counts.put(column, row.get(column).asLong()));
      all.put(minute(row.get("window_start").asText()), counts);
    }
    return all;
  }

  private static String minute(String instant) {
    return instant.substring(11, 16);
  }

  private static String order(String id, String at, String category) {
    return """
        {"id":"%s","at":"%s","order":"%s","product":"P001","category":"%s","country":"India","city":"Pune",\
        "customer":"C-%s","quantity":1,"unit_minor":100}"""
        .formatted(id, at, id, category, id);
  }

  /** ₹1,638.29 is 163829 paise. */
  private static long digits(String text) {
    return Long.parseLong(text.replaceAll("[^0-9]", ""));
  }

  private static String text(Page page, String tile) {
    return page.locator("[data-tile='" + tile + "'] .tile-value").textContent();
  }

  private static long tile(Page page, String tile) {
    String text = text(page, tile);
    return text.equals("–") ? -1 : digits(text);
  }

  private static int width(Page page) {
    return ((Number) page.evaluate("() => document.scrollingElement.scrollWidth")).intValue();
  }

  /** Texts whose contrast is less than WCAG AA asks for: 4.5, or 3 if they are large. */
  private static List<?> faint(Page page) {
    return (List<?>)
        page.evaluate(
            """
            () => {
              const parse = (text) => (text.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
              const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255)
                .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
              const ground = (element) => {
                for (let e = element; e; e = e.parentElement) {
                  const colour = parse(getComputedStyle(e).backgroundColor);
                  if (colour.length < 4 || colour[3] > 0.99) return colour;
                }
                return [255, 255, 255];
              };
              const found = [];
              for (const element of document.querySelectorAll('body *')) {
                const words = [...element.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent.trim()).join('');
                const box = element.getBoundingClientRect();
                if (!words || box.width < 2 || element.closest('svg, dialog, noscript') || element.tagName === 'OPTION') continue;
                const style = getComputedStyle(element);
                if (style.visibility === 'hidden') continue;
                const [one, other] = [luminance(parse(style.color)), luminance(ground(element))].sort((x, y) => y - x);
                const contrast = (one + 0.05) / (other + 0.05);
                const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
                if (contrast < (large ? 3 : 4.5)) found.push(words.slice(0, 30) + ' ' + contrast.toFixed(2));
              }
              return found;
            }
            """);
  }

  /** Things that can be used and say nothing to a screen reader. */
  private static List<?> nameless(Page page) {
    return (List<?>)
        page.evaluate(
            """
            () => [...document.querySelectorAll('button, a[href], input, select, [role=region], [role=img]')]
              .filter(e => !(e.textContent.trim() || e.getAttribute('aria-label') || (e.labels && e.labels.length)))
              .map(e => e.outerHTML.slice(0, 80))
            """);
  }
}
