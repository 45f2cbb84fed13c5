package dhara.assembly;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.RunFolder;
import dhara.options.BadOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

class SinkTest {

  private static final String STREAM =
      "a stream prints JSON lines as they come; leave out format and rows";

  @Test
  void aStreamOnTheConsoleTakesNoTable() throws IOException {
    refused("console?format=table", STREAM);
    refused("console?rows=5", STREAM);
    console("console?format=jsonl", false);
    console("console?format=table&rows=5", true);
  }

  private static void refused(String uri, String fix) {
    BadOption refused = assertThrows(BadOption.class, () -> console(uri, false));
    assertThat(refused.getMessage(), is("--deadLetters=" + uri + ": " + fix));
  }

  private static void console(String uri, boolean bounded) throws IOException {
    try (RunFolder folder = RunFolder.create()) {
      Sink.deadLetters(
              Endpoint.of("--deadLetters", uri),
              false,
              new Connector.Run(bounded, folder, PipelineOptionsFactory.create()))
          .check();
    }
  }

  @Test
  void whatARunLeavesForTheConsoleIsReadInOrderAndDeleted() throws IOException {
    Path path;
    try (RunFolder folder = RunFolder.create()) {
      assertThat(folder.lines("answers"), is(List.of()));
      path = Path.of(folder.path("answers"));
      Files.createDirectory(path);
      Files.writeString(path.resolve("answers-1"), "c\n");
      Files.writeString(path.resolve("answers-0"), "a\nb\n");

      List<String> seen = new ArrayList<>();
      folder.forEachLine("answers", seen::add);

      assertThat(seen, is(List.of("a", "b", "c")));
      assertThat(folder.lines("answers"), is(seen));
      assertThat(folder.lines("absent"), is(List.of()));
    }
    assertThat(Files.exists(path.getParent()), is(false));
  }
}
