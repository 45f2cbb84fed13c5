package dhara.transforms.tally;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is left of parts; the laws are in TallyLawsTest. */
class DecayedTest {

  private static final Duration TEN = Duration.ofMinutes(10);
  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

  private static Decayed of(long weight, long second) {
    return Decayed.of(weight, NINE.plusSeconds(second), TEN);
  }

  @Test
  void aPartCountsHalfAfterEachHalfLife() {
    Decayed part = of(8, 0);

    assertThat(part.at(NINE, TEN), is(closeTo(8, 1e-8)));
    assertThat(part.at(NINE.plusSeconds(600), TEN), is(closeTo(4, 1e-8)));
    assertThat(part.at(NINE.plusSeconds(1_800), TEN), is(closeTo(1, 1e-8)));
    assertThat(Decayed.NONE.at(NINE, TEN), is(0.0));
    assertThat(of(0, 5), is(Decayed.NONE));
    assertThat(of(-8, 0).plus(of(8, 0)).at(NINE, TEN), is(0.0));
  }

  @Test
  void aSumIsTheExactOneButForItsRoundingAndTheSameBitsInAnyOrder() {
    Random random = new Random(1);
    Instant end = NINE.plusSeconds(1_800);
    List<Decayed> parts = new ArrayList<>();
    double exact = 0;
    for (int i = 0; i < 2_000; i++) {
      long weight = 1L + random.nextInt(10);
      int second = random.nextInt(1_800);
      parts.add(of(weight, second));
      exact += weight * Math.pow(0.5, (1_800 - second) / 600.0);
    }
    double inOrder = parts.stream().reduce(Decayed.NONE, Decayed::plus).at(end, TEN);
    Collections.shuffle(parts, random);
    double shuffled = parts.stream().reduce(Decayed.NONE, Decayed::plus).at(end, TEN);

    assertThat(shuffled, is(inOrder));
    assertThat(inOrder, is(closeTo(exact, 2_000 * Math.pow(2, -33))));
  }

  @Test
  void aWindowMayEndWithinAMinute() {
    assertThat(
        of(4, 10).plus(of(4, 20)).at(NINE.plusSeconds(30), TEN),
        is(closeTo(4 * Math.pow(0.5, 20 / 600.0) + 4 * Math.pow(0.5, 10 / 600.0), 1e-8)));
  }

  @Test
  void whatWouldOverflowOrVanishIsRefused() {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> of(1_001, 0)).getMessage(),
        is("a part is within 1,000 of zero, not 1,001"));
    assertThat(
        assertThrows(
                IllegalArgumentException.class, () -> Decayed.of(1, NINE, Duration.ofSeconds(59)))
            .getMessage(),
        is("a half-life is at least a minute, not PT59S"));
  }
}
