package dhara.connectors.reading;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.junit.jupiter.api.Test;

class RestsTest {

  private static final long EVERY = 1_000;
  private static final long LENGTH = 150;

  @Test
  void aSourceThatKeepsUpRestsOnceInAWhile() {
    Rests rests = new Rests(EVERY, LENGTH, 0);
    rests.gave(false);

    assertThat(rests.rests(EVERY - 1), is(false));
    assertThat(rests.rests(EVERY), is(true));
    rests.silent(EVERY);
    assertThat(rests.rests(EVERY + LENGTH - 1), is(true));
    assertThat(rests.rests(EVERY + LENGTH), is(false));
    rests.gave(false);
    assertThat(rests.rests(2 * EVERY + LENGTH - 1), is(false));
    assertThat(rests.rests(2 * EVERY + LENGTH), is(true));
  }

  @Test
  void aSourceThatWasSilentForAsLongNeedsNoRest() {
    Rests rests = new Rests(EVERY, LENGTH, 0);
    rests.gave(false);
    rests.silent(500);
    rests.silent(600);
    assertThat(rests.rests(650), is(false));
    rests.gave(false);

    assertThat(rests.rests(650 + EVERY - 1), is(false));
    assertThat(rests.rests(650 + EVERY), is(true));
  }

  @Test
  void aShorterSilenceIsNoRest() {
    Rests rests = new Rests(EVERY, LENGTH, 0);
    rests.gave(false);
    rests.silent(500);
    rests.gave(false);
    rests.silent(700);
    rests.gave(false);

    assertThat(rests.rests(EVERY), is(true));
  }

  @Test
  void aSourceThatLagsBehindRestsLessOften() {
    Rests rests = new Rests(EVERY, LENGTH, 0);
    rests.gave(true);

    assertThat(rests.rests(EVERY), is(false));
    assertThat(rests.rests(10 * EVERY), is(true));
  }

  @Test
  void anEngineThatWantsNoRestsGetsNone() {
    Rests rests = new Rests(0, LENGTH, 0);
    rests.gave(false);

    assertThat(rests.rests(Long.MAX_VALUE), is(false));
  }
}
