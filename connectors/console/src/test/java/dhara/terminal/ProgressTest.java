package dhara.terminal;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {

  @Test
  void saysHowManyHowFastAndHowLong() {
    assertThat(Progress.line(1_234_500, 3_000_000_000L), is("1,234,500 events  411,500/s  3 s"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          0          | 2_000      | "  0% of 2.0 kB"
          500        | 2_000      | "  25% of 2.0 kB  9 s left"
          1_950      | 2_000      | "  all of 2.0 kB read, adding up"
          1_500_000  | 3_000_000  | "  50% of 3.0 MB  3 s left"
          5          | -1         | ""
          -1         | 2_000      | ""
          """)
  void saysHowMuchOfAllIsReadAndHowLongTheRestTakes(String bytes, String total, String said) {
    assertThat(Progress.ofAll(of(bytes), of(total), 3_000_000_000L), is(said));
  }

  private static long of(String number) {
    return Long.parseLong(number.replace("_", ""));
  }
}
