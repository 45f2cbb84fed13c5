package dhara.pipelines.payments;

import dhara.options.BadOption;
import dhara.options.ModelOptions;
import dhara.pipelines.Flow;
import dhara.pipelines.payments.Fraud.Attempt;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.model.ModelInForce;
import dhara.transforms.model.ModelTerms;
import dhara.transforms.model.ReleasedModels;
import dhara.transforms.model.ScoreAnswers;
import dhara.transforms.model.Scored;
import dhara.transforms.model.Scoring;
import dhara.transforms.revision.DeriveAnswers;
import dhara.transforms.windows.Windows;
import java.util.Optional;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The part of {@link Fraud} in which a model decides with the rules. */
final class FraudByModel {

  /** Which model decides about fraud, among those that are released. */
  private static final String MODEL = "fraud";

  private FraudByModel() {}

  /**
   * Checks the options about models.
   *
   * @param models whether models are read
   * @param bounded whether the run ends by itself
   * @throws BadOption if one cannot be obeyed
   */
  static void check(Fraud.Options options, boolean models, boolean bounded) {
    ModelOptions.check(options, bounded);
    if (options.getModel() != null && !models) {
      throw new BadOption(
          "--model",
          options.getModel(),
          "names a version, and no models are read; add --events=models=URI");
    }
    if (options.getModelChallenge() > options.getModelBlock()) {
      throw new BadOption(
          "--modelChallenge",
          options.getModelChallenge(),
          "is above --modelBlock=" + options.getModelBlock() + ", e.g. --modelChallenge=0.3");
    }
  }

  /** The decisions of the rules and, if models are read, of the one in force. */
  static PCollection<Answer<Attempt, Decision>> decisions(
      Flow flow,
      Fraud.Options options,
      Windows windows,
      PCollection<Answer<Attempt, JudgedPayment>> judged) {
    if (!flow.reads(Fraud.MODELS)) {
      return judged.apply("Decision", DeriveAnswers.of(Decision.class, JudgedPayment::decision));
    }
    String pinned = options.getModel();
    ReleasedModels models =
        ReleasedModels.of(
            flow.reference(Fraud.MODELS, windows),
            FraudRow.NAMES,
            new ModelTerms(options.getModelFloor(), options.getModelMargin(), options.getModel()));
    flow.answers(Fraud.REFUSALS, models.refusals());
    return judged
        .apply(
            "Model",
            models
                .inForce()
                .<Attempt, JudgedPayment, Modelled>intoAnswers(
                    Modelled.class, (of, inForce) -> Modelled.of(of, inForce.get(MODEL), pinned))
                .provisionally(options.getProvisional()))
        .apply(
            "Score",
            ScoreAnswers.<Attempt, Modelled, Decision>of(
                    Decision.class,
                    FraudRow.NAMES,
                    new FraudScoring(options.getModelChallenge(), options.getModelBlock()))
                .atOnce(options.getProvisional())
                .answeringWithin(options.getModelTimeout()));
  }

  /** A payment with the model that is in force. */
  private record Modelled(Decision decision, FraudRow row, @Nullable ModelInForce model) {

    static Modelled of(
        JudgedPayment judged, Optional<ModelInForce> model, @Nullable String pinned) {
      if (pinned != null && model.isEmpty()) {
        throw new IllegalStateException(
            "--model="
                + pinned
                + ": no release among the models has this version, or none of them can be used");
      }
      return new Modelled(judged.decision(), judged.row(), model.orElse(null));
    }
  }

  /** The probability of the model decides where the rules do not block. */
  private record FraudScoring(double challenge, double block)
      implements Scoring<Modelled, Decision> {

    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable ModelInForce model(Modelled value) {
      return value.model;
    }

    @Override
    public void row(Modelled value, float[] row) {
      value.row.into(row);
    }

    @Override
    public Decision with(Modelled value, @Nullable Scored scored) {
      return scored == null ? value.decision : value.decision.with(scored, challenge, block);
    }
  }
}
