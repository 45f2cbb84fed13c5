package dhara.connectors.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Gathered;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackfillFilesTest {

  private static final String TEMPORARY = ".temp-run";

  @TempDir Path folder;
  private Path temporary;

  @BeforeEach
  void writeTwoFiles() throws IOException {
    temporary = Files.createDirectory(folder.resolve(TEMPORARY));
    Files.writeString(temporary.resolve("b"), "bee\n");
    Files.writeString(temporary.resolve("a"), "ant\n");
  }

  private void name(String... written) throws IOException {
    List<String> names =
        Stream.of(written).map(name -> temporary.resolve(name).toString()).toList();
    new BackfillFiles.NameFn(TEMPORARY, folder.toString(), "rows", ".txt").process(KV.of(0, names));
  }

  private Map<String, String> found() throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        found.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return found;
  }

  private static final Map<String, String> BOTH =
      Map.of("rows-00000-of-00002.txt", "ant\n", "rows-00001-of-00002.txt", "bee\n");

  @Test
  void filesOfAttemptsThatDidNotCountAreDeleted() throws IOException {
    Files.writeString(temporary.resolve("failed"), "half a row");

    name("b", "a");

    assertThat(found(), is(BOTH));
    assertThat(Files.exists(temporary), is(false));
  }

  @Test
  void namingThatIsRetriedFindsWhatTheFirstAttemptHasDone() throws IOException {
    name("b", "a");
    name("a", "b");

    assertThat(found(), is(BOTH));
  }

  @Test
  void namingThatStoppedHalfwayIsCompleted() throws IOException {
    Files.move(temporary.resolve("a"), folder.resolve("rows-00000-of-00002.txt"));

    name("b", "a");

    assertThat(found(), is(BOTH));
  }

  @Test
  void rowsOfAnEarlierRunAreReplaced() throws IOException {
    Files.writeString(folder.resolve("rows-00000-of-00002.txt"), "old\n");

    name("b", "a");

    assertThat(found(), is(BOTH));
  }

  @Test
  void aLostFileFailsTheRun() {
    FileNotFoundException lost =
        assertThrows(FileNotFoundException.class, () -> name("a", "gone", "b"));

    assertThat(
        lost.getMessage(),
        containsString("rows-00002-of-00003.txt was written but does not exist"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5})
  void everyRowIsInOneFile(int shards) throws IOException {
    List<String> rows = IntStream.range(0, 1_000).mapToObj(i -> "row " + i).toList();
    Path out = folder.resolve("out");
    Pipeline pipeline = Pipeline.create(Gathered.options());

    pipeline
        .apply(Create.of(rows))
        .apply(BackfillFiles.of(TextIO.sink(), out.toString(), "rows", ".txt").withShards(shards));
    pipeline.run().waitUntilFinish();

    List<String> read = new ArrayList<>();
    try (Stream<Path> files = Files.list(out)) {
      List<Path> all = files.toList();
      assertThat(shards == 0 || all.size() == shards, is(true));
      for (Path file : all) {
        read.addAll(Files.readAllLines(file));
      }
    }
    read.sort(null);
    assertThat(read, is(rows.stream().sorted().toList()));
  }
}
