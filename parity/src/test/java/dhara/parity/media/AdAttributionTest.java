package dhara.parity.media;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.pipelines.Analysis;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.media.AdAttribution;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.testkit.Oracle;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the scenario plants is what the definition of attribution says of it. */
class AdAttributionTest {

  private static final Analysis<?> ANALYSIS = Analysis.all().get("ad-attribution");

  private static Map<String, List<Long>> delays(String... arguments) {
    List<Given<?>> events = ANALYSIS.scenario().events(3, 4_000).toList();
    List<Playback> ads =
        events.stream()
            .map(given -> (Playback) given.event())
            .filter(playback -> playback.kind().isAd())
            .toList();
    Map<String, Long> delays =
        AdAttributionOracle.delays(
            ads, Oracle.options(ANALYSIS, List.of(arguments)).as(AdAttribution.Options.class));
    Map<String, List<Long>> byPlanted = new HashMap<>();
    for (Given<?> given : events) {
      Playback event = (Playback) given.event();
      if (event.kind() == Kind.AD_CLICK && !given.planted().isEmpty()) {
        byPlanted
            .computeIfAbsent(given.planted(), planted -> new java.util.ArrayList<>())
            .add(delays.getOrDefault(event.id(), -1L));
      }
    }
    return byPlanted;
  }

  @Test
  void clicksThatCannotFollowFromAnImpressionDoNot() {
    Map<String, List<Long>> delays = delays();

    for (String planted : List.of("expired", "double", "orphan")) {
      assertThat(planted, delays.get(planted).size(), is(greaterThan(50)));
      assertThat(planted, delays.get(planted).stream().allMatch(delay -> delay < 0), is(true));
    }
    assertThat(delays.get("quick").size(), is(greaterThan(50)));
    assertThat(delays.get("quick").stream().allMatch(delay -> delay >= 0 && delay < 8), is(true));
  }

  @Test
  void aDoubleClickFollowsFromItsImpressionIfClicksMayRepeat() {
    assertThat(
        delays("--repeatedClicks=true").get("double").stream()
            .allMatch(delay -> delay > 5_000 && delay < 6_000),
        is(true));
  }
}
