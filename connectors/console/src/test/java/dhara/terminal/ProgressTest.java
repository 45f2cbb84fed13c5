package dhara.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {

  @Test
  void saysHowManyHowFastAndHowLong() {
    assertThat(
        Progress.line(1_234_500, "events", 3_000_000_000L), is("1,234,500 events  411,500/s  3 s"));
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
          1_000_000  | 1_000_000_000  | "  0% of 1.0 GB  50 min left"
          1_000      | 10_000_000     | "  0% of 10.0 MB  8.3 h left"
          5          | -1         | ""
          -1         | 2_000      | ""
          """)
  void saysHowMuchOfAllIsReadAndHowLongTheRestTakes(String bytes, String total, String said) {
    assertThat(Progress.ofAll(of(bytes), of(total), 3_000_000_000L), is(said));
  }

  @Test
  void aLogGetsWholeLinesAndNothingIsCleared() {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    PrintStream err = new PrintStream(written, true, UTF_8);
    Progress progress = Progress.of(() -> -1, "rows", Console.piped(err, err));
    progress.show();
    progress.show();
    progress.stop();
    assertThat(written.toString(UTF_8).lines().toList(), is(List.of("0 s", "0 s")));
  }

  @Test
  void whatIsSaidStandsAboveTheLineThatIsRedrawn() {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    PrintStream err = new PrintStream(written, true, UTF_8);
    Terminal terminal = new Terminal(false, true, true, false, 80);
    Progress progress = Progress.of(() -> 0, "rows", new Console(err, err, terminal));
    progress.say("one");
    progress.stop();
    progress.say("other");
    // A slow machine draws the line itself in between.
    String said = written.toString(UTF_8).replaceAll("\r\u001b\\[K0 rows[^\r]*", "");
    assertThat(said, is("\r\u001b[Kone\n\r\u001b[Kother\n"));
  }

  private static long of(String number) {
    return Long.parseLong(number.replace("_", ""));
  }
}
