package dhara.pipelines.media.ads;

import com.google.auto.service.AutoService;
import dhara.options.AtLeast;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.LatenessOptions;
import dhara.options.ProvisionalOptions;
import dhara.options.ZoneOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.decide.DecideInOrder;
import dhara.transforms.join.InForce;
import dhara.transforms.join.JoinedAnswers;
import dhara.transforms.join.Versioned;
import dhara.transforms.order.InOrder;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Which campaign is shown in each ad break, at what price, and why: by an auction among those that
 * fit, within their budgets.
 *
 * <pre>
 *   requests ─▶ as of then ─▶ as of then ─▶ by market and day, in order ─▶ decisions
 *                   ▲             ▲
 *   offers ─────────┘             │
 *   rates ────────────────────────┘
 * </pre>
 *
 * <p><b>Why by market and day.</b> Campaigns compete: whether one can pay depends on what it has
 * paid before, and that depends on whether the others could. So all decisions of a market depend on
 * each other, and are made one after the other. Days begin anew, so they do not depend on each
 * other. How often a user has seen a campaign belongs to the same decisions, since only a campaign
 * that won was seen.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class AdDecisions implements Analysis<AdDecisions.Options> {

  /** What is decided about. */
  public record Slot(String request, String market, String user) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, LatenessOptions, ProvisionalOptions, ZoneOptions {

    @Description(
        "The least price of a click, in micros, millionths of a unit of the currency; lower bids"
            + " are out, e.g. --floorMicros=1000")
    @Default.Long(1_000)
    @AtLeast(1)
    long getFloorMicros();

    void setFloorMicros(long value);

    @Description(
        "How many percent more than its share of the day a campaign may have spent whose budget is"
            + " spread evenly, e.g. --pacingSlack=10")
    @Default.Integer(10)
    @AtLeast(0)
    int getPacingSlack();

    void setPacingSlack(int value);

    @Description(
        "How many campaigns are considered for a break, those whose show is worth the most first;"
            + " the decision lists them, e.g. --considered=20")
    @Default.Integer(20)
    @AtLeast(1)
    int getConsidered();

    void setConsidered(int value);
  }

  /** More would be as good as no pacing, and sums could overflow. */
  private static final int MOST_SLACK = 1_000;

  static final Input<AdRequest> REQUESTS = new Input<>("requests", AdRequest.class);
  static final Input<AdOffer> OFFERS =
      Input.reference("offers", AdOffer.class, Versioned.by(AdOffer::marketCampaign));
  static final Input<AdRate> RATES =
      Input.reference("rates", AdRate.class, Versioned.by(AdRate::shown));
  static final Output<Slot, AdDecision> DECISIONS =
      new Output<>("decisions", Slot.class, AdDecision.class).withHistory(Duration.ofHours(25));

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("ad-decisions", Options.class)
        .summary("the campaign that each ad break shows, its price, and why")
        .reads(REQUESTS, OFFERS, RATES)
        .answers(DECISIONS)
        .scenario(MadeUpBreaks::events);
  }

  @Override
  public void build(Flow flow, Options options) {
    Duration lateness = Windowing.lateness(options);
    boolean early = options.getProvisional();
    int slack = options.getPacingSlack();
    if (slack > MOST_SLACK) {
      throw new BadOption("--pacingSlack", slack, "is above 1000 percent, e.g. --pacingSlack=10");
    }
    Windows windows = InOrder.windows(lateness);
    AdMatching matching =
        new AdMatching(Windowing.zone(options), options.getFloorMicros(), options.getConsidered());

    JoinedAnswers<Slot, AdRequest, AdOffer, AdBreak> offered =
        flow.reference(OFFERS, windows)
            .intoAnswers(
                AdBreak.class,
                (AdRequest request, InForce<AdOffer> offers) -> matching.offered(request, offers));
    JoinedAnswers<Slot, AdBreak, AdRate, AdBreak> rated =
        flow.reference(RATES, windows)
            .intoAnswers(
                AdBreak.class,
                (AdBreak of, InForce<AdRate> rates) -> matching.rated(of, predicted(rates)));

    flow.answers(
        DECISIONS,
        slots(flow.events(REQUESTS, windows))
            .apply("Offers", offered.provisionally(early))
            .apply("Rates", rated.provisionally(early))
            .apply(
                "Auction",
                DecideInOrder.perKey(AdBreak::marketDay)
                    .<Slot, AdDecision>by(
                        new AdAuction(options.getFloorMicros(), slack), AdDecision.class)
                    .withLateness(lateness)
                    .provisionally(early)));
  }

  /** The predictions of a table; a model is asked in its place, with the same bid and break. */
  private static AdMatching.ClickRates predicted(InForce<AdRate> rates) {
    return (bid, in) ->
        rates
            .get(AdRate.shown(bid.campaign(), in.region(), in.device()))
            .map(rate -> new AdMatching.Predicted(rate.millionths(), rate.version()))
            .orElse(null);
  }

  private static PCollection<Answer<Slot, AdRequest>> slots(PCollection<AdRequest> requests) {
    return requests
        .apply(
            "Slot",
            MapElements.into(new TypeDescriptor<Answer<Slot, AdRequest>>() {})
                .via(request -> Answer.at(slot(request), request.at(), request)))
        .setCoder(AnswerCoder.of(RecordCoder.of(Slot.class), requests.getCoder()));
  }

  private static Slot slot(AdRequest request) {
    return new Slot(request.id(), request.market(), request.user());
  }
}
