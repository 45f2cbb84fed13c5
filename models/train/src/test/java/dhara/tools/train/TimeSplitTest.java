package dhara.tools.train;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.options.BadOption;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimeSplitTest {

  private static Instant day(int day) {
    return Instant.EPOCH.plus(Duration.ofDays(day));
  }

  @Test
  void theDelayOfLabelsIsLeftOutBeforeTheJudgedPartAndAtTheEnd() {
    assertThat(
        TimeSplit.of(day(0), day(30), Duration.ofDays(7), 0.5),
        is(new TimeSplit(day(0), day(8), day(15), day(23), day(30))));
  }

  @Test
  void aHistoryThatIsNotLongerThanTwiceTheDelayIsRefused() {
    BadOption refused =
        assertThrows(BadOption.class, () -> TimeSplit.of(day(0), day(14), Duration.ofDays(7), 0.5));

    assertThat(refused.getMessage(), containsString("--labelDelay=PT168H: leaves nothing"));
  }
}
