package dhara.tools;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.terminal.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of verbs that change something. */
class AuditTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path log;
  private Path made;

  @BeforeEach
  void nameFiles() {
    log = folder.resolve("audit.jsonl");
    made = folder.resolve("tides.jsonl");
  }

  @Test
  void aVerbHasALineBeforeItBeginsAndOneWhenItHasEnded() throws IOException {
    Files.writeString(log, "{\"earlier\":true}\n");
    Instant before = Instant.now();

    assertThat(run("generate", "tides", "--count=3", "--out=" + made, "--audit=" + log), is(0));

    List<JsonNode> lines = lines();
    assertThat(lines, hasSize(3));
    assertThat(lines.get(0).toString(), is("{\"earlier\":true}"));
    JsonNode began = lines.get(1);
    JsonNode ended = lines.get(2);
    for (JsonNode line : List.of(began, ended)) {
      assertThat(line.get("run"), is(began.get("run")));
      assertThat(
          line.get("user").textValue(), is(ProcessHandle.current().info().user().orElse("")));
      assertThat(line.get("verb").textValue(), is("generate"));
      JsonNode arguments =
          JSON.valueToTree(List.of("tides", "--count=3", "--out=" + made, "--audit=" + log));
      assertThat(line.get("arguments"), is(arguments));
      assertThat(
          Instant.parse(line.get("at").textValue()).isBefore(before.minusMillis(1)), is(false));
    }
    assertThat(began.get("event").textValue(), is("began"));
    assertThat(began.has("outcome"), is(false));
    assertThat(ended.get("event").textValue(), is("ended"));
    assertThat(ended.get("outcome").textValue(), is("done"));
    assertThat(ended.get("exit").intValue(), is(0));
  }

  @Test
  void itSaysHowTheVerbEnded() throws IOException {
    assertThat(run("generate", "tides", "--count=many"), is(2));
    Files.writeString(made, "no event\n");
    int exit = run("click-counts", "--events=" + made);
    assertThat(err.toString(StandardCharsets.UTF_8), exit, is(1));

    assertThat(
        lines().stream().filter(line -> line.has("exit")).map(AuditTest::end).toList(),
        is(List.of("generate refused 2", "click-counts failed 1")));
  }

  private static String end(JsonNode line) {
    return "%s %s %d"
        .formatted(
            line.get("verb").textValue(),
            line.get("outcome").textValue(),
            line.get("exit").intValue());
  }

  @Test
  void whatOnlyReadsIsNotInIt() {
    for (List<String> arguments :
        List.of(
            List.of("list"),
            List.of("help", "tides"),
            List.of("generate", "--help"),
            List.of("click-counts", "--explain"),
            List.of("lint", "click-counts", "--events=" + made))) {
      run(arguments.toArray(String[]::new));
    }
    assertThat(Files.exists(log), is(false));
  }

  @Test
  void secretsAreInItAsReferencesOnly() throws IOException {
    String uri = "kafka://b:1/t?consumer.sasl.jaas.config=";
    run("click-counts", "--events=" + uri + "TIGER");
    run("click-counts", "--events", uri + "TIGER");
    run("click-counts", "--tokenise=page", "--tokeniseKey=TIGER");
    run("click-counts", "--tokenise=page", "--tokeniseKey", "TIGER");
    run("click-counts", "--tokenise=page", "--tokeniseKey=env:NAME_OF_IT", "--window=nonsense");

    List<String> lines = Files.readAllLines(log);
    assertThat(lines, hasSize(10));
    assertThat(lines, everyItem(not(containsString("TIGER"))));
    assertThat(lines.get(8), containsString("\"--tokeniseKey=env:NAME_OF_IT\""));
  }

  @Test
  void aVerbWhoseLineCannotBeWrittenDoesNotBegin() {
    Path nowhere = folder.resolve("none").resolve("audit.jsonl");

    assertThat(run("generate", "tides", "--count=3", "--out=" + made, "--audit=" + nowhere), is(2));

    assertThat(
        err.toString(StandardCharsets.UTF_8),
        startsWith("dhara: --audit=" + nowhere + ": cannot be written, so nothing was done: "));
    assertThat(Files.exists(made), is(false));
    assertThat(
        run("generate", "tides", "--count=3", "--out=" + made, "--audit", "" + folder), is(2));
    assertThat(Files.exists(made), is(false));
  }

  private List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  /** Runs a command, for which the environment names the log. */
  private int run(String... arguments) {
    err.reset();
    Console console =
        Console.piped(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return Dhara.on(console, "bathtub").in(Map.of("DHARA_AUDIT", log.toString())).run(arguments);
  }
}
