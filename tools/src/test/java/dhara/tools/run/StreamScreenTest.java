package dhara.tools.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.sameInstance;

import dhara.engine.Vitals;
import dhara.terminal.Console;
import dhara.terminal.Screen;
import dhara.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StreamScreenTest {

  private static final Instant NOW = Instant.parse("2026-01-05T10:00:00Z");

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void drawsTheNewestRevisionOfEachAnswerAndHowTheStreamIsDoing() {
    try (StreamScreen screen = screen(true, 80)) {
      answer(screen, "A", 0, 3);
      answer(screen, "B", 0, 5);
      answer(screen, "A", 1, 4);

      screen.show(vitals(1_000, 2), NOW);
      assertThat(
          drawn(),
          is(
              """
              counts: 2 answers
              page  window_start          revision  clicks
              A     2026-01-05T09:00:00Z         1       4
              B     2026-01-05T09:00:00Z         0       5
              1,000 records  lag 7  watermark 2026-01-05T09:59:00Z  2 answers  1 dead  0 late
              checkpoint 4 s ago
              """));

      screen.show(vitals(3_500, 2), NOW.plusSeconds(2));
      assertThat(
          drawn(),
          is(
              """
              \u001b[6A\r\u001b[Jcounts: 2 answers
              page  window_start          revision  clicks
              A     2026-01-05T09:00:00Z         1       4
              B     2026-01-05T09:00:00Z         0       5
              3,500 records  1,250/s  lag 7  watermark 2026-01-05T09:59:00Z  2 answers
              1 dead  0 late  checkpoint 6 s ago
              """));
    }
  }

  @Test
  void anEngineThatOnlyCountsShowsNoWatermarkAndNoCheckpoint() {
    try (StreamScreen screen = screen(true, 80)) {
      screen.show(
          new Vitals(
              List.of(),
              5,
              1,
              0,
              OptionalLong.empty(),
              Optional.empty(),
              2,
              Optional.empty(),
              true),
          NOW);
      assertThat(drawn(), is("5 records  2 answers  1 dead  0 late\n"));
    }
  }

  @Test
  void whatIsSaidStandsAboveWhatIsDrawn() {
    try (StreamScreen screen = screen(true, 200)) {
      screen.show(vitals(1, 0), NOW);
      drawn();
      screen.console().err().print("restart 1\n");
      assertThat(drawn(), is("\u001b[1A\r\u001b[Jrestart 1\n"));
      screen.console().err().print("restart 2\n");
      assertThat(drawn(), is("restart 2\n"));
    }
  }

  @Test
  void answersArePrintedWhereOnlyTheErrorStreamIsATerminal() {
    try (StreamScreen screen = screen(false, 80)) {
      assertThat(screen.shows("counts", false, new byte[0], "{}".getBytes(UTF_8)), is(false));
      assertThat(screen.shows("late", true, new byte[0], "{}".getBytes(UTF_8)), is(true));
    }
  }

  @Test
  void withoutATerminalALineSaysHowTheStreamIsDoingAndNothingIsDrawn() {
    PrintStream stream = new PrintStream(err, true, UTF_8);
    Console piped = Console.piped(stream, stream);
    try (StreamScreen screen = StreamScreen.of("counts", piped, false)) {
      screen.show(Optional::empty);
      assertThat(screen.console(), is(sameInstance(piped)));
      assertThat(Screen.used(), is(nullValue()));
      screen.show(vitals(1_000, 2), NOW);
      screen.show(vitals(3_500, 2), NOW.plusSeconds(60));
    }
    assertThat(
        drawn(),
        is(
            """
            counts: 1,000 records  lag 7  watermark 2026-01-05T09:59:00Z  2 answers  1 dead  0 late\
              checkpoint 4 s ago
            counts: 3,500 records  42/s  lag 7  watermark 2026-01-05T09:59:00Z  2 answers  1 dead\
              0 late  checkpoint 64 s ago
            """));
  }

  @Test
  void ofARunThatEndsNothingIsShown() {
    PrintStream stream = new PrintStream(err, true, UTF_8);
    Console terminal = new Console(stream, stream, terminal(true, 80));
    try (StreamScreen screen = StreamScreen.of("counts", terminal, true)) {
      assertThat(screen.console(), is(sameInstance(terminal)));
    }
  }

  private StreamScreen screen(boolean out, int columns) {
    PrintStream stream = new PrintStream(err, true, UTF_8);
    return StreamScreen.of("counts", new Console(stream, stream, terminal(out, columns)), false);
  }

  private static Terminal terminal(boolean out, int columns) {
    return new Terminal(out, true, true, false, columns);
  }

  private static void answer(StreamScreen screen, String page, int revision, int clicks) {
    boolean shown =
        screen.shows(
            "counts",
            false,
            page.getBytes(UTF_8),
            """
            {"page":"%s","window_start":"2026-01-05T09:00:00Z","revision":%d,"clicks":%d}"""
                .formatted(page, revision, clicks)
                .getBytes(UTF_8));
    assertThat(shown, is(true));
  }

  private static Vitals vitals(long read, long answers) {
    return new Vitals(
        List.of(),
        read,
        1,
        0,
        OptionalLong.of(7),
        Optional.of(NOW.minusSeconds(60)),
        answers,
        Optional.of(NOW.minusSeconds(4)),
        false);
  }

  private String drawn() {
    String drawn = err.toString(UTF_8);
    err.reset();
    return drawn;
  }
}
