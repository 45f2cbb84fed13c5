package dhara.ledger;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasToString;
import static org.hamcrest.Matchers.is;

import org.junit.jupiter.api.Test;

class ReasonCountsTest {

  private final ReasonCounts counts = new ReasonCounts();

  @Test
  void theMostFrequentReasonIsFirstAndEquallyFrequentOnesAreByName() {
    counts.add("NOT_UTF8", 2);
    counts.add("MALFORMED", 1_000);
    counts.add("EMPTY", 3);
    counts.add("NOT_UTF8", 1);

    assertThat(counts, hasToString("MALFORMED 1,000, EMPTY 3, NOT_UTF8 3"));
    assertThat(counts.isEmpty(), is(false));
  }

  @Test
  void withoutDeadLettersItIsEmpty() {
    assertThat(counts, hasToString(""));
    assertThat(counts.isEmpty(), is(true));
  }
}
