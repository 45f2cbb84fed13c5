package dhara.pipelines.media.learning;

import com.google.auto.service.AutoService;
import dhara.options.AboveZero;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.Durations;
import dhara.options.LatenessOptions;
import dhara.options.ModelGateOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.pipelines.media.learning.Learner.Report;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.join.IntervalJoin;
import dhara.transforms.join.Versioned;
import dhara.transforms.learn.Ftrl;
import dhara.transforms.model.ModelOffer;
import dhara.transforms.model.ModelRefusal;
import dhara.transforms.model.ModelRelease;
import dhara.transforms.order.InOrder;
import dhara.transforms.revision.DeriveAnswers;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How likely an advertisement is clicked: a model that learns while the events come.
 *
 * <pre>
 *               ┌─▶ impressions ─┐                                                   ┌─▶ progress
 *   playbacks ──┤                ├─▶ clicked within 10 minutes, or not ─┬─▶ learn, ──┼─▶ weights
 *               └─▶ clicks ──────┘                                      │  in order  └─▶ releases
 *                                                                       ▼
 *   models ─▶ gate, in order ─┬──────────────────────────────────▶ score as of then ─▶ per hour ─▶ served
 *                             └─▶ refusals
 * </pre>
 *
 * <p>An impression is an example once it is known whether the same user clicked the same campaign
 * within {@code --clickWithin}: at the click, or when the time has passed. In the order of these
 * moments, a logistic regression over hashed features ({@link AdFeatures}) scores each example
 * first and learns from it then ({@link Ftrl}). So the validation is honest, and a stream and a
 * backfill learn the same weights, to the last bit.
 *
 * <p>At the end of each hour the weights are an answer, and a release if {@code --held} says on
 * which rows it is to be tried. Releases that are read back as {@code models} pass the gate or are
 * refused; the one in force at the time of an impression scores it, and {@code served} says how
 * well.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class OnlineModel implements Analysis<OnlineModel.Options> {

  /** Whose model; {@code all} if there is one of all impressions. */
  public record ModelSegment(String segment) {}

  /** Which model is released. */
  public record ReleasedModel(String model) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, LatenessOptions, ModelGateOptions {

    @Description(
        "How long after an impression a click makes it a clicked one, ISO-8601, e.g."
            + " --clickWithin=PT10M")
    @Default.InstanceFactory(Durations.TenMinutes.class)
    @AboveZero
    Duration getClickWithin();

    void setClickWithin(Duration value);

    @Description("How often a model is reported and released, ISO-8601, e.g. --reportEvery=PT1H")
    @Default.InstanceFactory(Durations.OneHour.class)
    @AboveZero
    Duration getReportEvery();

    void setReportEvery(Duration value);

    @Description(
        "One model of all impressions (none), or one per campaign, region, device or language, e.g."
            + " --by=region")
    @Default.Enum("none")
    LearnBy getBy();

    void setBy(LearnBy value);

    @Description(
        "How many weights a model has, a power of two up to 65536: features are hashed to so many,"
            + " e.g. --buckets=1024")
    @Default.Integer(1_024)
    int getBuckets();

    void setBuckets(int value);

    @Description("How fast a model learns: alpha of FTRL-proximal, e.g. --alpha=0.1")
    @Default.Double(0.1)
    @AboveZero
    double getAlpha();

    void setAlpha(double value);

    @Description(
        "How much slower rare features learn at first: beta of FTRL-proximal, e.g. --beta=1")
    @Default.Double(1)
    double getBeta();

    void setBeta(double value);

    @Description(
        "How much evidence a feature needs for a weight: lambda 1 of FTRL-proximal, e.g. --l1=0.5")
    @Default.Double(0.5)
    double getL1();

    void setL1(double value);

    @Description("How strongly weights are drawn to zero: lambda 2 of FTRL-proximal, e.g. --l2=0.5")
    @Default.Double(0.5)
    double getL2();

    void setL2(double value);

    @Description(
        "The rows on which released models are tried, a CSV file; without it nothing is released,"
            + " e.g. --held=gs://models/clicks-held.csv")
    @Nullable String getHeld();

    void setHeld(@Nullable String value);

    @Description(
        "The SHA-256 of the file of --held, in hexadecimal digits, e.g. --heldSha256=ab54…")
    @Nullable String getHeldSha256();

    void setHeldSha256(@Nullable String value);

    @Description(
        "How long after its hour a model is released, ISO-8601; --clickWithin and twice --lateness"
            + " if that is longer, because a stream does not know it before, e.g."
            + " --releaseAfter=PT1H")
    @Default.InstanceFactory(Durations.OneHour.class)
    @AboveZero
    Duration getReleaseAfter();

    void setReleaseAfter(Duration value);
  }

  /** The state of a model, 16 bytes a weight, is written whenever examples settle. */
  private static final int MOST_BUCKETS = 1 << 16;

  static final Input<Playback> PLAYBACKS = new Input<>("playbacks", Playback.class);
  static final Input<ModelRelease> MODELS =
      Input.reference("models", ModelRelease.class, Versioned.by(ModelRelease::model)).asOptional();
  static final Output<ModelSegment, ClickProgress> PROGRESS =
      new Output<>("progress", ModelSegment.class, ClickProgress.class).withAllHistory();
  static final Output<ModelSegment, LearnedWeights> WEIGHTS =
      new Output<>("weights", ModelSegment.class, LearnedWeights.class).withAllHistory();
  static final Output<ReleasedModel, ClickRelease> RELEASES =
      Output.effect("releases", ReleasedModel.class, ClickRelease.class)
          .incident((of, release) -> release.id(), Duration.ZERO)
          .onSettled()
          .withAllHistory()
          .asOptional()
          .feeding(MODELS);
  static final Output<Served.ServedModel, Served.ServedProgress> SERVED =
      new Output<>("served", Served.ServedModel.class, Served.ServedProgress.class)
          .withAllHistory()
          .asOptional();
  static final Output<ModelOffer, ModelRefusal> REFUSALS =
      new Output<>("refusals", ModelOffer.class, ModelRefusal.class).withAllHistory().asOptional();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("online-model", Options.class)
        .summary("how likely ads are clicked, learned as events come: loss, AUC and weights hourly")
        .reads(PLAYBACKS, MODELS)
        .answers(PROGRESS, WEIGHTS, RELEASES, SERVED, REFUSALS)
        .scenario(MadeUpImpressions::events);
  }

  @Override
  public void build(Flow flow, Options options) {
    Duration within = options.getClickWithin();
    Duration lateness = Windowing.lateness(options);
    LearnBy by = options.getBy();
    int buckets = buckets(options);
    Windows touches = IntervalJoin.windows(Duration.ZERO, within, lateness);
    Windows order = InOrder.windows(lateness);

    Served served = Served.by(options, buckets);

    PCollection<Playback> playbacks = flow.events(PLAYBACKS, touches, order, served.hours());
    PCollection<LabelledImpression> labelled =
        playbacks
            .apply("Impressions", only(Kind.AD_IMPRESSION))
            .apply(
                "Label",
                IntervalJoin.of(playbacks.apply("Clicks", only(Kind.AD_CLICK)))
                    .within(Duration.ZERO, within)
                    .perKey(Viewer.class, Viewer::of, Viewer::of)
                    .nearest()
                    .withLateness(lateness)
                    .left(
                        LabelledImpression.class,
                        (shown, click) ->
                            LabelledImpression.of(shown, click, within, by, buckets)));

    // What comes out of the join is on time, because it has waited for the lateness.
    PCollection<Answer<ModelSegment, Report>> reports =
        labelled
            .apply(
                "Examples",
                MapElements.into(TypeDescriptor.of(Example.class)).via(LabelledImpression::example))
            .setCoder(RecordCoder.of(Example.class))
            .apply(
                "Learn",
                InOrder.perKey(ModelSegment.class, (Example of) -> new ModelSegment(of.segment()))
                    .fold(learner(options, buckets), Learner.State.class, Report.class)
                    .answers(
                        ModelSegment.class,
                        Report.class,
                        (of, report) -> new Answer<>(of, report.start(), report.end(), 0, report)));
    flow.answers(
        PROGRESS,
        reports.apply("Progress", DeriveAnswers.of(ClickProgress.class, Report::progress)));
    flow.answers(
        WEIGHTS, reports.apply("Weights", DeriveAnswers.of(LearnedWeights.class, Report::weights)));
    ClickRelease.Terms terms = terms(options, lateness);
    if (terms != null) {
      flow.answers(
          RELEASES,
          reports.apply(
              "Releases",
              DeriveAnswers.<ModelSegment, Report, ClickRelease>of(ClickRelease.class, terms::of)
                  .about(
                      ReleasedModel.class,
                      of -> new ReleasedModel(ClickRelease.model(of.segment())))));
    }

    if (flow.reads(MODELS)) {
      served.answers(flow, labelled, touches, order, served.hours());
    }
  }

  private static Filter<Playback> only(Kind kind) {
    return Filter.by((Playback playback) -> playback.kind() == kind);
  }

  private record Viewer(String user, String campaign) {

    private static Viewer of(Playback ad) {
      return new Viewer(ad.user(), ad.campaign());
    }
  }

  private static int buckets(Options options) {
    int buckets = options.getBuckets();
    if (buckets < 2 || buckets > MOST_BUCKETS || Integer.bitCount(buckets) != 1) {
      throw new BadOption(
          "--buckets", buckets, "is not a power of two from 2 to 65536, e.g. --buckets=1024");
    }
    return buckets;
  }

  private static Learner learner(Options options, int buckets) {
    notNegative("--beta", options.getBeta());
    notNegative("--l1", options.getL1());
    notNegative("--l2", options.getL2());
    return new Learner(
        new Ftrl(options.getAlpha(), options.getBeta(), options.getL1(), options.getL2()),
        buckets,
        options.getReportEvery());
  }

  private static void notNegative(String option, double value) {
    if (!(value >= 0 && Double.isFinite(value))) {
      throw new BadOption(option, value, "is not zero or more, e.g. " + option + "=0.5");
    }
  }

  /** How models are released; null if they are not. */
  private static ClickRelease.@Nullable Terms terms(Options options, Duration lateness) {
    String held = options.getHeld();
    String sha256 = options.getHeldSha256();
    if ((held == null) != (sha256 == null)) {
      throw new BadOption(
          held == null ? "--held" : "--heldSha256",
          null,
          "is missing: rows on which models are tried are named by --held=URI and"
              + " --heldSha256=HASH");
    }
    if (held == null) {
      return null;
    }
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new BadOption(
          "--heldSha256",
          sha256,
          "is not a SHA-256 of 64 hexadecimal digits in lower case, as sha256sum prints it");
    }
    Duration known = options.getClickWithin().plus(lateness.multipliedBy(2));
    Duration after = options.getReleaseAfter();
    return new ClickRelease.Terms(held, sha256, after.compareTo(known) > 0 ? after : known);
  }
}
