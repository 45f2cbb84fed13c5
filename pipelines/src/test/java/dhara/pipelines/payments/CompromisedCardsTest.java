package dhara.pipelines.payments;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import dhara.pipelines.Scenario;
import dhara.pipelines.Scenario.Given;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CompromisedCardsTest {

  private static final Scenario SCENARIO =
      new Fraud().declaration().otherScenarios().get("compromised-cards");

  private static final List<Given<?>> EVENTS = SCENARIO.events(1, 20_000).toList();

  private static final Instant FIRST = EVENTS.get(0).event().at();

  private static Duration after(Given<?> given) {
    return Duration.between(FIRST, given.event().at());
  }

  @Test
  void theEventsOfASeedAreInOrderAndTheSameAgain() {
    assertThat(SCENARIO.events(1, 20_000).toList(), is(EVENTS));
    assertThat(SCENARIO.events(2, 20_000).toList().equals(EVENTS), is(false));
    for (int n = 1; n < EVENTS.size(); n++) {
      assertThat(EVENTS.get(n).event().at().isBefore(EVENTS.get(n - 1).event().at()), is(false));
    }
  }

  @Test
  void theEventsLastForAboutSixtyDays() {
    for (int count : new int[] {10_000, 20_000, 50_000}) {
      List<Given<?>> events = SCENARIO.events(3, count).toList();

      assertThat(events.size(), is(count));
      assertThat(
          Duration.between(FIRST, events.get(count - 1).event().at()).toDays(),
          is(both(greaterThan(54L)).and(lessThan(66L))));
    }
  }

  @Test
  void mostFraudsAreFoundWithinSixDaysAndSomeHonestPaymentsAreDisputed() {
    Map<String, Instant> paid = new HashMap<>();
    Set<String> frauds = new HashSet<>();
    int found = 0;
    int disputed = 0;
    for (Given<?> given : EVENTS) {
      if (given.event() instanceof Payment payment) {
        paid.put(payment.id(), payment.at());
        if (!given.planted().isEmpty()) {
          frauds.add(payment.id());
        }
      } else if (given.event() instanceof FraudLabel label) {
        found += frauds.contains(label.payment()) ? 1 : 0;
        disputed += frauds.contains(label.payment()) ? 0 : 1;
        assertThat(label.paidAt(), is(paid.get(label.payment())));
        assertThat(Duration.between(label.paidAt(), label.at()), is(lessThan(Duration.ofDays(6))));
      }
    }
    assertThat(100 * frauds.size() / paid.size(), is(both(greaterThan(1)).and(lessThan(6))));
    // Of the last ones some are not found yet.
    assertThat(100 * found / frauds.size(), is(both(greaterThan(80)).and(lessThan(97))));
    assertThat(10_000 * disputed / paid.size(), is(both(greaterThan(5)).and(lessThan(25))));
  }

  @Test
  void rulesKnowTheLeaksAndCardsAreClonedOnlyLater() {
    Map<String, Integer> kinds = new HashMap<>();
    boolean open = false;
    int known = 0;
    for (Given<?> given : EVENTS) {
      kinds.merge(given.planted(), 1, Integer::sum);
      if (given.event() instanceof FraudRule rule) {
        open = rule.weight() > FraudRule.Name.new_device.weight();
      } else if (given.planted().equals("leaked_login")) {
        known += open ? 1 : 0;
      } else if (given.planted().equals("cloned_card")) {
        assertThat(after(given), is(greaterThan(Duration.ofDays(39))));
      }
    }
    int leaks = kinds.get("leaked_login");
    assertThat(100 * known / leaks, is(both(greaterThan(70)).and(lessThan(100))));
    assertThat(
        kinds.keySet(),
        is(Set.of("", "stolen_card", "compromised_terminal", "leaked_login", "cloned_card")));
    for (int count : kinds.values()) {
      assertThat(kinds.toString(), count, is(greaterThan(20)));
    }
  }
}
