package dhara.statistics;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Against values that other software publishes. */
class TwoProportionsTest {

  /** From the documentation of statsmodels' proportions_ztest: 0.159. */
  @Test
  void thePooledTestIsThatOfStatsmodels() {
    assertThat(new TwoProportions(12, 99, 5, 83).pValue(), is(closeTo(0.159, 0.0005)));
    assertThat(new TwoProportions(5, 83, 12, 99).pValue(), is(closeTo(0.159, 0.0005)));
  }

  /** From the readme of the Python package stat-tests. */
  @Test
  void theStatisticIsThatOfStatTests() {
    TwoProportions samples = new TwoProportions(21, 298, 20, 300);

    assertThat(samples.z(), is(closeTo(-0.18400991456652802, 1e-12)));
    assertThat(samples.pValue(), is(closeTo(0.8540056770345579, 1e-12)));
  }

  /** Abramowitz and Stegun, table 26.1, and the quantiles that every table has. */
  @Test
  void quantilesAreThoseOfTables() {
    assertThat(TwoProportions.quantile(0.975), is(closeTo(1.959963984540054, 1e-12)));
    assertThat(TwoProportions.quantile(0.95), is(closeTo(1.6448536269514722, 1e-12)));
    assertThat(TwoProportions.quantile(0.995), is(closeTo(2.5758293035489004, 1e-12)));
    assertThat(TwoProportions.quantile(0.5), is(closeTo(0, 1e-15)));
  }

  /** 0.3 and 0.2 of 100 each: 0.1 ± 1.96 · √(0.0021 + 0.0016). */
  @Test
  void theIntervalIsAroundTheDifference() {
    TwoProportions samples = new TwoProportions(20, 100, 30, 100);

    assertThat(samples.difference(), is(closeTo(0.1, 1e-15)));
    assertThat(samples.margin(0.95), is(closeTo(1.959963984540054 * Math.sqrt(0.0037), 1e-12)));
  }

  @Test
  void thereIsNoDifferenceIfAllOrNoneSucceed() {
    assertThat(new TwoProportions(10, 10, 10, 10).pValue(), is(1.0));
    assertThat(new TwoProportions(0, 10, 0, 20).pValue(), is(1.0));
    assertThat(new TwoProportions(0, 10, 0, 20).margin(0.95), is(0.0));
  }

  @Test
  void aSampleHasNoMoreSuccessesThanItsSize() {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> new TwoProportions(1, 2, 4, 3))
            .getMessage(),
        containsString("the treatment has 4 successes of 3"));
    assertThrows(IllegalArgumentException.class, () -> new TwoProportions(0, 0, 1, 3));
  }
}
