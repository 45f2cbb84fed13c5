package dhara.tools;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.terminal.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainTest {

  private static final String GARBAGE = "no JSON\n";
  private static final String CLICK =
      """
      {"id":"c1","at":"2026-01-05T09:00:00Z","url":"/a","stay_millis":5}
      """;

  @TempDir private Path folder;

  @Test
  void saysWhatWouldBeReadMadeAndWrittenAndRunsNothing() throws IOException {
    Path b = Files.writeString(folder.resolve("b.jsonl"), CLICK);
    Path a = Files.writeString(folder.resolve("a.jsonl"), GARBAGE + CLICK);
    Path out = folder.resolve("out");

    assertThat(
        plan(
            "--events=" + folder + "/*.jsonl",
            "--answers=files:" + out,
            "--map=page=url",
            "--window=PT5M",
            "--until=2026-02-01T00:00:00Z"),
        is(
            List.of(
                "A backfill",
                "Reads clicks from " + folder + "/*.jsonl",
                "  " + a + ": jsonl, 75 bytes, read in one piece",
                "  " + b + ": jsonl, 67 bytes, read in one piece",
                "  first event: Click[id=c1, at=2026-01-05T09:00:00Z, page=/a, stayMillis=5]",
                "  windows: PT5M every PT5M, lateness PT10M",
                "Fields: page=url",
                "Range: from any until 2026-02-01T00:00:00Z",
                "Writes counts to the folder " + out + "/counts",
                "Writes dead letters to the folder " + out + "/dead-letters",
                "Writes ledger to the folder " + out + "/ledger",
                "Engine: bathtub")));
    assertThat(Files.exists(out), is(false));
  }

  @Test
  void saysWhereNoLineIsAnEvent() throws IOException {
    Files.writeString(folder.resolve("a.jsonl"), GARBAGE.repeat(9));

    assertThat(
        plan("--events=" + folder + "/a.jsonl").stream()
            .filter(line -> line.contains("first event"))
            .map(line -> line.replaceFirst("MALFORMED: .*", "MALFORMED"))
            .toList(),
        is(List.of("  first event: none in the first 5 lines; MALFORMED")));
  }

  /** Up to the engine, whose settings other tests know. */
  private static List<String> plan(String... options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    String[] all = new String[options.length + 2];
    all[0] = "click-counts";
    all[1] = "--explain";
    System.arraycopy(options, 0, all, 2, options.length);
    assertThat(Dhara.on(Console.piped(print, print)).run(all), is(0));
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    return lines.subList(0, lines.indexOf("Engine: bathtub") + 1);
  }
}
