package dhara.testkit;

import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.join.AsOf;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;

/** The pipeline of an analysis alone, with given events and without sinks. */
final class Bare implements Flow {

  /** The prefix of step names that are not the analysis' own. */
  static final String GIVEN = "Given.";

  private final Pipeline pipeline;
  private final List<Windows> windows = new ArrayList<>();
  private final List<List<Windows>> ofFacts = new ArrayList<>();

  private Bare(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  static <O extends DharaOptions> Bare of(Analysis<O> analysis, O options) {
    Bare bare = new Bare(Pipeline.create(options));
    analysis.build(bare, options);
    return bare;
  }

  /**
   * The same, where the analysis sees its options through another object.
   *
   * @param seen gives the same values
   */
  static <O extends DharaOptions> void build(Analysis<O> analysis, O options, O seen) {
    analysis.build(new Bare(Pipeline.create(options)), seen);
  }

  Pipeline pipeline() {
    return pipeline;
  }

  /** All windows that the analysis has named. */
  List<Windows> windows() {
    return windows;
  }

  /** The windows of each input of facts. */
  List<List<Windows>> windowsOfFacts() {
    return ofFacts;
  }

  @Override
  public <T extends Record & Event> PCollection<T> events(Input<T> input, Windows... named) {
    ofFacts.add(List.of(named));
    return given(input, named);
  }

  private <T extends Record & Event> PCollection<T> given(Input<T> input, Windows... named) {
    windows.addAll(List.of(named));
    return pipeline.apply(GIVEN + input.name(), Create.empty(RecordCoder.of(input.type())));
  }

  @Override
  public <T extends Record & Event> AsOf<T> reference(Input<T> input, Windows... named) {
    return AsOf.of(
        given(input, named).apply(GIVEN + input.name() + ".Versions", input.versions()),
        Duration.ZERO);
  }

  @Override
  public <K extends Record, V extends Record> void answers(
      Output<K, V> output, PCollection<Answer<K, V>> answers) {}
}
