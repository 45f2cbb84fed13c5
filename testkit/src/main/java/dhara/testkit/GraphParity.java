package dhara.testkit;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import dhara.connectors.RunFolder;
import dhara.engine.Engine;
import dhara.lint.GraphLint;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tests that every engine must pass: the lint finds nothing in the graph of any analysis on the
 * class path, as a backfill and, if the engine streams, as a stream. A runner's module extends it.
 */
public abstract class GraphParity {

  private final Engine engine =
      ServiceLoader.load(Engine.class).findFirst().orElseThrow(AssertionError::new);

  static Collection<String> analyses() {
    return Full.analyses();
  }

  /** Sets the options that are needed to build pipelines without a service. */
  protected void set(DharaOptions options) {
    options.setRunner(engine.runner());
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void nothingIsFoundInABackfill(String name, @TempDir Path once, @TempDir Path again)
      throws IOException {
    Analysis<?> analysis = Analysis.all().get(name);

    assertNothingFound(
        Built.overFiles(analysis, once, this::set), Built.overFiles(analysis, again, this::set));
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void nothingIsFoundInAStream(String name) throws IOException {
    Assumptions.assumeTrue(engine.streams(), engine.name() + " runs backfills only");
    Analysis<?> analysis = Analysis.all().get(name);
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      assertNothingFound(
          Built.overTopics(analysis, kafka, this::set),
          Built.overTopics(analysis, kafka, this::set));
    }
  }

  private void assertNothingFound(Built built, Built again) throws IOException {
    GraphLint lint = GraphLint.of(engine.name(), engine.unsupported());
    RunFolder one = built.assembly().folder();
    RunFolder other = again.assembly().folder();
    try (one;
        other) {
      assertThat(lint.check(built.assembly().pipeline(), built.assembly().bounded()), is(empty()));
      assertThat(
          lint.compare(built.assembly().pipeline(), again.assembly().pipeline()), is(empty()));
    }
  }
}
