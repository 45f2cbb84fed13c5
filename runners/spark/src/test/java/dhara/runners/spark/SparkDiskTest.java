package dhara.runners.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dhara.connectors.RunFolder;
import dhara.engine.Engine;
import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import dhara.testkit.Built;
import dhara.testkit.Command;
import dhara.testkit.SettledAnswers;
import dhara.testkit.TestData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.runners.spark.SparkPipelineOptions;
import org.apache.beam.runners.spark.SparkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What several steps read goes to disk, or where {@code --storageLevel} says. */
class SparkDiskTest {

  private static final TupleTag<String> WORDS = new TupleTag<>("words");
  private static final TupleTag<String> LONG = new TupleTag<>("long");

  static List<String> analyses() {
    return TestData.analyses();
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void eachOutputOfAnAnalysisIsRead(String name, @TempDir Path folder) throws IOException {
    Built built =
        Built.overFiles(
            Analysis.all().get(name), folder, options -> options.setRunner(SparkRunner.class));
    RunFolder temporary = built.assembly().folder();
    try (temporary) {
      assertThat(UnreadOutputs.of(built.assembly().pipeline()), is(empty()));
    }
  }

  @Test
  void theAnswersFromDiskAreThoseFromMemory(@TempDir Path folder) throws IOException {
    Path events = folder.resolve("orders.jsonl");
    Command.done(List.of("generate", "order-metrics", "--count=2000", "--out=" + events));

    List<String> fromMemory =
        metrics(events, folder.resolve("memory"), "--storageLevel=MEMORY_ONLY");
    assertThat(fromMemory, is(not(empty())));
    assertThat(metrics(events, folder.resolve("disk")), is(fromMemory));
  }

  private static List<String> metrics(Path events, Path answers, String... options)
      throws IOException {
    Command.done(
        Command.line(
            List.of("order-metrics", "--events=" + events, "--answers=files:" + answers),
            List.of(options)));
    return SettledAnswers.in(answers.resolve("metrics"));
  }

  private static final class SplitFn extends DoFn<String, String> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element String word, MultiOutputReceiver out) {
      out.get(word.length() > 3 ? LONG : WORDS).output(word);
    }
  }

  private static String level(boolean read, ByteArrayOutputStream err) throws IOException {
    SparkPipelineOptions options = PipelineOptionsFactory.as(SparkPipelineOptions.class);
    options.setRunner(SparkRunner.class);
    options.setStorageLevel("MEMORY_AND_DISK");
    Pipeline pipeline = Pipeline.create(options);
    PCollectionTuple split =
        pipeline
            .apply(Create.of("a", "long"))
            .apply("Split", ParDo.of(new SplitFn()).withOutputTags(WORDS, TupleTagList.of(LONG)));
    split.get(WORDS).setCoder(StringUtf8Coder.of());
    split.get(LONG).setCoder(StringUtf8Coder.of());
    for (TupleTag<String> tag : read ? List.of(WORDS, LONG) : List.of(WORDS)) {
      split.get(tag).apply(MapElements.into(TypeDescriptors.strings()).via(word -> word + "."));
    }
    assertThat(UnreadOutputs.of(pipeline), read ? is(empty()) : contains("Split: long"));
    PrintStream lines = new PrintStream(err, true, StandardCharsets.UTF_8);
    new SparkEngine()
        .prepare(new Engine.Launch("split", pipeline, true, 0, Console.piped(lines, lines)));
    return options.getStorageLevel();
  }

  @Test
  void aPipelineWithAnOutputThatNothingReadsStaysInMemoryAndSaysSo() throws IOException {
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    assertThat(level(true, err), is("MEMORY_AND_DISK"));
    assertThat(err.toString(StandardCharsets.UTF_8), is(""));
    assertThat(level(false, err), is("MEMORY_ONLY"));
    assertThat(
        err.toString(StandardCharsets.UTF_8), containsString("because nothing reads Split: long"));
  }
}
