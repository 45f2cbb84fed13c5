package dhara.proof;

import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Scenario;
import dhara.pipelines.Windowing;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.join.AsOf;
import dhara.transforms.join.InForce;
import dhara.transforms.join.Versioned;
import dhara.transforms.tally.Max;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.values.PCollection;

/**
 * Activities, weighed as it was said when they happened.
 *
 * <pre>
 *   weights ─────────┐
 *                    ▼
 *   activities ─▶ as of then ─▶ by user ─▶ per minute ─▶ scores
 * </pre>
 *
 * <p>No analysis of the product: tests put its name where services are looked for.
 */
public final class WeighedActivities implements Analysis<WeighedActivities.Options> {

  /** What a user did. */
  public record Activity(String id, Instant at, String user, String kind) implements Event {}

  /** What a kind of activity is worth from then on; nothing any more where it is retired. */
  public record Weight(String id, Instant at, String kind, long weight, boolean retired)
      implements Event {}

  /** An activity with what it was worth. */
  public record Weighed(String user, long weight, long unknown) {}

  /** An activity with how many kinds had a weight. */
  public record Known(String user, long kinds) {}

  /** Whose score it is. */
  public record User(String user) {}

  /** What the activities were worth together, and how many of them nobody had weighed. */
  public record Score(long score, long unknown) {}

  /** How many kinds had a weight, at most. */
  public record Kinds(@Max long kinds) {}

  /** No more than windows. */
  public interface Options extends DharaOptions, WindowOptions {}

  static final Input<Activity> ACTIVITIES = new Input<>("activities", Activity.class);
  static final Input<Weight> WEIGHTS =
      Input.reference(
          "weights", Weight.class, Versioned.by(Weight::kind).removedWhere(Weight::retired));
  static final Output<User, Score> SCORES = new Output<>("scores", User.class, Score.class);
  static final Output<User, Kinds> KINDS = new Output<>("kinds", User.class, Kinds.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("weighed-activities", Options.class)
        .summary("activities per user and minute, weighed as it was said when they happened")
        .reads(ACTIVITIES, WEIGHTS)
        .answers(SCORES, KINDS)
        .scenario(
            Scenario.of(WEIGHTS, WeighedActivities::weights)
                .and(Scenario.of(ACTIVITIES, WeighedActivities::activities)));
  }

  @Override
  public void build(Flow flow, Options options) {
    Windows windows = Windowing.of(options);
    PCollection<Activity> activities = flow.events(ACTIVITIES, windows);
    AsOf<Weight> weights = flow.reference(WEIGHTS, windows);

    flow.answers(
        SCORES,
        activities
            .apply(
                "Weigh",
                weights
                    .keyedBy(Activity::kind)
                    .into(
                        Weighed.class,
                        (activity, weight) ->
                            new Weighed(
                                activity.user(),
                                weight.map(Weight::weight).orElse(0L),
                                weight.isPresent() ? 0 : 1)))
            .apply(
                "Scores",
                Answers.in(windows)
                    .perKey(
                        User.class,
                        weighed -> new User(weighed.user()),
                        TallyFn.of(
                            Score.class, each -> new Score(each.weight(), each.unknown())))));

    flow.answers(
        KINDS,
        activities
            .apply("Count", weights.into(Known.class, WeighedActivities::known))
            .apply(
                "Kinds",
                Answers.in(windows)
                    .perKey(
                        User.class,
                        known -> new User(known.user()),
                        TallyFn.of(Kinds.class, each -> new Kinds(each.kinds())))));
  }

  private static Known known(Activity activity, InForce<Weight> weights) {
    long[] kinds = {0};
    weights.forEach((kind, weight) -> kinds[0]++);
    return new Known(activity.user(), kinds[0]);
  }

  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
  private static final List<String> NAMES = List.of("VIEW", "LIKE", "SHARE");

  private static Stream<Activity> activities(long seed, long count) {
    return LongStream.range(0, count)
        .mapToObj(
            n ->
                new Activity(
                    "A" + n,
                    NINE.plusMillis(n * 500),
                    "u" + (n * 7 + seed) % 5,
                    NAMES.get((int) (n % 3))));
  }

  private static Stream<Weight> weights(long seed, long count) {
    return LongStream.range(0, count)
        .mapToObj(
            n ->
                new Weight(
                    "W" + n,
                    NINE.plusSeconds(n * 7),
                    NAMES.get((int) (n % 3)),
                    1 + (n * 31 + seed) % 10,
                    n % 11 == 10));
  }
}
