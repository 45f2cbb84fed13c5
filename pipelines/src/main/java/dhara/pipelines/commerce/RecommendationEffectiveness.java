package dhara.pipelines.commerce;

import com.google.auto.service.AutoService;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.Durations;
import dhara.options.RunningOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.join.IntervalJoin;
import dhara.transforms.tally.Ids;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.Objects;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * How many recommendations lead to a purchase.
 *
 * <pre>
 *   recommendations ──┬─────────────────────────────────┐
 *                     ▼                                 ▼
 *   activities ─▶ purchases ─▶ the first of ─▶ by algorithm, category, segment ─▶ per day ─▶ effectiveness
 *                              24 hours after
 * </pre>
 *
 * <p>A recommendation is converted if the same user buys the same product within {@code
 * --buyWithin} after it; the first such purchase counts. If a product was recommended several times
 * before it is bought, each of these recommendations is converted. Everything counts on the day of
 * the recommendation, so a rate is about the same recommendations above and below the line. A
 * stream updates the day so far every ten seconds, and the day settles when {@code --buyWithin} and
 * the lateness have passed after it.
 *
 * <p>Users are counted exactly, by their ids, which a day keeps until it closes. Money is in minor
 * units of the currency.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class RecommendationEffectiveness
    implements Analysis<RecommendationEffectiveness.Options> {

  /** What is compared; a category or segment that is not known is {@code unknown}. */
  public record Choice(String algorithm, String category, String segment) {}

  /**
   * The recommendations of a day.
   *
   * @param shown how many there were
   * @param converted those that led to a purchase
   * @param rate {@code converted / shown}
   * @param averagePurchaseMinor what such a purchase was worth, rounded half up; 0 without any
   * @param users distinct users to whom something was recommended
   */
  public record Effectiveness(
      long shown, long converted, double rate, long averagePurchaseMinor, long users) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, RunningOptions {

    @Description(
        "How long after a recommendation a purchase still follows from it, ISO-8601, e.g."
            + " --buyWithin=PT24H")
    @Default.InstanceFactory(Durations.OneDay.class)
    Duration getBuyWithin();

    void setBuyWithin(Duration value);
  }

  static final Input<Recommendation> RECOMMENDATIONS =
      new Input<>("recommendations", Recommendation.class);
  static final Input<Activity> ACTIVITIES = new Input<>("activities", Activity.class);
  static final Output<Choice, Effectiveness> EFFECTIVENESS =
      new Output<>("effectiveness", Choice.class, Effectiveness.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("recommendation-effectiveness", Options.class)
        .summary("recommendations shown and converted per algorithm, category, segment and day")
        .reads(RECOMMENDATIONS, ACTIVITIES)
        .answers(EFFECTIVENESS)
        .scenario(Recommending::events);
  }

  @Override
  public void build(Flow flow, Options options) {
    Duration within = options.getBuyWithin();
    if (within.isNegative()) {
      throw new BadOption("--buyWithin", within, "is negative, e.g. --buyWithin=PT24H");
    }
    Windows days = Windowing.running(options);
    Windows purchases = IntervalJoin.windows(Duration.ZERO, within, days.lateness());
    PCollection<Recommendation> recommendations = flow.events(RECOMMENDATIONS, days, purchases);
    PCollection<Activity> bought =
        flow.events(ACTIVITIES, purchases)
            .apply("Purchases", Filter.by(RecommendationEffectiveness::isPurchase));

    PCollection<Outcome> converted =
        recommendations.apply(
            "Convert",
            IntervalJoin.of(bought)
                .within(Duration.ZERO, within)
                .perKey(
                    Wanted.class,
                    (Recommendation shown) -> new Wanted(shown.user(), shown.product()),
                    activity -> new Wanted(activity.user(), activity.product()))
                .nearest()
                .withLateness(days.lateness())
                .inner(Outcome.class, Outcome::converted));
    PCollection<Outcome> shown =
        recommendations
            .apply("Show", MapElements.into(TypeDescriptor.of(Outcome.class)).via(Outcome::shown))
            .setCoder(RecordCoder.of(Outcome.class));

    flow.answers(
        EFFECTIVENESS,
        PCollectionList.of(shown)
            .and(converted)
            .apply("Outcomes", Flatten.pCollections())
            .apply(
                "Effectiveness",
                Answers.in(days)
                    .perKey(
                        Choice.class,
                        Outcome::choice,
                        TallyFn.of(
                            Sums.class, Sums::of, Effectiveness.class, Sums::effectiveness))));
  }

  private static boolean isPurchase(Activity activity) {
    return activity.kind() == Activity.Kind.PURCHASE && activity.product() != null;
  }

  private record Wanted(String user, String product) {}

  /** A recommendation, or that one was converted. */
  private record Outcome(
      String algorithm,
      String category,
      String segment,
      String user,
      boolean converted,
      long minor) {

    private static Outcome shown(Recommendation shown) {
      return of(shown, false, 0);
    }

    private static Outcome converted(Recommendation shown, Activity purchase) {
      return of(shown, true, Objects.requireNonNullElse(purchase.amountMinor(), 0L));
    }

    private static Outcome of(Recommendation shown, boolean converted, long minor) {
      return new Outcome(
          shown.algorithm(),
          Objects.requireNonNullElse(shown.category(), "unknown"),
          Objects.requireNonNullElse(shown.segment(), "unknown"),
          shown.user(),
          converted,
          minor);
    }

    private Choice choice() {
      return new Choice(algorithm, category, segment);
    }
  }

  /** Outcomes, added up. */
  private record Sums(long shown, long converted, long minor, Ids users) {

    private static Sums of(Outcome outcome) {
      return outcome.converted
          ? new Sums(0, 1, outcome.minor, Ids.NONE)
          : new Sums(1, 0, 0, Ids.of(outcome.user, Integer.MAX_VALUE));
    }

    private Effectiveness effectiveness() {
      return new Effectiveness(
          shown,
          converted,
          shown == 0 ? 0 : (double) converted / shown,
          converted == 0 ? 0 : (minor + converted / 2) / converted,
          users.count());
    }
  }
}
