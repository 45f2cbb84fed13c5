package dhara.parity.media;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.media.ads.AdOffer;
import dhara.pipelines.media.ads.AdRate;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** What the scenario plants is what an auction says of it; what cannot be an offer or a rate. */
class AdDecisionsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> ADS = Analysis.all().get("ad-decisions");
  private static final int EVENTS = 2_000;

  /** What the only, or the first, campaign of a planted break is out for; empty if it wins. */
  private static final Map<String, String> PLANTED =
      Map.of("exhausted", "BUDGET", "capped", "CAP", "off_target", "REGION", "second_price", "");

  @Test
  void whatIsPlantedIsDecidedAsItMustBe() throws IOException {
    Map<String, String> planted = new HashMap<>();
    for (Given<?> given : ADS.scenario().events(3, EVENTS).toList()) {
      if (!given.planted().isEmpty()) {
        planted.put(given.event().id(), given.planted());
      }
    }
    assertThat(new HashSet<>(planted.values()), is(PLANTED.keySet()));

    Map<String, Integer> found = new HashMap<>();
    Set<String> outs = new HashSet<>();
    for (String line : Oracle.settled(ADS, Inputs.of(ADS, 3, EVENTS), List.of()).get("decisions")) {
      JsonNode decision = JSON.readTree(line);
      JsonNode first = decision.get("considered").get(0);
      decision.get("considered").forEach(of -> outs.add(of.get("out").asText("")));
      String kind = planted.get(decision.get("request").asText());
      if (kind == null) {
        if (Set.of("solo", "duo", "pair").contains(decision.get("market").asText())) {
          assertThat(line, decision.get("price_micros").asLong(), is(1_000L));
        }
        continue;
      }
      found.merge(kind, 1, Integer::sum);
      if (kind.equals("second_price")) {
        assertThat(line, decision.get("campaign").asText(), is("best"));
        assertThat(line, decision.get("price_micros").asLong(), is(4_000L));
      } else {
        assertThat(line, decision.get("campaign").isNull(), is(true));
        assertThat(line, first.get("out").asText(), is(PLANTED.get(kind)));
      }
    }
    PLANTED.keySet().forEach(kind -> assertThat(kind, found.get(kind), is(greaterThan(20))));
    // Every reason but the floor, below which no made-up bid is by default.
    assertThat(
        outs.containsAll(
            Set.of(
                "INACTIVE",
                "REGION",
                "DEVICE",
                "LANGUAGE",
                "CONTENT",
                "RATE",
                "BUDGET",
                "PACING",
                "CAP")),
        is(true));
  }

  private static AdOffer offer(long bid, long budget, Long cap) {
    return new AdOffer(
        "o",
        Instant.EPOCH,
        "c",
        "m",
        bid,
        budget,
        cap,
        AdOffer.Pacing.ASAP,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  @Test
  void whatCannotBeAnOfferOrARateIsRefused() {
    assertThat(offer(1, 0, null).bidMicros(), is(1L));
    assertThat(
        refused(() -> offer(0, 1, null)), is("bidMicros is not above 0 and at most 10^12: 0"));
    assertThat(
        refused(() -> offer(1, -1, null)), is("dailyBudgetMicros is not within 0 and 10^13: -1"));
    assertThat(refused(() -> offer(1, 1, 0L)), is("capPerDay is below 1: 0"));
    assertThat(
        refused(() -> new AdRate("r", Instant.EPOCH, "c", "w", "TV", 1.01, "m")),
        is("rate is not within 0 and 1: 1.01"));
  }

  private static String refused(Runnable made) {
    return Assertions.assertThrows(IllegalArgumentException.class, made::run).getMessage();
  }
}
