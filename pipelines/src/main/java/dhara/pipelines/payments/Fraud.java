package dhara.pipelines.payments;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.options.LatenessOptions;
import dhara.options.ModelOptions;
import dhara.options.ProvisionalOptions;
import dhara.options.Share;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Scenario;
import dhara.pipelines.Trainable;
import dhara.pipelines.Training;
import dhara.pipelines.payments.RiskByDay.AtMerchant;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.join.AsOf;
import dhara.transforms.join.JoinedAnswers;
import dhara.transforms.join.Version;
import dhara.transforms.join.Versioned;
import dhara.transforms.model.ModelOffer;
import dhara.transforms.model.ModelRefusal;
import dhara.transforms.model.ModelRelease;
import dhara.transforms.order.InOrder;
import dhara.transforms.revision.DeriveAnswers;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Whether each payment is let through, challenged or blocked, by rules over what its payer did
 * before and what is known of the merchant.
 *
 * <pre>
 *   payments ─┬─▶ by payer, in order ─▶ features ─▶ as of then ─▶ as of then ─┬─▶ decisions
 *             │                                        ▲             ▲        └─▶ blocked ─▶ alerts
 *             └┬▶ by merchant, in order ─▶ risk by day ┘             │
 *   labels ────┘                                                     │
 *   rules ───────────────────────────────────────────────────────────┘
 *
 *   with models:
 *   as of then (rules) ─▶ rows ─┬─▶ as of then ─▶ scores ─▶ decisions
 *                               └─▶ vectors ▲
 *   models ─▶ gate, in order ─▶ in force ───┘
 *                 └─▶ refusals
 * </pre>
 *
 * <p>A payment is compared with those before it in the order of (event time, id), and with the
 * rules and the risk of the merchant as of its time, so a backfill decides as the stream did, and a
 * backfill with {@code --reference=now} shows how today's rules would have decided. If models are
 * read, the one that is in force at the time of a payment takes the place of the rules' score. Its
 * input is a {@link FraudRow}, which is also what it is trained on.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class Fraud implements Analysis<Fraud.Options>, Trainable {

  /** What is decided about. */
  public record Attempt(String payment, String payer) {}

  /** Its options. */
  public interface Options extends DharaOptions, LatenessOptions, ProvisionalOptions, ModelOptions {

    @Description(
        "The probability of fraud from which on a payment is challenged, if a model is in force,"
            + " e.g. --modelChallenge=0.3")
    @Default.Double(0.3)
    @Share
    double getModelChallenge();

    void setModelChallenge(double value);

    @Description(
        "The probability of fraud from which on a payment is blocked, if a model is in force, e.g."
            + " --modelBlock=0.6")
    @Default.Double(0.6)
    @Share
    double getModelBlock();

    void setModelBlock(double value);
  }

  /** Who pays. */
  private record Payer(String payer) {}

  /** A payment with what is known of its merchant. */
  private record Known(Features features, @Nullable MerchantRisk merchant) implements Event {

    @Override
    public String id() {
      return features.id();
    }

    @Override
    public Instant at() {
      return features.at();
    }
  }

  /** Devices of payers are remembered the longest. */
  private static final Duration HISTORY = Duration.ofDays(PayerHistory.DEVICE_DAYS);

  static final Input<Payment> PAYMENTS = new Input<>("payments", Payment.class);
  static final Input<FraudLabel> LABELS = new Input<>("labels", FraudLabel.class).asOptional();
  static final Input<FraudRule> RULES =
      Input.reference(
              "rules", FraudRule.class, Versioned.by((FraudRule rule) -> rule.rule().name()))
          .asOptional();
  static final Input<ModelRelease> MODELS =
      Input.reference("models", ModelRelease.class, Versioned.by(ModelRelease::model)).asOptional();
  static final Output<Attempt, Decision> DECISIONS =
      new Output<>("decisions", Attempt.class, Decision.class).withHistory(HISTORY);
  static final Output<Attempt, Decision> ALERTS =
      Output.effect("alerts", Attempt.class, Decision.class)
          .incident((attempt, decision) -> attempt.payer(), Duration.ofHours(24))
          .onSettled()
          .withHistory(HISTORY);
  static final Output<Attempt, FraudRow> VECTORS =
      new Output<>("vectors", Attempt.class, FraudRow.class).withHistory(HISTORY).asOptional();
  static final Output<ModelOffer, ModelRefusal> REFUSALS =
      new Output<>("refusals", ModelOffer.class, ModelRefusal.class).withAllHistory().asOptional();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("fraud", Options.class)
        .summary("each payment allowed, challenged or blocked, with a score and reasons")
        .reads(PAYMENTS, LABELS, RULES, MODELS)
        .answers(DECISIONS, ALERTS, VECTORS, REFUSALS)
        .scenario(Scenario.of(MadeUpPayments::generate, MadeUpPayments::endless))
        .scenario("compromised-cards", CompromisedCards::generate);
  }

  @Override
  public Training<FraudLabel> training() {
    return new Training<>(
        VECTORS,
        "payment",
        "payer",
        LABELS,
        FraudLabel::payment,
        Duration.ofDays(MerchantRisk.DELAY_DAYS),
        List.of("rules_score", "rules_applying"));
  }

  @Override
  public void build(Flow flow, Options options) {
    Duration lateness = options.getLateness();
    Windows windows = InOrder.windows(lateness);
    PCollection<Payment> payments = flow.events(PAYMENTS, windows);

    PCollection<AtMerchant> purchases =
        payments
            .apply("Purchases", Filter.by(payment -> payment.merchant() != null))
            .apply(
                "Purchase",
                MapElements.into(TypeDescriptor.of(AtMerchant.class)).via(AtMerchant::of));
    PCollection<AtMerchant> frauds =
        flow.events(LABELS, windows)
            .apply(
                "Fraud", MapElements.into(TypeDescriptor.of(AtMerchant.class)).via(AtMerchant::of));
    PCollection<Version<MerchantRisk>> risks =
        PCollectionList.of(purchases)
            .and(frauds)
            .apply("AtMerchants", Flatten.pCollections())
            .apply(
                "Risk",
                InOrder.perKey(AtMerchant::merchant)
                    .fold(
                        new RiskByDay(),
                        RecordCoder.of(RiskByDay.State.class),
                        Version.coder(RecordCoder.of(MerchantRisk.class)))
                    .withLateness(lateness));

    InOrder.Answering<Payment, Payer, PayerHistory.State, Features, Attempt, Features> features =
        InOrder.perKey(Payer.class, (Payment payment) -> new Payer(payment.payer()))
            .fold(new PayerHistory(), PayerHistory.State.class, Features.class)
            .withLateness(lateness)
            .answers(
                Attempt.class, Features.class, (payer, of) -> Answer.at(attempt(of), of.at(), of));
    JoinedAnswers<Attempt, Features, MerchantRisk, Known> merchants =
        AsOf.of(risks, windows.horizon())
            .withLateness(lateness)
            .keyedByValue((Features of) -> of.merchant() == null ? "" : of.merchant())
            .intoAnswers(Known.class, (of, risk) -> new Known(of, risk.orElse(null)));
    FraudByModel.check(options, flow.reads(MODELS), payments.isBounded() == IsBounded.BOUNDED);
    boolean early = options.getProvisional();
    PCollection<Answer<Attempt, Known>> known =
        payments
            .apply("Features", features.provisionally(early))
            .apply("Merchant", merchants.provisionally(early));
    AsOf<FraudRule> rules = flow.reference(RULES, windows);

    PCollection<Answer<Attempt, Decision>> decisions;
    if (flow.reads(MODELS) || flow.wants(VECTORS)) {
      PCollection<Answer<Attempt, JudgedPayment>> judged =
          known.apply(
              "Judge",
              rules
                  .<Attempt, Known, JudgedPayment>intoAnswers(
                      JudgedPayment.class,
                      (of, inForce) ->
                          JudgedPayment.by(new Rules(inForce), of.features(), of.merchant()))
                  .provisionally(early));
      flow.answers(
          VECTORS, judged.apply("Row", DeriveAnswers.of(FraudRow.class, JudgedPayment::row)));
      decisions = FraudByModel.decisions(flow, options, windows, judged);
    } else {
      decisions =
          known.apply(
              "Decide",
              rules
                  .<Attempt, Known, Decision>intoAnswers(
                      Decision.class,
                      (of, inForce) -> new Rules(inForce).decide(of.features(), of.merchant()))
                  .provisionally(early));
    }
    flow.answers(DECISIONS, decisions);
    flow.answers(
        ALERTS, decisions.apply("Blocked", DeriveAnswers.of(Decision.class, Fraud::blocked)));
  }

  private static @Nullable Decision blocked(Decision decision) {
    return decision.action() == Decision.Action.BLOCK ? decision : null;
  }

  private static Attempt attempt(Features of) {
    return new Attempt(of.id(), of.payer());
  }
}
