package dhara.tools.run;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.cli.Failure;
import dhara.connectors.Endpoint;
import dhara.ledger.Ledger;
import dhara.terminal.Console;
import dhara.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

  private static final String LATE = "{\"lake\":\"Dal\",\"window_start\":\"10:00\",\"boats\":12}";
  private static final String EARLY_B =
      "{\"lake\":\"Wular\",\"window_start\":\"09:00\",\"boats\":3}";
  private static final String EARLY_A =
      "{\"lake\":\"Dal\",\"window_start\":\"09:00\",\"boats\":1234}";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void onATerminalAnswersAreATableInTheOrderOfTimeAndKey() throws IOException {
    print(true, "console", List.of(LATE, EARLY_B, EARLY_A));

    assertThat(
        out(),
        is(
            """

            lakes: 3 answers
            lake   window_start  boats
            Dal    09:00          1234
            Wular  09:00             3
            Dal    10:00            12
            """));
  }

  @Test
  void pipedOnTheyAreLinesOfJsonInTheSameOrder() throws IOException {
    print(false, "console", List.of(LATE, EARLY_B, EARLY_A));

    assertThat(out(), is(String.join("\n", EARLY_A, EARLY_B, LATE) + "\n"));
  }

  @Test
  void theUserSaysWhichOfTheTwo() throws IOException {
    print(true, "console?format=jsonl", List.of(LATE));
    assertThat(out(), is(LATE + "\n"));

    print(false, "console?format=table", List.of(LATE));
    assertThat(
        out(), is("\nlakes: 1 answers\nlake  window_start  boats\nDal   10:00            12\n"));
  }

  @Test
  void theFirstRowsAreShownAndHowToSeeAll() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      lines.add("{\"n\":" + (100 + i) + "}");
    }

    print(true, "console", lines);
    assertThat(out().lines().count(), is(1 + 1 + 1 + 20 + 1L));
    assertThat(
        out().lines().reduce((a, b) -> b).orElseThrow(),
        is("… and 5 more; all of them with --answers=\"console?rows=0\""));

    print(false, "console?format=table", lines);
    assertThat(
        out().lines().reduce((a, b) -> b).orElseThrow(),
        is("… and 5 more; all of them with --answers=\"console?format=table&rows=0\""));

    print(true, "console?rows=0", lines);
    assertThat(out().lines().count(), is(1 + 1 + 1 + 25L));

    print(false, "console?rows=2", lines);
    assertThat(out(), is("{\"n\":100}\n{\"n\":101}\n"));
    assertThat(err(), is("… and 23 more; all of them with --answers=\"console?rows=0\"\n"));
  }

  @Test
  void noAnswersAreSaidToBeNone() throws IOException {
    print(true, "console", List.of());
    assertThat(out(), is("\nlakes: 0 answers\n"));

    print(false, "console", List.of());
    assertThat(out(), is(emptyString()));
  }

  @Test
  void aWideCellIsCutByCharactersAndNothingInItMovesTheTable() throws IOException {
    print(
        true,
        "console?format=table",
        List.of("{\"a\":\"" + "🛶".repeat(70) + "\",\"b\":\"x\\ny\\u001b[2J\"}"));

    assertThat(
        out(),
        is(
            "\nlakes: 1 answers\na"
                + " ".repeat(61)
                + "b\n"
                + "🛶".repeat(59)
                + "…  x\uFFFDy\uFFFD[2J\n"));
  }

  @Test
  void aListOfRecordsHasALineForEach() throws IOException {
    print(
        true,
        "console",
        List.of(
            "{\"by\":\"gmv\",\"rows\":2,\"top\":[{\"rank\":1,\"fish\":\"carp\",\"rows\":9},"
                + "{\"rank\":2,\"fish\":\"eel\",\"rows\":10}],\"note\":null}",
            "{\"by\":\"gmv\",\"rows\":0,\"top\":[],\"note\":[1,2]}"));

    assertThat(
        out(),
        is(
            """

            lakes: 2 answers
            by   rows  top  note   rank  fish  top.rows
            gmv     0  []   [1,2]
            gmv     2                 1  carp         9
                                      2  eel         10
            """));
  }

  @Test
  void deadLettersAreLinesToReadInTheOrderOfTheirPlace() {
    DeadLetters dead = new DeadLetters();
    for (int i : new int[] {700, 1000, 20, 25712, 3, 100, 8}) {
      dead.add(
          "{\"reason\":\"NOT_UTF8\",\"source\":\"/data/a.jsonl\",\"position\":\"byte=%d\","
                  .formatted(i)
              + "\"text\":\"byte 7 (0xFF)\\nis no UTF-8\",\"bytes\":\"/w==\"}");
    }

    dead.print(console(false));

    assertThat(
        err(),
        is(
            """
            dead letter NOT_UTF8 /data/a.jsonl byte=3: byte 7 (0xFF)\uFFFDis no UTF-8
            dead letter NOT_UTF8 /data/a.jsonl byte=8: byte 7 (0xFF)\uFFFDis no UTF-8
            dead letter NOT_UTF8 /data/a.jsonl byte=20: byte 7 (0xFF)\uFFFDis no UTF-8
            dead letter NOT_UTF8 /data/a.jsonl byte=100: byte 7 (0xFF)\uFFFDis no UTF-8
            dead letter NOT_UTF8 /data/a.jsonl byte=700: byte 7 (0xFF)\uFFFDis no UTF-8
            … and 2 more (in all NOT_UTF8 7); --deadLetters=files:DIR keeps them whole
            """));
  }

  @Test
  void noDeadLettersSayNothing() {
    new DeadLetters().print(console(false));

    assertThat(err(), is(emptyString()));
  }

  @Test
  void aLedgerThatDoesNotBalanceIsShownAndFails() {
    Ledger good = new Ledger("orders", 0, 2, 2, 0, 0, 0, 0, 2, 2);
    Ledger bad = new Ledger("trades", 0, 3, 2, 0, 0, 0, 0, 3, 2);

    AnalysisJob.checked(List.of(good), List.of(), console(false));
    var failure =
        assertThrows(
            AnalysisJob.UnbalancedLedger.class,
            () ->
                AnalysisJob.checked(
                    List.of(bad, good),
                    List.of("Bars: the engine dropped 1 elements as late"),
                    console(false)));

    assertThat(
        Failure.line(failure),
        is(
            "the ledger does not balance, events were lost or counted twice; trades: the range and"
                + " the late output: 3 came in, 2 went out; Bars: the engine dropped 1 elements as"
                + " late"));
    assertThat(err(), is(good + "\n" + bad + "\n" + good + "\n"));
  }

  private void print(boolean terminal, String sink, List<String> lines) throws IOException {
    out.reset();
    err.reset();
    Table.print("lakes", lines::forEach, Endpoint.of("--answers", sink), console(terminal));
  }

  private Console console(boolean terminal) {
    return new Console(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        terminal ? new Terminal(true, true, true, false, Terminal.COLUMNS) : Terminal.NONE);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
