package dhara.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.junit.jupiter.api.Test;

class ProgressTest {

  @Test
  void saysHowManyHowFastAndHowLong() {
    assertThat(Progress.line(1_234_500, 3_000_000_000L), is("1,234,500 events  411,500/s  3 s"));
  }
}
