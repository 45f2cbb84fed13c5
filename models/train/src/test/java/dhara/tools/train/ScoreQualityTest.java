package dhara.tools.train;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.is;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScoreQualityTest {

  private static final double EXACT = 1e-12;

  /** Card, day, score, whether it was compromised. */
  private record Line(String card, long day, double score, boolean compromised) {}

  private static CardPrecision cards(int k, Line... lines) {
    double[] scores = new double[lines.length];
    boolean[] labels = new boolean[lines.length];
    String[] cards = new String[lines.length];
    long[] days = new long[lines.length];
    for (int n = 0; n < lines.length; n++) {
      scores[n] = lines[n].score;
      labels[n] = lines[n].compromised;
      cards[n] = lines[n].card;
      days[n] = lines[n].day;
    }
    return CardPrecision.of(
        new Examples(List.of(), cards, new float[lines.length][], labels, cards, days), scores, k);
  }

  @Test
  void ofTheCardsWithTheHighestScoresOfADayItCountsTheCompromisedOnes() {
    CardPrecision precision =
        cards(
            2,
            new Line("a", 1, 0.9, true),
            new Line("b", 1, 0.8, false),
            new Line("c", 1, 0.7, true),
            new Line("d", 1, 0.1, false));

    assertThat(precision.mean(), closeTo(0.5, EXACT));
    assertThat(precision.best(), closeTo(1, EXACT));
  }

  @Test
  void aCardCountsOnceADayByItsHighestScoreAndIsCompromisedByAnyOfItsPayments() {
    CardPrecision precision =
        cards(
            2,
            new Line("a", 1, 0.9, false),
            new Line("a", 1, 0.1, true),
            new Line("b", 1, 0.5, false),
            new Line("c", 1, 0.4, true));

    assertThat(precision.mean(), closeTo(0.5, EXACT));
  }

  @Test
  void aCardThatWasFoundIsNotLookedAtOnLaterDays() {
    CardPrecision precision =
        cards(
            1,
            new Line("a", 1, 0.9, true),
            new Line("b", 1, 0.8, false),
            new Line("a", 2, 0.9, true),
            new Line("b", 2, 0.8, true),
            new Line("a", 3, 0.9, true),
            new Line("c", 3, 0.1, false));

    // a on the first day, b on the second, and on the third only c is left.
    assertThat(precision.mean(), closeTo(2.0 / 3, EXACT));
    assertThat(precision.best(), closeTo(2.0 / 3, EXACT));
  }

  @Test
  void fewerCardsThanCanBeLookedIntoStillCountAsSoMany() {
    CardPrecision precision = cards(4, new Line("a", 1, 0.9, true), new Line("b", 1, 0.2, false));

    assertThat(precision.mean(), closeTo(0.25, EXACT));
    assertThat(precision.best(), closeTo(0.25, EXACT));
  }

  @Test
  void reliabilityComparesScoresWithSharesInEachTenth() {
    Reliability reliability =
        Reliability.of(
            new double[] {0.05, 0.15, 0.19, 0.95, 1},
            new boolean[] {false, true, false, false, true});

    // (0.05² + 0.85² + 0.19² + 0.95² + 0²) / 5
    assertThat(reliability.brier(), closeTo((0.0025 + 0.7225 + 0.0361 + 0.9025) / 5, EXACT));
    assertThat(reliability.tenths().size(), is(10));
    assertThat(reliability.tenths().get(0), is(new Reliability.Tenth(1, 0.05, 0)));
    assertThat(reliability.tenths().get(1).rows(), is(2L));
    assertThat(reliability.tenths().get(1).meanScore(), closeTo(0.17, EXACT));
    assertThat(reliability.tenths().get(1).share(), closeTo(0.5, EXACT));
    assertThat(reliability.tenths().get(5).rows(), is(0L));
    assertThat(reliability.tenths().get(9), is(new Reliability.Tenth(2, 0.975, 1)));
  }
}
