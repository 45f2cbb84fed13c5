package dhara.tools.train;

import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Training;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.join.AsOf;
import dhara.transforms.windows.Windows;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * An analysis that answers only what is learned from: its rows of features, and its labels as they
 * were parsed. So labels have mappings, dead letters and a ledger like every other input.
 */
final class LabelledRows<O extends DharaOptions> implements Analysis<O> {

  /** The key of a label: its id. */
  record Finding(String finding) {}

  /** The event that it is about; its window starts when it was found. */
  record FoundAbout(String row) {}

  static final Output<Finding, FoundAbout> FINDINGS =
      new Output<>("findings", Finding.class, FoundAbout.class);

  /** The column of {@link FoundAbout}. */
  static final String ABOUT = "row";

  private final Analysis<O> analysis;
  private final Training<?> training;

  LabelledRows(Analysis<O> analysis, Training<?> training) {
    this.analysis = analysis;
    this.training = training;
  }

  @Override
  public Declaration<O> declaration() {
    return analysis.declaration().answers(training.rows(), FINDINGS);
  }

  @Override
  public void build(Flow flow, O options) {
    Labels<?> labels = new Labels<>(flow, training);
    analysis.build(labels, options);
    if (!labels.taken) {
      throw new IllegalStateException(
          analysis.name() + " is trained by " + training.labels().name() + ", but reads none");
    }
  }

  /** Passes rows and labels on as answers, and drops all other answers. */
  private static final class Labels<L extends Record & Event> implements Flow {

    private final Flow flow;
    private final Training<L> training;
    private boolean taken;

    Labels(Flow flow, Training<L> training) {
      this.flow = flow;
      this.training = training;
    }

    @Override
    public <T extends Record & Event> PCollection<T> events(Input<T> input, Windows... windows) {
      PCollection<T> events = flow.events(input, windows);
      if (input.name().equals(training.labels().name())) {
        @SuppressWarnings("unchecked") // it is that input
        PCollection<L> labels = (PCollection<L>) events;
        flow.answers(FINDINGS, findings(labels, training.about()));
        taken = true;
      }
      return events;
    }

    private static <L extends Record & Event> PCollection<Answer<Finding, FoundAbout>> findings(
        PCollection<L> labels, SerializableFunction<L, String> about) {
      return labels
          .apply(
              "Findings",
              MapElements.into(new TypeDescriptor<Answer<Finding, FoundAbout>>() {})
                  .via(
                      (L label) ->
                          Answer.at(
                              new Finding(label.id()),
                              label.at(),
                              new FoundAbout(about.apply(label)))))
          .setCoder(
              AnswerCoder.of(RecordCoder.of(Finding.class), RecordCoder.of(FoundAbout.class)));
    }

    @Override
    public <T extends Record & Event> AsOf<T> reference(Input<T> input, Windows... windows) {
      return flow.reference(input, windows);
    }

    @Override
    public boolean reads(Input<?> input) {
      return flow.reads(input);
    }

    @Override
    public boolean wants(Output<?, ?> output) {
      return isRows(output);
    }

    @Override
    public <K extends Record, V extends Record> void answers(
        Output<K, V> output, PCollection<Answer<K, V>> answers) {
      if (isRows(output)) {
        flow.answers(output, answers);
      }
    }

    private boolean isRows(Output<?, ?> output) {
      return output.name().equals(training.rows().name());
    }
  }
}
