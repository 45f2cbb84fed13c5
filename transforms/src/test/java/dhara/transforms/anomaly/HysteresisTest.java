package dhara.transforms.anomaly;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class HysteresisTest {

  @Test
  void whatBeganAboveTheLimitEndsBelowItsBand() {
    Hysteresis limits = Hysteresis.above(100, 0.25);

    assertThat(limits, is(new Hysteresis(Hysteresis.Side.ABOVE, 100, 75)));
    assertThat(limits.next(false, 100), is(false));
    assertThat(limits.next(false, 100.1), is(true));
    assertThat(limits.next(true, 75), is(true));
    assertThat(limits.next(true, 74.9), is(false));
    assertThat(limits.next(false, 80), is(false));
  }

  @Test
  void theEndOfTheBandIsTheDecimalNumberThatAPersonExpects() {
    assertThat(Hysteresis.above(0.05, 0.2).clear(), is(0.04));
    assertThat(Hysteresis.above(0.07, 0.2).clear(), is(0.056));
  }

  @Test
  void whatBeganBelowTheLimitEndsAboveTheOtherOne() {
    Hysteresis limits = Hysteresis.below(0.9, 0.95);

    assertThat(limits.next(false, 0.9), is(false));
    assertThat(limits.next(false, 0.89), is(true));
    assertThat(limits.next(true, 0.95), is(true));
    assertThat(limits.next(true, 0.96), is(false));
  }

  @Test
  void limitsThatCrossAreRefused() {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> Hysteresis.below(2, 1)).getMessage(),
        containsString("ends above 1.0, but would begin below 2.0"));
    assertThat(
        assertThrows(
                IllegalArgumentException.class, () -> new Hysteresis(Hysteresis.Side.ABOVE, 1, 2))
            .getMessage(),
        containsString("ends below 2.0, but would begin above 1.0"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> Hysteresis.above(0, 0.2)).getMessage(),
        containsString("a limit is above zero"));
  }
}
