package dhara.benchmarks.decisions;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecidingVersionsTest {

  private final DecidingVersions versions = new DecidingVersions(List.of("v1", "v2"), 6);

  @Test
  void theLastDecisionAboutAnEventIsByTheVersionOfItsTime() {
    for (int number = 0; number < 6; number++) {
      versions.event(number, number < 3 ? 0 : 1);
    }
    decided(0, "\"v1\""); // before the measured time
    decided(1, "\"v1\"");
    decided(2, "null");
    decided(2, "\"v1\"");
    decided(3, "\"v1\"");
    decided(3, "\"v2\"");
    decided(4, "\"v2\"");
    assertThat(versions.counts(1), is(new DecidingVersions.Counts(0, null, 2, 1, 1)));
  }

  @Test
  void aDecisionByAVersionThatIsNoLongerInForceIsWrong() {
    versions.event(3, 1);
    decided(3, "\"v2\"");
    decided(3, "\"v1\"");
    assertThat(
        versions.counts(0),
        is(new DecidingVersions.Counts(1, "event 3 is decided by v1 and not by v2", 0, 0, 0)));
  }

  @Test
  void aDecisionByTheRulesAloneOrByAnUnknownVersionIsWrong() {
    decided(0, "null");
    decided(1, "\"v10\"");
    assertThat(
        versions.counts(6),
        is(
            new DecidingVersions.Counts(
                2, "event 0 is decided by none of the released versions and not by v1", 0, 0, 0)));
  }

  private void decided(int number, String model) {
    versions.decision(
        number,
        "{\"payment\":\"p%d\",\"score\":0.1,\"model\":%s,\"rules_score\":0.2}"
            .formatted(number, model)
            .getBytes(StandardCharsets.US_ASCII));
  }
}
