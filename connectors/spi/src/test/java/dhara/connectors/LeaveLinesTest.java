package dhara.connectors;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaveLinesTest {

  @TempDir Path folder;

  private Path leave(String... lines) {
    Path file = folder.resolve("counts");
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(List.of(lines)).withCoder(StringUtf8Coder.of()))
        .apply(LeaveLines.in(file.toString()));
    pipeline.run().waitUntilFinish();
    return file;
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void linesAreInOneFileAndNothingIsBesideIt() throws IOException {
    Path file = leave("a 1", "b 2");

    assertThat(Files.readAllLines(file), containsInAnyOrder("a 1", "b 2"));
    assertThat(files(), contains("counts"));
  }

  @Test
  void noLinesAreAnEmptyFile() throws IOException {
    assertThat(Files.readString(leave()), is(""));
  }

  @Test
  void linesOfAnEarlierAttemptAreReplaced() throws IOException {
    leave("a 1", "b 2");

    assertThat(Files.readAllLines(leave("a 3")), contains("a 3"));
    assertThat(files(), contains("counts"));
  }
}
