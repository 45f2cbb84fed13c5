package dhara.terminal;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PrintableTest {

  private static final String STEERING = "a\u001b[2Jb\u009b31mc\rd\u007fe\u0000f";
  private static final String HARMLESS = "a\uFFFD[2Jb\uFFFD31mc\uFFFDd\uFFFDe\uFFFDf";
  private static final String TEXTS = "é ₹ 한 \uD83D\uDE00 क्\u200Dष \u00C2\u00A0";

  @Test
  void whatWouldSteerATerminalIsReplaced() {
    assertThat(Printable.line(STEERING), is(HARMLESS));
    assertThat(Printable.lines(STEERING), is(HARMLESS));
    assertThat(Printable.line("abc\u202Edcba\u2066"), is("abc\uFFFDdcba\uFFFD"));
    assertThat(Printable.line(TEXTS), is(TEXTS));
  }

  @Test
  void aLineHasNoEndsOfLinesAndLinesDo() {
    assertThat(Printable.line("a\nb\tc\u2028d"), is("a\uFFFDb\uFFFDc\uFFFDd"));
    assertThat(Printable.lines("a\nb\tc"), is("a\nb\tc"));
  }

  @Test
  void aStreamReplacesTheSame() {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    PrintStream stream = Printable.stream(new PrintStream(shown, true, StandardCharsets.UTF_8));

    stream.print(STEERING + "\n\t" + TEXTS);
    for (byte half : "₹\u00C2\u0085\u00C2A".getBytes(StandardCharsets.UTF_8)) {
      stream.write(half);
    }
    stream.flush();

    assertThat(
        shown.toString(StandardCharsets.UTF_8),
        is(HARMLESS + "\n\t" + TEXTS + "₹\u00C2\uFFFD\u00C2A"));
  }
}
