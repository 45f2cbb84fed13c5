package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.payments.Payment;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rules find the frauds that the scenario plants, and block no other payer on that day. */
class FraudTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> FRAUD = Analysis.all().get("fraud");

  /** The reason that gives each kind of fraud away. */
  private static final Map<String, String> REASONS =
      Map.of(
          "stolen_card_burst", "high_velocity_1h",
          "compromised_terminal", "risky_merchant",
          "impossible_travel", "impossible_travel",
          "new_device_takeover", "new_device",
          "many_places", "many_places");

  @Test
  void everyPlantedFraudIsStoppedForItsReasonAndNoOtherPayerIsBlocked() throws IOException {
    Map<String, String> planted = new HashMap<>();
    Set<String> victims = new HashSet<>();
    List<Given<?>> events = FRAUD.scenario().events(3, 3_000).toList();
    for (Given<?> given : events) {
      if (!given.planted().isEmpty()) {
        Payment payment = (Payment) given.event();
        planted.put(payment.id(), given.planted());
        victims.add(victim(payment.payer(), payment.at()));
      }
    }
    assertThat(new HashSet<>(planted.values()), is(REASONS.keySet()));

    Set<String> blocked = new HashSet<>();
    for (String line :
        Oracle.settled(FRAUD, Inputs.of(FRAUD, 3, 3_000), List.of()).get("decisions")) {
      JsonNode decision = JSON.readTree(line);
      String payment = decision.get("payment").asText();
      Set<String> reasons = new HashSet<>();
      decision.get("reasons").forEach(reason -> reasons.add(reason.asText()));
      if (planted.containsKey(payment)) {
        assertThat(line, reasons.contains(REASONS.get(planted.get(payment))), is(true));
        assertThat(line, decision.get("action").asText().equals("ALLOW"), is(false));
      } else if (decision.get("action").asText().equals("BLOCK")
          && !victims.contains(
              victim(
                  decision.get("payer").asText(),
                  Instant.parse(decision.get("window_start").asText())))) {
        blocked.add(line);
      }
    }
    assertThat(blocked, is(Set.of()));
  }

  /** A payer on a day. */
  private static String victim(String payer, Instant at) {
    return payer + " " + at.truncatedTo(ChronoUnit.DAYS);
  }
}
