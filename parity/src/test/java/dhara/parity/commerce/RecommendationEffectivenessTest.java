package dhara.parity.commerce;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.pipelines.Analysis;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Recommendation;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the scenario plants is what the definition of a conversion says of it. */
class RecommendationEffectivenessTest {

  private static final Analysis<?> ANALYSIS = Analysis.all().get("recommendation-effectiveness");

  @Test
  void onlyAPurchaseOfTheSameProductWithinADayAfterItConverts() {
    List<Given<?>> events = ANALYSIS.scenario().events(3, 6_000).toList();
    List<Activity> purchases =
        events.stream()
            .filter(given -> given.event() instanceof Activity)
            .map(given -> (Activity) given.event())
            .filter(activity -> activity.kind() == Activity.Kind.PURCHASE)
            .toList();
    Map<String, Set<String>> planted =
        events.stream()
            .filter(given -> !given.planted().isEmpty())
            .collect(
                Collectors.groupingBy(
                    Given::planted,
                    Collectors.mapping(given -> given.event().id(), Collectors.toSet())));
    Set<String> converting = new HashSet<>();
    for (Given<?> given : events) {
      if (given.event() instanceof Recommendation shown) {
        RecommendationEffectivenessOracle.first(shown, purchases, Duration.ofDays(1))
            .ifPresent(purchase -> converting.add(purchase.id()));
      }
    }
    Map<String, Integer> found = new HashMap<>();
    planted.forEach(
        (what, ids) -> {
          assertThat(what, ids.size(), is(greaterThan(50)));
          found.put(what, (int) ids.stream().filter(converting::contains).count());
        });

    assertThat(
        found,
        is(
            Map.of(
                "converted", planted.get("converted").size(),
                "expired", 0,
                "other", 0,
                "before", 0)));
  }
}
