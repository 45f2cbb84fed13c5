package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import dhara.connectors.RunFolder;
import dhara.lint.Change;
import dhara.lint.Fingerprint;
import dhara.pipelines.Analysis;
import dhara.testkit.Built;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The state of each analysis' stream matches {@code fingerprints/}. Run this test with {@code
 * -Ddhara.fingerprints.write=true} to accept a change.
 */
class FingerprintTest {

  private static final Path FINGERPRINTS = Path.of("..", "fingerprints");

  private static EmbeddedKafka kafka;

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  static List<String> analyses() {
    return TestData.analyses();
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void aStreamCanGoOnFromTheStateOfTheOneBefore(String name) throws IOException {
    Fingerprint now = stream(Analysis.all().get(name));
    Path file = FINGERPRINTS.resolve(name + ".json");
    if (Boolean.getBoolean("dhara.fingerprints.write")) {
      Files.createDirectories(FINGERPRINTS);
      Files.writeString(file, now.json());
    }
    assertThat(
        file + " is missing; -Ddhara.fingerprints.write=true writes it",
        Files.exists(file),
        is(true));

    List<Change> changes = Fingerprint.parse(Files.readString(file)).changesTo(now);

    assertThat(
        "what a stream of "
            + name
            + " keeps has changed. Undo it; or accept it with -Ddhara.fingerprints.write=true, and"
            + " where it breaks, tell operators to start afresh",
        changes,
        is(empty()));
    assertThat(file + " as it is written", Files.readString(file), is(now.json()));
  }

  private static Fingerprint stream(Analysis<?> analysis) throws IOException {
    Built built = Built.overTopics(analysis, kafka, o -> o.setRunner(CrashingRunner.class));
    RunFolder temporary = built.assembly().folder();
    try (temporary) {
      return Fingerprint.of(analysis.name(), built.assembly().pipeline());
    }
  }
}
