package dhara.connectors.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Endpoint;
import dhara.options.BadOption;
import java.nio.file.Path;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilePlaceTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          consol              | is neither a scheme nor a path. Did you mean console? A folder of this name is files:consol
          kafak               | is neither a scheme nor a path. Did you mean kafka? A folder of this name is files:kafak
          csv                 | is neither a scheme nor a path. A format is a parameter: files:DIR?format=csv. A folder of this name is files:csv
          plain.csv           | is neither a scheme nor a path. A format is a parameter: files:DIR?format=csv. A folder of this name is files:plain.csv
          results?format=csv  | is neither a scheme nor a path. A folder of this name is files:results
          """)
  void aWordAloneIsNoFolder(String typed, String said) {
    Endpoint endpoint = Endpoint.of("--answers", typed);

    BadOption refused = assertThrows(BadOption.class, () -> FilePlace.checkWord(endpoint));

    assertThat(refused.getMessage(), is("--answers=" + typed + ": " + said));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"files:consol", "./consol", "out/today", "/out", "~", "~/out", "src", "."})
  void aPathIsAFolder(String typed) {
    FilePlace.checkWord(Endpoint.of("--answers", typed));
  }

  @Test
  void theHomeOfTheUserIsATilde(@TempDir Path home) {
    String before = System.getProperty("user.home");
    try {
      System.setProperty("user.home", home.toString());

      assertThat(Endpoint.of("--answers", "~/out?shards=1").path(), is(home + "/out"));
      assertThat(Endpoint.of("--answers", "files:~").path(), is(home.toString()));
      assertThat(Endpoint.of("--answers", "/data/~/out").path(), is("/data/~/out"));
    } finally {
      System.setProperty("user.home", before);
    }
  }

  @Test
  void aFileSystemThatTheJarHasNotIsRefusedWithThoseThatItHas() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());

    BadOption refused =
        assertThrows(
            BadOption.class,
            () -> FilePlace.checkFileSystem(Endpoint.of("--events", "s3://bucket/*.jsonl")));

    assertThat(
        refused.getMessage(),
        is(
            "--events=s3://bucket/*.jsonl: this jar has no file system for s3://; it has"
                + " classpath://, file://"));
    FilePlace.checkFileSystem(Endpoint.of("--events", "file:///data/a.jsonl"));
    FilePlace.checkFileSystem(Endpoint.of("--events", "/data/a.jsonl"));
  }
}
