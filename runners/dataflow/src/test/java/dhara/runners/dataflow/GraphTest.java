package dhara.runners.dataflow;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dhara.io.RunFolder;
import dhara.parity.EmbeddedKafka;
import dhara.pipelines.Analysis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import org.apache.beam.sdk.Pipeline.PipelineVisitor;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.runners.TransformHierarchy.Node;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the graph of every analysis must be, whichever engine runs it. */
class GraphTest {

  private static EmbeddedKafka kafka;

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  static Collection<String> analyses() {
    return Analysis.all().keySet();
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void aBackfillHasFastCodersAndStableNames(String name, @TempDir Path once, @TempDir Path twice)
      throws IOException {
    assertGraph(Graph.of(backfill(name, once)), Graph.of(backfill(name, twice)));
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void aStreamHasFastCodersAndStableNames(String name) throws IOException {
    assertGraph(Graph.of(stream(name)), Graph.of(stream(name)));
  }

  private static void assertGraph(Graph once, Graph twice) {
    assertThat(once.steps(), is(not(empty())));
    assertThat("coded by Java serialization", once.serialized(), is(empty()));
    assertThat(
        "unique among " + once.steps(),
        new HashSet<>(once.steps()).size(),
        is(once.steps().size()));
    assertThat(twice.steps(), is(once.steps()));
  }

  private static Built backfill(String name, Path folder) throws IOException {
    return Built.overFiles(
        Analysis.all().get(name), folder, o -> o.setRunner(CrashingRunner.class));
  }

  private static Built stream(String name) {
    return Built.overTopics(
        Analysis.all().get(name), kafka, o -> o.setRunner(CrashingRunner.class));
  }

  /**
   * What a walk over a graph finds.
   *
   * @param steps full names of the primitive steps, in the order of the walk
   * @param serialized collections whose elements, or parts of them, Java serialization encodes
   */
  private record Graph(List<String> steps, List<String> serialized) {

    static Graph of(Built built) throws IOException {
      Graph graph = new Graph(new ArrayList<>(), new ArrayList<>());
      RunFolder temporary = built.assembly().folder();
      try (temporary) {
        built.assembly().pipeline().traverseTopologically(graph.visitor());
      }
      return graph;
    }

    private PipelineVisitor visitor() {
      return new PipelineVisitor.Defaults() {
        @Override
        public CompositeBehavior enterCompositeTransform(Node step) {
          // Inside, a source that Beam itself wrote is one element: the source, serialized.
          return step.getTransform() instanceof Read.Unbounded
              ? CompositeBehavior.DO_NOT_ENTER_TRANSFORM
              : CompositeBehavior.ENTER_TRANSFORM;
        }

        @Override
        public void visitPrimitiveTransform(Node step) {
          steps.add(step.getFullName());
        }

        @Override
        public void visitValue(PValue value, Node producer) {
          if (value instanceof PCollection<?> collection && serializes(collection.getCoder())) {
            serialized.add(producer.getFullName() + ": " + collection.getCoder());
          }
        }
      };
    }

    private static boolean serializes(Coder<?> coder) {
      return coder instanceof SerializableCoder
          || coder.getCoderArguments().stream().anyMatch(Graph::serializes);
    }
  }
}
