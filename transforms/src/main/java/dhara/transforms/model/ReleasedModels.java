package dhara.transforms.model;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.join.AsOf;
import dhara.transforms.join.Version;
import dhara.transforms.order.InOrder;
import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * The models that came into force, as a reference, and the releases that were refused.
 *
 * <p>Data: releases → for each model the versions that {@link ModelGate} accepted, and an answer
 * about each release that it refused. Time: both have the time of their release. In a stream a
 * release is decided when the watermark has passed its time by the lateness of its input, so no
 * earlier one can come any more. State: a release per model. Bad data: see {@link ModelGate}.
 *
 * <pre>{@code
 * ReleasedModels models =
 *     ReleasedModels.of(flow.reference(MODELS, windows), Row.NAMES, new ModelTerms(0.5, 0.01, null));
 * payments.apply("Model", models.inForce().intoAnswers(Offered.class, …));
 * flow.answers(REFUSALS, models.refusals());
 * }</pre>
 *
 * @param inForce the models, by name
 * @param refusals what was refused, and why
 */
public record ReleasedModels(
    AsOf<ModelInForce> inForce, PCollection<Answer<ModelOffer, ModelRefusal>> refusals) {

  /**
   * The models among these releases.
   *
   * @param offered the releases, by the names of models
   * @param features the names that a model may ask for
   * @param terms if a version is pinned, it is in force at all times: only for backfills
   */
  public static ReleasedModels of(
      AsOf<ModelRelease> offered, List<String> features, ModelTerms terms) {
    Duration lateness = offered.lateness();
    PCollection<ModelVerdict> verdicts =
        offered
            .versions()
            .apply(
                "Due",
                MapElements.into(TypeDescriptor.of(DueRelease.class))
                    .via(version -> DueRelease.of(version, lateness)))
            .apply(
                "Gate",
                InOrder.perKey(DueRelease::model)
                    .fold(
                        new ModelGate(terms, new HeldTrial(features)),
                        ModelGate.State.class,
                        ModelVerdict.class));
    AsOf<ModelInForce> inForce =
        offered
            .withVersions(
                verdicts
                    .apply("Accepted", ParDo.of(new AcceptedFn()))
                    .setCoder(Version.coder(RecordCoder.of(ModelInForce.class))))
            // An event waits until the last release that concerns it is decided.
            .withLateness(lateness.plusMillis(1));
    return new ReleasedModels(
        terms.pinned() == null ? inForce : inForce.newest(),
        verdicts
            .apply("Refused", ParDo.of(new RefusedFn()))
            .setCoder(
                AnswerCoder.of(
                    RecordCoder.of(ModelOffer.class), RecordCoder.of(ModelRefusal.class))));
  }

  private static final class AcceptedFn extends DoFn<ModelVerdict, Version<ModelInForce>> {

    private static final long serialVersionUID = 1L;

    private final Counter accepted = Metrics.counter("dhara", "models_accepted");

    @ProcessElement
    public void process(@Element ModelVerdict verdict, OutputReceiver<Version<ModelInForce>> out) {
      if (verdict.release() == null) {
        out.output(Version.removed(verdict.model(), verdict.from(), verdict.id()));
      } else if (verdict.refusal() == null) {
        accepted.inc();
        out.output(
            new Version<>(
                verdict.model(), verdict.from(), verdict.id(), ModelInForce.of(verdict.release())));
      }
    }
  }

  private static final class RefusedFn
      extends DoFn<ModelVerdict, Answer<ModelOffer, ModelRefusal>> {

    private static final long serialVersionUID = 1L;

    private final Counter refused = Metrics.counter("dhara", "models_refused");

    @ProcessElement
    public void process(
        @Element ModelVerdict verdict, OutputReceiver<Answer<ModelOffer, ModelRefusal>> out) {
      if (verdict.refusal() != null) {
        refused.inc();
        out.output(Answer.at(ModelOffer.of(verdict.release()), verdict.from(), verdict.refusal()));
      }
    }
  }
}
