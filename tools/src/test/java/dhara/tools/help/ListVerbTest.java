package dhara.tools.help;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import dhara.terminal.Terminal;
import dhara.tools.Dhara;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** People see the analyses by domain, and programs one per line. */
class ListVerbTest {

  private static final int COLUMNS = 100;

  private static List<String> listed(boolean terminal) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    Terminal to = new Terminal(terminal, false, false, false, COLUMNS);
    int exit = Dhara.on(new Console(print, System.err, to)).run("list");
    assertThat(exit, is(0));
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void aTerminalShowsDomainsAndTheAnalysesBelow() {
    List<String> lines = listed(true);

    for (Analysis<?> analysis : Analysis.all().values()) {
      String line =
          lines.stream()
              .filter(of -> of.startsWith("  " + analysis.name() + " "))
              .findFirst()
              .get();
      String heading =
          lines.subList(0, lines.indexOf(line)).stream()
              .filter(of -> !of.startsWith(" "))
              .reduce("", (one, other) -> other);
      assertThat(analysis.name(), heading, is(analysis.domain()));
    }
    assertThat(lines.stream().allMatch(line -> line.length() <= COLUMNS), is(true));
  }

  @Test
  void aDomainIsThePackageBelowPipelinesAndNotThatOfAPart() {
    assertThat(Analysis.all().get("inventory").domain(), is("commerce"));
    assertThat(Analysis.all().get("surge-pricing").domain(), is("mobility"));
    assertThat(Analysis.all().get("tides").domain(), is("replay"));
  }

  @Test
  void aProgramReadsOneAnalysisPerLineByName() {
    List<String> lines = listed(false);

    assertThat(
        lines.stream().map(line -> line.substring(0, line.indexOf(' '))).toList(),
        is(List.copyOf(Analysis.all().keySet())));
    assertThat(lines, everyItem(not(startsWith(" "))));
    assertThat(String.join("\n", lines), containsString("surge-pricing"));
  }
}
