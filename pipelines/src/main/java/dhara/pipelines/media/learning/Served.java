package dhara.pipelines.media.learning;

import dhara.options.ModelGateOptions;
import dhara.pipelines.Flow;
import dhara.records.RecordCoder;
import dhara.statistics.Digits;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.learn.Logistic;
import dhara.transforms.model.ModelInForce;
import dhara.transforms.model.ModelTerms;
import dhara.transforms.model.ReleasedModels;
import dhara.transforms.model.ScoreAnswers;
import dhara.transforms.model.Scored;
import dhara.transforms.model.Scoring;
import dhara.transforms.tally.ExactSum;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.Arrays;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How good the models are that were released and read back: each impression is scored by the one in
 * force when it was shown, which has not seen what came of it.
 *
 * @param terms on which a release comes into force
 * @param buckets how many features there are
 * @param hours the windows of the answers
 */
record Served(ModelTerms terms, int buckets, Windows hours) {

  /** Which version of whose model. */
  public record ServedModel(String segment, String version) {}

  /**
   * How good its scores were. What is computed has six significant digits.
   *
   * @param impressions those of the hour that it has scored
   * @param clicks those that were clicked
   * @param logLoss the mean of -log p of what came, in nats
   * @param predictedRate the mean of the probabilities
   * @param rate {@code clicks / impressions}
   * @param calibration {@code predictedRate / rate}; null without clicks
   */
  public record ServedProgress(
      long impressions,
      long clicks,
      double logLoss,
      double predictedRate,
      double rate,
      @Nullable Double calibration) {}

  static Served by(OnlineModel.Options options, int buckets) {
    ModelGateOptions.check(options);
    return new Served(
        new ModelTerms(options.getModelFloor(), options.getModelMargin(), null),
        buckets,
        Windows.tumbling(options.getReportEvery())
            .withLateness(options.getLateness())
            .withAllHistory());
  }

  /** What a score is about. */
  private record Impression(String id) {}

  /** An impression with the model in force when it was shown. */
  private record Asked(LabelledImpression impression, @Nullable ModelInForce model) {}

  /**
   * What the model said.
   *
   * @param version null if no model was in force
   */
  private record Said(
      String segment, @Nullable String version, double probability, boolean clicked) {}

  /** Scores by the features that an impression has, each of which counts as 1. */
  private record ByFeatures() implements Scoring<Asked, Said> {

    @Override
    public @Nullable ModelInForce model(Asked of) {
      return of.model;
    }

    @Override
    public void row(Asked of, float[] row) {
      Arrays.fill(row, 0);
      for (int feature : of.impression.features()) {
        row[feature] = 1;
      }
    }

    @Override
    public Said with(Asked of, @Nullable Scored scored) {
      boolean said = scored != null && scored.fallback() == null;
      return new Said(
          of.impression.segment(),
          said ? scored.version() : null,
          said ? scored.probability() : 0,
          of.impression.clicked());
    }
  }

  /** Answers about the models that are read. */
  void answers(Flow flow, PCollection<LabelledImpression> labelled, Windows... windows) {
    ReleasedModels models =
        ReleasedModels.of(
            flow.reference(OnlineModel.MODELS, windows), AdFeatures.names(buckets), terms);
    flow.answers(OnlineModel.REFUSALS, models.refusals());
    flow.answers(
        OnlineModel.SERVED,
        labelled
            .apply(
                "Model",
                models
                    .inForce()
                    .<LabelledImpression>keyedBy(of -> ClickRelease.model(of.segment()))
                    .into(Asked.class, (of, model) -> new Asked(of, model.orElse(null))))
            .apply(
                "Ask",
                MapElements.into(new TypeDescriptor<Answer<Impression, Asked>>() {})
                    .via(
                        (Asked of) ->
                            Answer.at(new Impression(of.impression.id()), of.impression.at(), of)))
            .setCoder(AnswerCoder.of(RecordCoder.of(Impression.class), RecordCoder.of(Asked.class)))
            .apply(
                "Serve",
                ScoreAnswers.<Impression, Asked, Said>of(
                    Said.class, AdFeatures.names(buckets), new ByFeatures()))
            .apply(
                "Said",
                MapElements.into(TypeDescriptor.of(Said.class))
                    .via((Answer<Impression, Said> of) -> of.value()))
            .setCoder(RecordCoder.of(Said.class))
            .apply("Scored", Filter.by(said -> said.version != null))
            .apply(
                "Served",
                // What comes out of the joins is on time, because it has waited for the lateness.
                Answers.in(hours.withLateness(Duration.ZERO))
                    .perKey(
                        ServedModel.class,
                        said -> new ServedModel(said.segment, said.version),
                        TallyFn.of(Sums.class, Sums::of, ServedProgress.class, Sums::progress))));
  }

  /** Scored impressions, added up: exactly, because they come in any order. */
  private record Sums(long impressions, long clicks, ExactSum losses, ExactSum probabilities) {

    private static Sums of(Said said) {
      return new Sums(
          1,
          said.clicked ? 1 : 0,
          ExactSum.of(Logistic.loss(said.probability, said.clicked)),
          ExactSum.of(said.probability));
    }

    private ServedProgress progress() {
      double mean = probabilities.average();
      double rate = (double) clicks / impressions;
      return new ServedProgress(
          impressions,
          clicks,
          Digits.six(losses.average()),
          Digits.six(mean),
          Digits.six(rate),
          clicks == 0 ? null : (Double) Digits.six(mean / rate));
    }
  }
}
