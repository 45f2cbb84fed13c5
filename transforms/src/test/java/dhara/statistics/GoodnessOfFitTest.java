package dhara.statistics;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Against published examples and tables. */
class GoodnessOfFitTest {

  /** SciPy's documentation of chisquare: 16, 18, 16, 14, 12, 12 of equal chances. */
  @Test
  void theTestIsThatOfSciPy() {
    List<Long> observed = List.of(16L, 18L, 16L, 14L, 12L, 12L);
    double each = 88 / 6.0;
    List<Double> expected = List.of(each, each, each, each, each, each);

    assertThat(GoodnessOfFit.statistic(observed, expected), is(closeTo(2.0, 1e-12)));
    assertThat(GoodnessOfFit.pValue(observed, expected), is(closeTo(0.8491450360846096, 1e-12)));
  }

  /** A statistic of 2 with one degree of freedom, as in tables; with two it is e^-1. */
  @Test
  void valuesAreThoseOfTables() {
    assertThat(
        GoodnessOfFit.pValue(List.of(110L, 90L), List.of(100.0, 100.0)),
        is(closeTo(0.15729920705028513, 1e-12)));
    assertThat(
        GoodnessOfFit.pValue(List.of(110L, 90L, 100L), List.of(100.0, 100.0, 100.0)),
        is(closeTo(Math.exp(-1), 1e-12)));
  }

  @Test
  void countsWhereNoneAreExpectedAreImpossible() {
    assertThat(GoodnessOfFit.pValue(List.of(5L, 5L, 1L), List.of(5.5, 5.5, 0.0)), is(0.0));
    assertThat(GoodnessOfFit.pValue(List.of(5L, 6L, 0L), List.of(5.5, 5.5, 0.0)) > 0.7, is(true));
  }

  @Test
  void oneCountIsAlwaysAsExpected() {
    assertThat(GoodnessOfFit.pValue(List.of(5L), List.of(5.0)), is(1.0));
  }

  @Test
  void eachCountIsComparedWithOne() {
    assertThrows(
        IllegalArgumentException.class, () -> GoodnessOfFit.pValue(List.of(5L, 1L), List.of(5.0)));
  }
}
