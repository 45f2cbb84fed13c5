package dhara.pipelines.commerce.features;

import com.google.auto.service.AutoService;
import dhara.options.AboveZero;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.Durations;
import dhara.options.LatenessOptions;
import dhara.options.ProvisionalOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.pipelines.commerce.Activity;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.order.InOrder;
import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.values.PCollection;

/**
 * What models are told about users and products of a shop: after each activity, a vector of
 * features of its user and one of its product.
 *
 * <pre>
 *   activities ─┬─▶ by user, in order ────▶ interests, intent, counts ──▶ users
 *               └─▶ by product, in order ─▶ popularity, conversion ─────▶ products
 * </pre>
 *
 * <p>A vector is an answer, so a backfill gives the vectors that a stream has served. It is about
 * the moment of its activity, and is made of that one and those before it, in the order of (event
 * time, id). It holds until the next vector of its user or product, or until {@code expires_at}.
 *
 * <p><b>Why the activity is in the key.</b> Two activities of a user can have the same time. If the
 * key were the user alone, their vectors would be two answers of one key and window.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class FeatureStore implements Analysis<FeatureStore.Options> {

  /** A user after an activity. */
  public record UserAfter(String user, String event) {}

  /** A product after an activity. */
  public record ProductAfter(String product, String event) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, LatenessOptions, ProvisionalOptions {

    @Description(
        "A vector expires when nothing has happened for so long, and the next one begins anew,"
            + " e.g. --ttl=PT1H")
    @Default.InstanceFactory(Durations.OneHour.class)
    @AboveZero
    Duration getTtl();

    void setTtl(Duration value);

    @Description(
        "What is left of an interest, and of the intent, after each further activity of the user,"
            + " from 0 to 0.99, e.g. --interestDecay=0.95")
    @Default.Double(0.95)
    double getInterestDecay();

    void setInterestDecay(double value);

    @Description(
        "After this long an activity counts half for the popularity of its product, e.g."
            + " --popularityHalfLife=PT1H")
    @Default.InstanceFactory(Durations.OneHour.class)
    @AboveZero
    Duration getPopularityHalfLife();

    void setPopularityHalfLife(Duration value);
  }

  /** Above it, the categories of a user would be hardly bounded. */
  private static final double MOST_DECAY = 0.99;

  static final Input<Activity> ACTIVITIES = new Input<>("activities", Activity.class);
  static final Output<UserAfter, UserFeatures> USERS =
      new Output<>("users", UserAfter.class, UserFeatures.class).withAllHistory();
  static final Output<ProductAfter, ProductFeatures> PRODUCTS =
      new Output<>("products", ProductAfter.class, ProductFeatures.class).withAllHistory();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("features", Options.class)
        .summary("features of users and products for models, a vector after each activity")
        .reads(ACTIVITIES)
        .answers(USERS, PRODUCTS)
        .scenario(MadeUpBrowsing::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    double decay = options.getInterestDecay();
    if (!(decay >= 0 && decay <= MOST_DECAY)) {
      throw new BadOption(
          "--interestDecay", decay, "is not from 0 to 0.99, e.g. --interestDecay=0.95");
    }
    Duration lateness = Windowing.lateness(options);
    Duration ttl = options.getTtl();
    boolean early = options.getProvisional();
    PCollection<Activity> activities = flow.events(ACTIVITIES, InOrder.windows(lateness));

    flow.answers(
        USERS,
        activities.apply(
            "Users",
            InOrder.perKey(Activity::user)
                .fold(new UserFold(ttl, decay), UserFold.State.class, UserFold.Vector.class)
                .withLateness(lateness)
                .answers(
                    UserAfter.class,
                    UserFeatures.class,
                    (user, of) ->
                        Answer.at(new UserAfter(user, of.event()), of.at(), of.features()))
                .provisionally(early)));

    flow.answers(
        PRODUCTS,
        activities
            .apply("OfProducts", Filter.by(activity -> activity.product() != null))
            .apply(
                "Products",
                InOrder.perKey(Activity::product)
                    .fold(
                        new ProductFold(ttl, options.getPopularityHalfLife()),
                        ProductFold.State.class,
                        ProductFold.Vector.class)
                    .withLateness(lateness)
                    .answers(
                        ProductAfter.class,
                        ProductFeatures.class,
                        (product, of) ->
                            Answer.at(
                                new ProductAfter(product, of.event()), of.at(), of.features()))
                    .provisionally(early)));
  }
}
