package dhara.transforms.learn;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnlineRegressionTest {

  private static final double EXACT = 1e-12;

  /**
   * Steps by hand, with α = β = λ₂ = 1 and λ₁ = 1/4. The first: no weight, so p = 1/2 and g = -1/2;
   * z = -1/2 and n = 1/4, so the bias is (1/2) / (3/2) = 1/3 and the weight (1/4) / (5/2) = 1/10.
   * The second: log-odds of 1/3 + 1/10, g = -0.393331, σ = 0.136168, and so on.
   */
  @Test
  void itStepsAsThePaperSays() {
    Ftrl rule = new Ftrl(1, 1, 0.25, 1);
    OnlineRegression model = OnlineRegression.of(8);
    record Step(boolean label, List<Integer> has, double logOdds, double bias, double weight) {}
    for (Step step :
        List.of(
            new Step(true, List.of(5), 0, 1 / 3.0, 0.1),
            new Step(
                true, List.of(5), 0.43333333333333335, 0.5737308851694701, 0.24920548665995026),
            new Step(
                false, List.of(), 0.5737308851694701, 0.23746275721107077, 0.24920548665995026),
            new Step(
                false,
                List.of(5),
                0.48666824387102103,
                -0.05826164229872196,
                0.034747523474728544))) {
      assertThat(model.learn(rule, step.has, step.label), is(closeTo(step.logOdds, EXACT)));
      assertThat(model.bias(rule), is(closeTo(step.bias, EXACT)));
      assertThat(model.weight(rule, 5), is(closeTo(step.weight, EXACT)));
    }
    assertThat(model.weight(rule, 4), is(0.0));
  }

  @Test
  void aFeatureThatTellsLittleHasNoWeight() {
    Ftrl rule = new Ftrl(0.1, 1, 2, 0);
    OnlineRegression model = OnlineRegression.of(4);
    for (int i = 0; i < 400; i++) {
      // Feature 0 decides; feature 1 comes with either, and feature 3 never.
      boolean label = i % 2 == 0;
      model.learn(rule, label ? List.of(0, 1) : i % 4 == 1 ? List.of(1) : List.of(2), label);
    }
    List<String> names = new ArrayList<>();
    model.weights(rule, (name, weight) -> names.add(name));

    assertThat(names.contains("h0"), is(true));
    assertThat(names.contains("h3"), is(false));
    assertThat(model.weight(rule, 0) > 1, is(true));
    assertThat(model.weight(new Ftrl(0.1, 1, 1e9, 0), 0), is(0.0));
  }

  @Test
  void logOddsHaveABound() {
    Ftrl rule = new Ftrl(1e6, 1, 0, 0);
    OnlineRegression model = OnlineRegression.of(1);
    model.learn(rule, List.of(0), true);

    assertThat(model.learn(rule, List.of(0), true), is(OnlineRegression.MOST_LOG_ODDS));
  }

  @Test
  void itContinuesFromItsBytes() {
    Ftrl rule = new Ftrl(0.1, 1, 0.1, 0.1);
    OnlineRegression model = OnlineRegression.of(3);
    model.learn(rule, List.of(0, 2), true);
    OnlineRegression read = OnlineRegression.fromBytes(model.toBytes());

    assertThat(read, is(model));
    assertThat(read.features(), is(3));
    assertThat(read.learn(rule, List.of(0, 1), false), is(model.learn(rule, List.of(0, 1), false)));
    assertThat(read, is(model));
    assertThat(read.hashCode(), is(model.hashCode()));
    assertThat(model.toBytes().length, is(64));
    assertThrows(IllegalArgumentException.class, () -> OnlineRegression.fromBytes(new byte[20]));
    assertThrows(IllegalArgumentException.class, () -> OnlineRegression.of(0));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 0, 0, alpha",
    "NaN, 1, 0, 0, alpha",
    "1, -1, 0, 0, beta",
    "1, 1, -0.5, 0, l1",
    "1, 1, 0, Infinity, l2"
  })
  void aRuleThatCannotBeIsRefused(double alpha, double beta, double l1, double l2, String names) {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> new Ftrl(alpha, beta, l1, l2))
            .getMessage(),
        containsString(names));
  }
}
