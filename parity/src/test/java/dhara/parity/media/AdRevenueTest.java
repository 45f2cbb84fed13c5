package dhara.parity.media;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Planted sprees stand out and nothing else does; numbers by hand; what cannot be an event. */
class AdRevenueTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> AD_REVENUE = Analysis.all().get("ad-revenue");
  private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theClickRateIsHighInPlantedSpreesOnly(long seed) throws JsonProcessingException {
    int count = 6_000;
    List<Playback> planted =
        AD_REVENUE
            .scenario()
            .events(seed, count)
            .filter(given -> given.planted().equals("spree"))
            .map(Given::event)
            .map(Playback.class::cast)
            .toList();
    List<Double> within = new ArrayList<>();
    List<Double> elsewhere = new ArrayList<>();
    for (String revenue :
        Oracle.settled(AD_REVENUE, Inputs.of(AD_REVENUE, seed, count), List.of("--window=PT1M"))
            .get("revenue")) {
      JsonNode row = JSON.readTree(revenue);
      Instant start = Instant.parse(row.get("window_start").asText());
      long clicks =
          planted.stream()
              .filter(click -> click.campaign().equals(row.get("campaign").asText()))
              .filter(click -> !click.at().isBefore(start))
              .filter(click -> click.at().isBefore(start.plusSeconds(60)))
              .count();
      // A few planted clicks are just after the minute of their impressions.
      if (row.get("impressions").asLong() >= 8 && (clicks == 0 || clicks >= 6)) {
        (clicks == 0 ? elsewhere : within).add(row.get("ctr").asDouble());
      }
    }

    assertThat(within, is(not(empty())));
    assertThat(within, everyItem(is(greaterThan(0.5))));
    assertThat(elsewhere, is(not(empty())));
    assertThat(elsewhere, everyItem(is(lessThan(0.5))));
  }

  private static Playback ad(int second, Kind kind, @Nullable Long minor) {
    return playback("at-" + second, second, "chai", kind, minor);
  }

  private static Playback playback(
      String id, int second, @Nullable String campaign, Kind kind, @Nullable Long minor) {
    return new Playback(
        id,
        NOON.plusSeconds(second),
        "u",
        null,
        campaign,
        kind,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        minor,
        null);
  }

  private static List<String> revenue(List<Playback> events, String... options) {
    return Oracle.settled(
            AD_REVENUE, Inputs.of(AD_REVENUE.inputs().get(0), events), List.of(options))
        .get("revenue");
  }

  @Test
  void revenueIsOfImpressionsAndClicksAndRatesNeedAnImpression() {
    List<Playback> events =
        List.of(
            ad(1, Kind.AD_IMPRESSION, 40L),
            ad(2, Kind.AD_IMPRESSION, 45L),
            ad(3, Kind.AD_CLICK, 500L),
            ad(4, Kind.AD_IMPRESSION, null),
            playback("other", 5, null, Kind.HEARTBEAT, 9L),
            ad(61, Kind.AD_CLICK, null));

    assertThat(
        revenue(events, "--window=PT1M"),
        contains(
            "{\"campaign\":\"chai\",\"window_start\":\"2026-01-05T12:00:00.000Z\","
                + "\"window_end\":\"2026-01-05T12:01:00.000Z\",\"impressions\":3,\"clicks\":1,"
                + "\"ctr\":0.3333333333333333,\"revenue_minor\":585,\"ecpm_minor\":195000}",
            "{\"campaign\":\"chai\",\"window_start\":\"2026-01-05T12:01:00.000Z\","
                + "\"window_end\":\"2026-01-05T12:02:00.000Z\",\"impressions\":0,\"clicks\":1,"
                + "\"ctr\":null,\"revenue_minor\":0,\"ecpm_minor\":null}"));
  }

  @Test
  void byDefaultAnAdvertisementIsInTenWindows() {
    assertThat(revenue(List.of(ad(1, Kind.AD_IMPRESSION, 40L))).size(), is(10));
  }

  @Test
  void eventsThatCannotBeAreRefused() {
    assertThat(
        refusal(() -> playback("a", 0, null, Kind.AD_IMPRESSION, null)),
        containsString("campaign is missing: AD_IMPRESSION belongs to one"));
    assertThat(
        refusal(() -> ad(0, Kind.AD_CLICK, -1L)), containsString("revenueMinor is negative: -1"));
    assertThat(
        refusal(() -> ad(0, Kind.AD_CLICK, Long.MAX_VALUE)),
        containsString("revenueMinor is above 1,000,000,000,000"));
  }

  private static String refusal(Executable making) {
    return assertThrows(IllegalArgumentException.class, making).getMessage();
  }
}
