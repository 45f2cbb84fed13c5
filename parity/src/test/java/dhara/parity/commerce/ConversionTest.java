package dhara.parity.commerce;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Device;
import dhara.pipelines.commerce.Activity.Kind;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.Shapes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The funnel ends where payment was broken; what counts as a visitor, an order and a step. */
class ConversionTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> CONVERSION = Analysis.all().get("conversion");
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void nobodyReachesTheLastStepWherePayingWasBrokenAndOnlyThere(long seed)
      throws JsonProcessingException {
    int count = 12_000;
    Inputs inputs = Inputs.of(CONVERSION, seed, count);
    // The last block is cut off by the count.
    Instant known =
        inputs.all().map(each -> block(each.at())).max(Instant::compareTo).orElseThrow();
    Set<Instant> planted = new TreeSet<>();
    CONVERSION
        .scenario()
        .events(seed, count)
        .filter(given -> given.planted().equals("broken"))
        .map(given -> block(given.event().at()))
        .filter(at -> at.isBefore(known))
        .forEach(planted::add);

    Set<Instant> without = new TreeSet<>();
    for (String funnel : Oracle.settled(CONVERSION, inputs, List.of()).get("funnel")) {
      JsonNode row = JSON.readTree(funnel);
      Instant at = Instant.parse(row.get("window_start").asText());
      if (row.get("name").asText().equals("MOBILE")
          && at.isBefore(known)
          && row.at("/steps/4/visitors").asLong() == 0) {
        assertThat(row.at("/steps/3/visitors").asLong(), is(greaterThan(3L)));
        without.add(at);
      }
    }
    assertThat(planted.size(), is(greaterThan(3)));
    assertThat(without, is(planted));
  }

  private static Instant block(Instant at) {
    return Instant.ofEpochSecond(at.getEpochSecond() / 300 * 300);
  }

  private static Activity activity(
      int second, String user, Kind kind, @Nullable Device device, @Nullable Long minor) {
    return new Activity(
        "A%d-%s-%s-%s".formatted(second, user, kind, minor),
        START.plusSeconds(second),
        user,
        null,
        kind,
        null,
        null,
        null,
        minor,
        device,
        null,
        null,
        null,
        null);
  }

  @Test
  void aStepNeedsAllBeforeItAndWhatIsPaidAtOnceIsOneOrder() {
    Device mobile = Device.MOBILE;
    List<Activity> activities =
        List.of(
            activity(0, "a", Kind.PAGE_VIEW, mobile, null),
            activity(1, "a", Kind.PRODUCT_VIEW, mobile, null),
            activity(2, "a", Kind.ADD_TO_CART, mobile, null),
            activity(3, "a", Kind.CHECKOUT, mobile, null),
            activity(9, "a", Kind.PURCHASE, mobile, 100L),
            activity(9, "a", Kind.PURCHASE, mobile, 50L),
            activity(10, "a", Kind.PURCHASE, mobile, null),
            // Bought without looking at it.
            activity(11, "b", Kind.CHECKOUT, mobile, null),
            activity(12, "b", Kind.PURCHASE, mobile, 25L),
            activity(13, "c", Kind.PRODUCT_VIEW, mobile, null),
            // In the next window.
            activity(300, "c", Kind.SEARCH, null, null));

    Map<String, List<String>> settled =
        Oracle.settled(CONVERSION, Inputs.of(CONVERSION.inputs().get(0), activities), List.of());

    String next =
        "{\"dimension\":\"device\",\"name\":\"unknown\","
            + "\"window_start\":\"2026-01-05T09:05:00.000Z\","
            + "\"window_end\":\"2026-01-05T09:10:00.000Z\",";
    String first =
        "{\"dimension\":\"device\",\"name\":\"MOBILE\","
            + "\"window_start\":\"2026-01-05T09:00:00.000Z\","
            + "\"window_end\":\"2026-01-05T09:05:00.000Z\",";
    assertThat(
        settled.get("conversion"),
        contains(
            first
                + "\"page_views\":1,\"product_views\":2,\"visitors\":3,\"carts\":1,"
                + "\"checkouts\":2,\"buyers\":2,\"orders\":3,"
                + "\"conversion_percent\":66.66666666666667,"
                + "\"revenue_minor\":175,\"revenue_per_visitor_minor\":58}",
            next
                + "\"page_views\":0,\"product_views\":0,\"visitors\":1,\"carts\":0,"
                + "\"checkouts\":0,\"buyers\":0,\"orders\":0,\"conversion_percent\":0.0,"
                + "\"revenue_minor\":0,\"revenue_per_visitor_minor\":0}"));
    assertThat(
        settled.get("funnel").get(0),
        is(
            first
                + "\"steps\":["
                + step("VISIT", 3, "100.0", 0, "0.0")
                + ","
                + step("PRODUCT_VIEW", 2, "66.66666666666667", 1, "33.333333333333336")
                + ","
                + step("ADD_TO_CART", 1, "33.333333333333336", 1, "50.0")
                + ","
                + step("CHECKOUT", 1, "33.333333333333336", 0, "0.0")
                + ","
                + step("PURCHASE", 1, "33.333333333333336", 0, "0.0")
                + "]}"));
    assertThat(settled.get("funnel"), hasSize(2));
  }

  private static String step(String step, int visitors, String reached, int dropped, String off) {
    return """
        {"step":"%s","visitors":%d,"reached_percent":%s,"dropped":%d,"drop_off_percent":%s}"""
        .formatted(step, visitors, reached, dropped, off);
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> activity(0, "a", Kind.PURCHASE, Device.TV, -1L))
            .getMessage(),
        containsString("amountMinor is not between 0 and"));
    assertThat(
        assertThrows(BadOption.class, () -> Shapes.of(CONVERSION, List.of("--window=PT0S")))
            .getMessage(),
        containsString("--window=PT0S: a window must be longer than zero"));
  }
}
