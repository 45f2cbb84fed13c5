package dhara.pipelines.commerce.recommend;

import com.google.auto.service.AutoService;
import dhara.options.AboveZero;
import dhara.options.AtLeast;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.Durations;
import dhara.options.EarlyOptions;
import dhara.options.Nearest;
import dhara.options.ProvisionalOptions;
import dhara.options.ZoneOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.demand.ProductStock;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.join.AsOf;
import dhara.transforms.join.InForce;
import dhara.transforms.join.IntervalJoin;
import dhara.transforms.join.JoinedAnswers;
import dhara.transforms.join.Version;
import dhara.transforms.join.Versioned;
import dhara.transforms.order.Either;
import dhara.transforms.order.InOrder;
import dhara.transforms.order.InOrderOfTwo;
import dhara.transforms.revision.DeriveAnswers;
import dhara.transforms.tally.Rate;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.CalendarUnit;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Products that a user may like, after what the user did or on request, and how often that was
 * right.
 *
 * <pre>
 *   activities ─┬─▶ by user, in order ─┬─▶ by product, in order ─▶ hourly ─▶ tables
 *   requests ───┘                      │                                        │
 *                                      └─▶ those that ask ─▶ candidates ◀───────┘ (as of then)
 *                                                                │
 *   stock ──────────────────────────────────────────────────▶ in stock (as of then)
 *                                                                │
 *   catalogue ──────────────────────────────────────────────▶ likeness (as of then)
 *                                                                │
 *   weights ────────────────────────────────────────────────▶ ranked (as of then) ─┬─▶ recommendations
 *                                                                                  │
 *   activities ─▶ those of the same user in 24 hours ─▶ right or not ◀─────────────┘
 *                                                            └─▶ per day ─▶ hits
 * </pre>
 *
 * <p>Three scores make one: what others had together with the user's recent products, what is like
 * these, and what is popular. Each is a share of the greatest among the candidates, and they are
 * weighed by the weights in force. Candidates are the nearest neighbours and the most popular
 * products, without those out of stock and those that the user has looked at or bought lately.
 *
 * <p><b>Designs.</b> Tables that change with each activity would be exact to the moment, but each
 * activity would send a new version of up to {@code --recentProducts} tables to everyone who
 * recommends. Tables that change at the end of each {@code --tableEvery} cost as much as the
 * products that were touched in it, however often, and a version of all tables has a name: the end
 * of its period. This is the second. The tables of the {@code --tableProducts} most popular
 * products are in force, and each worker holds them, so that an occasion is joined once with all
 * that it needs and not with each of its products.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class Recommendations implements Analysis<Recommendations.Options> {

  /**
   * What an answer is about.
   *
   * @param user for whom
   * @param occasion after what
   * @param id identity of the activity or request
   */
  public record Asked(String user, Occasion occasion, String id) {}

  /**
   * A recommended product. Scores are from 0 to 1, to six digits; the best candidate of each kind
   * has 1.
   *
   * @param product the product's code
   * @param score all scores, weighed
   * @param coOccurrence how often others had it together with the user's recent products
   * @param content how much it is like these
   * @param popularity how popular it is
   */
  public record Pick(
      String product, double score, double coOccurrence, double content, double popularity) {}

  /**
   * What is recommended.
   *
   * @param cold whether nothing is known of the user, so that popularity alone decides
   * @param tables the version of the tables: they know all activities before; null if there are
   *     none yet
   * @param weights the version of the weights
   * @param picks the products, best first
   */
  public record Recommended(
      boolean cold, @Nullable Instant tables, String weights, List<Pick> picks) {}

  /** What was recommended after. */
  public record Trigger(Occasion occasion) {}

  /**
   * How often the recommendations of a day were right.
   *
   * @param requests how often products were recommended
   * @param cold how often of these nothing was known of the user
   * @param hits how often the user came to one of the products later
   * @param hitRate {@code hits / requests}
   * @param popularHits how often to one of those that popularity alone would have recommended
   * @param popularHitRate {@code popularHits / requests}
   */
  public record Hits(
      long requests,
      long cold,
      long hits,
      double hitRate,
      long popularHits,
      double popularHitRate) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, EarlyOptions, ZoneOptions, ProvisionalOptions {

    @Description(
        "Activities after which products are recommended, separated by commas, or REQUEST for"
            + " requests only; by default PRODUCT_VIEW, ADD_TO_CART and PURCHASE, e.g."
            + " --recommendAfter=ADD_TO_CART,WISHLIST")
    @Nullable List<String> getRecommendAfter();

    void setRecommendAfter(@Nullable List<String> value);

    @Description("How many products are recommended, e.g. --picks=10")
    @Default.Integer(10)
    @AtLeast(1)
    int getPicks();

    void setPicks(int value);

    @Description(
        "How many of the products that a user came to last count as recent, e.g."
            + " --recentProducts=10")
    @Default.Integer(10)
    @AtLeast(1)
    int getRecentProducts();

    void setRecentProducts(int value);

    @Description("For how long they are recent, at most 30 days, ISO-8601, e.g. --recentFor=PT24H")
    @Default.InstanceFactory(Durations.OneDay.class)
    @AboveZero
    Duration getRecentFor();

    void setRecentFor(Duration value);

    @Description(
        "For how long a product that a user has bought is not recommended, ISO-8601, e.g."
            + " --notBoughtFor=P30D")
    @Default.InstanceFactory(Durations.ThirtyDays.class)
    Duration getNotBoughtFor();

    void setNotBoughtFor(Duration value);

    @Description("How many neighbours of a product are kept, e.g. --neighbours=20")
    @Default.Integer(20)
    @AtLeast(1)
    int getNeighbours();

    void setNeighbours(int value);

    @Description(
        "How many products can be recommended: the most popular ones, e.g. --tableProducts=2000")
    @Default.Integer(2_000)
    @AtLeast(1)
    int getTableProducts();

    void setTableProducts(int value);

    @Description(
        "How often what is recommended takes new activities of all users into account, at most 30"
            + " days, ISO-8601, e.g. --tableEvery=PT1H")
    @Default.InstanceFactory(Durations.OneHour.class)
    @AboveZero
    Duration getTableEvery();

    void setTableEvery(Duration value);

    @Description(
        "After this long an activity counts half for the popularity of its product, at least a"
            + " minute, ISO-8601, e.g. --popularityHalfLife=P7D")
    @Default.InstanceFactory(Durations.SevenDays.class)
    Duration getPopularityHalfLife();

    void setPopularityHalfLife(Duration value);

    @Description(
        "How many neighbours, and how many popular products, are candidates, e.g. --candidates=30")
    @Default.Integer(30)
    @AtLeast(1)
    int getCandidates();

    void setCandidates(int value);

    @Description(
        "How long after a recommendation the user may come to one of its products, so that it was"
            + " right, ISO-8601, e.g. --hitWithin=PT24H")
    @Default.InstanceFactory(Durations.OneDay.class)
    @AboveZero
    Duration getHitWithin();

    void setHitWithin(Duration value);
  }

  static final Input<Activity> ACTIVITIES = new Input<>("activities", Activity.class);
  static final Input<RecommendationRequest> REQUESTS =
      new Input<>("requests", RecommendationRequest.class).asOptional();
  static final Input<CatalogueProduct> CATALOGUE =
      Input.reference("catalogue", CatalogueProduct.class, Versioned.by(CatalogueProduct::product))
          .asOptional();
  static final Input<ProductStock> STOCK =
      Input.reference("stock", ProductStock.class, Versioned.by(ProductStock::product))
          .asOptional();
  static final Input<EnsembleWeights> WEIGHTS =
      Input.reference("weights", EnsembleWeights.class, Versioned.by(weights -> "")).asOptional();
  static final Output<Asked, Recommended> RECOMMENDATIONS =
      new Output<>("recommendations", Asked.class, Recommended.class).withAllHistory();
  static final Output<Trigger, Hits> HITS =
      new Output<>("hits", Trigger.class, Hits.class).withAllHistory();

  private static final Duration LONGEST = Duration.ofDays(30);
  private static final Duration LEAST_HALF_LIFE = Duration.ofMinutes(1);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("recommendations", Options.class)
        .summary("products for each user after what they did, and how often that was right")
        .reads(ACTIVITIES, REQUESTS, CATALOGUE, STOCK, WEIGHTS)
        .answers(RECOMMENDATIONS, HITS)
        .scenario(MadeUpTastes::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    Duration lateness = Windowing.lateness(options);
    Duration within = options.getHitWithin();
    Windows order = InOrder.windows(lateness);
    Windows days = Windowing.calendar(CalendarUnit.DAY, options, options);
    PCollection<Activity> activities =
        flow.events(ACTIVITIES, order, days, IntervalJoin.windows(Duration.ZERO, within, lateness))
            .apply("OfProducts", Filter.by(activity -> Occasion.of(activity) != null));
    PCollection<RecommendationRequest> requests = flow.events(REQUESTS, order, days);

    InOrder.Answering<
            Either<Activity, RecommendationRequest>,
            String,
            UserHistory.State,
            Visited,
            Asked,
            Visited>
        history =
            InOrderOfTwo.perKey(
                    (Activity activity) -> activity.user(),
                    (RecommendationRequest request) -> request.user())
                .fold(history(options), UserHistory.State.class, Visited.class)
                .withLateness(lateness)
                .answers(
                    Asked.class,
                    Visited.class,
                    (user, visit) -> Answer.at(visit.asked(), visit.at(), visit));
    PCollection<Answer<Asked, Visited>> visits =
        activities.apply("Visits", InOrderOfTwo.of(requests, history));

    Joins joins = joins(flow, options, order, tables(visits, options));
    PCollection<Answer<Asked, Ranking>> settled = joins.ranked("", visits, false);
    // A backfill has nothing to answer before it is settled.
    boolean early = options.getProvisional() && activities.isBounded() == IsBounded.UNBOUNDED;
    flow.answers(
        RECOMMENDATIONS,
        (early
                ? joins.ranked(
                    "Early",
                    activities.apply(
                        "EarlyVisits", InOrderOfTwo.of(requests, history.provisionally(true))),
                    true)
                : settled)
            .apply("Recommend", DeriveAnswers.of(Recommended.class, Ranking::recommended)));

    flow.answers(
        HITS,
        activities
            .apply("Follow", InOrderOfTwo.of(rankings(settled), hits(within, lateness)))
            .apply(
                "Hits",
                Answers.in(days)
                    .perKey(
                        Trigger.class,
                        outcome -> new Trigger(outcome.occasion()),
                        TallyFn.of(Sums.class, Sums::of, Hits.class, Sums::hits))));
  }

  private static UserHistory history(Options options) {
    Duration recentFor = atMost30Days("--recentFor", options.getRecentFor());
    Duration notBoughtFor = options.getNotBoughtFor();
    if (notBoughtFor.isNegative()) {
      throw new BadOption(
          "--notBoughtFor", notBoughtFor, "is below zero, e.g. --notBoughtFor=P30D");
    }
    return new UserHistory(
        options.getRecentProducts(), recentFor, notBoughtFor, after(options.getRecommendAfter()));
  }

  private static Set<Occasion> after(@Nullable List<String> given) {
    if (given == null) {
      return EnumSet.of(Occasion.PRODUCT_VIEW, Occasion.ADD_TO_CART, Occasion.PURCHASE);
    }
    List<String> names = Stream.of(Occasion.values()).map(Occasion::name).toList();
    Set<Occasion> after = EnumSet.noneOf(Occasion.class);
    for (String name : given) {
      if (!names.contains(name)) {
        throw new BadOption(
            "--recommendAfter",
            name,
            "is none of " + String.join(", ", names) + "." + Nearest.question(name, names));
      }
      after.add(Occasion.valueOf(name));
    }
    return after;
  }

  private static Duration atMost30Days(String option, Duration given) {
    if (given.compareTo(LONGEST) > 0) {
      throw new BadOption(option, given, "is longer than 30 days, e.g. " + option + "=PT24H");
    }
    return given;
  }

  /** What is known of products at the end of each period. */
  private static PCollection<Version<KnownTable>> tables(
      PCollection<Answer<Asked, Visited>> visits, Options options) {
    Duration every = atMost30Days("--tableEvery", options.getTableEvery());
    Duration halfLife = options.getPopularityHalfLife();
    if (halfLife.compareTo(LEAST_HALF_LIFE) < 0) {
      throw new BadOption(
          "--popularityHalfLife",
          halfLife,
          "must be a minute or longer, e.g. --popularityHalfLife=P7D");
    }
    // Twice the candidates, because users have looked at or bought some of them.
    int listed = Math.multiplyExact(2, options.getCandidates());
    return visits
        .apply(
            "Touch",
            FlatMapElements.into(TypeDescriptor.of(Touch.class))
                .via((Answer<Asked, Visited> visit) -> Touch.of(visit.value())))
        .setCoder(RecordCoder.of(Touch.class))
        .apply(
            "Products",
            InOrder.perKey(Touch::product)
                .fold(
                    new ProductTable(every, halfLife, options.getNeighbours()),
                    ProductTable.State.class,
                    ProductTable.Row.class)
                .withLateness(options.getLateness()))
        .apply(
            "Tables",
            InOrder.perKey((ProductTable.Row row) -> KnownTable.SHOP)
                .fold(
                    new ShopTable(options.getTableProducts(), listed),
                    RecordCoder.of(ShopTable.State.class),
                    Version.coder(RecordCoder.of(KnownTable.class)))
                .withLateness(options.getLateness()));
  }

  /** The joins of an occasion with what was known then, in the order in which they are applied. */
  private record Joins(
      JoinedAnswers<Asked, Visited, KnownTable, Candidates> tables,
      JoinedAnswers<Asked, Candidates, ProductStock, Candidates> stock,
      JoinedAnswers<Asked, Candidates, CatalogueProduct, Candidates> catalogue,
      JoinedAnswers<Asked, Candidates, EnsembleWeights, Ranking> weights) {

    private PCollection<Answer<Asked, Ranking>> ranked(
        String step, PCollection<Answer<Asked, Visited>> visits, boolean early) {
      return visits
          .apply(step + "Asks", Filter.by(visit -> visit.isWithdrawn() || visit.value().asks()))
          .apply(step + "Candidates", tables.provisionally(early))
          .apply(step + "Stock", stock.provisionally(early))
          .apply(step + "Catalogue", catalogue.provisionally(early))
          .apply(step + "Rank", weights.provisionally(early));
    }
  }

  private static Joins joins(
      Flow flow, Options options, Windows order, PCollection<Version<KnownTable>> tables) {
    int candidates = options.getCandidates();
    int picks = options.getPicks();
    return new Joins(
        AsOf.of(tables, order.horizon())
            .withLateness(options.getLateness())
            .intoAnswers(
                Candidates.class,
                (Visited visit, InForce<KnownTable> known) ->
                    Candidates.of(visit, known, candidates)),
        flow.reference(STOCK, order)
            .intoAnswers(
                Candidates.class,
                (Candidates of, InForce<ProductStock> stock) -> of.inStock(stock)),
        flow.reference(CATALOGUE, order)
            .intoAnswers(
                Candidates.class,
                (Candidates of, InForce<CatalogueProduct> catalogue) -> of.likened(catalogue)),
        flow.reference(WEIGHTS, order)
            .intoAnswers(
                Ranking.class,
                (Candidates of, InForce<EnsembleWeights> weights) ->
                    of.ranked(weights.get("").orElse(EnsembleWeights.DEFAULT), picks)));
  }

  private static PCollection<Ranking> rankings(PCollection<Answer<Asked, Ranking>> settled) {
    return settled
        .apply(
            "Rankings",
            MapElements.into(TypeDescriptor.of(Ranking.class))
                .via((Answer<Asked, Ranking> answer) -> answer.value()))
        .setCoder(RecordCoder.of(Ranking.class));
  }

  private static InOrder<Either<Activity, Ranking>, String, HitFold.State, HitFold.Outcome> hits(
      Duration within, Duration lateness) {
    return InOrderOfTwo.perKey(
            (Activity activity) -> activity.user(), (Ranking ranking) -> ranking.user())
        .fold(new HitFold(within), HitFold.State.class, HitFold.Outcome.class)
        .withLateness(lateness);
  }

  /** Outcomes, added up. */
  private record Sums(long requests, long cold, Rate ours, Rate popular) {

    private static Sums of(HitFold.Outcome outcome) {
      return new Sums(
          1, outcome.cold() ? 1 : 0, Rate.of(outcome.hit()), Rate.of(outcome.popularHit()));
    }

    private Hits hits() {
      return new Hits(requests, cold, ours.hits(), ours.share(), popular.hits(), popular.share());
    }
  }
}
