package dhara.pipelines.commerce.retention;

import com.google.auto.service.AutoService;
import dhara.options.AboveZero;
import dhara.options.DharaOptions;
import dhara.options.EarlyOptions;
import dhara.options.ZoneOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Scenario;
import dhara.pipelines.Windowing;
import dhara.pipelines.commerce.Activity;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.effect.Settled;
import dhara.transforms.join.AsOf;
import dhara.transforms.join.InForce;
import dhara.transforms.join.Version;
import dhara.transforms.order.InOrder;
import dhara.transforms.tally.Max;
import dhara.transforms.tally.Rate;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.CalendarUnit;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.ZoneId;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.DefaultValueFactory;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How many users come back: users by the month of their first activity and by month of activity.
 *
 * <pre>
 *   activities ─▶ first of each user and month, in order ─┬─▶ new ─────┬───────────────┐
 *                                                         │            ▼               ▼
 *                                                         │        per month ─▶ size of the cohort
 *                                                         │                            │ (as of then)
 *                                                         └─▶ returning ───────────────┴─▶ by cohort ─▶ per month ─▶ retention
 * </pre>
 *
 * <p>The users of a month whose first activity is in it are its cohort. Users count once a month,
 * exactly, by what is remembered of each: the month of the first activity and that of the last.
 * This is forgotten when a user is away for longer than {@code --newAfter}, and then they are new.
 * Months begin at midnight in {@code --timeZone}. A stream updates the month so far every ten
 * seconds.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class Retention implements Analysis<Retention.Options> {

  /**
   * What an answer is about.
   *
   * @param cohort the month of the users' first activity, such as {@code 2026-01}
   * @param month the month of activity
   */
  public record CohortMonth(String cohort, String month) {}

  /**
   * A cohort in a month.
   *
   * @param monthsSince how many months after the first; 0 in the month of the cohort
   * @param users those of the cohort with an activity in the month
   * @param cohortUsers all of the cohort
   * @param percent {@code 100 users / cohortUsers}
   */
  public record Retained(long monthsSince, long users, long cohortUsers, double percent) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, EarlyOptions, ZoneOptions {

    @Description("Only activities of this kind count; by default all, e.g. --kind=PURCHASE")
    Activity.@Nullable Kind getKind();

    void setKind(Activity.@Nullable Kind value);

    @Description(
        "A user without activity for longer than this is new again, ISO-8601, e.g."
            + " --newAfter=P1000D")
    @Default.InstanceFactory(ThousandDays.class)
    @AboveZero
    Duration getNewAfter();

    void setNewAfter(Duration value);
  }

  static final Input<Activity> ACTIVITIES = new Input<>("activities", Activity.class);
  static final Output<CohortMonth, Retained> RETENTION =
      new Output<>("retention", CohortMonth.class, Retained.class).withAllHistory();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("retention", Options.class)
        .summary("users who come back, by month of their first activity and month")
        .reads(ACTIVITIES)
        .answers(RETENTION)
        .scenario(Scenario.of(MadeUpMembers::generate, MadeUpMembers::endless));
  }

  @Override
  public void build(Flow flow, Options options) {
    Activity.Kind kind = options.getKind();
    Duration lateness = Windowing.lateness(options);
    Windows late = Windowing.calendar(CalendarUnit.MONTH, options, options);
    // What has been put in order is never late again.
    Windows settled = late.withLateness(Duration.ZERO);
    Windows months =
        Windowing.running(CalendarUnit.MONTH, options, options).withLateness(Duration.ZERO);

    PCollection<ActiveUser> active =
        flow.events(ACTIVITIES, late.withAllHistory(), InOrder.windows(lateness))
            .apply("Kind", Filter.by(activity -> kind == null || activity.kind() == kind))
            .apply(
                "First",
                InOrder.perKey(Activity::user)
                    .fold(
                        new FirstActivity(ZoneId.of(options.getTimeZone()), options.getNewAfter()),
                        RecordCoder.of(FirstActivity.State.class),
                        RecordCoder.of(ActiveUser.class))
                    .withLateness(lateness));
    PCollection<ActiveUser> newUsers = active.apply("New", Filter.by(ActiveUser::isNew));

    PCollection<Version<Size>> sizes =
        newUsers
            .apply(
                "Sizes",
                Answers.in(settled)
                    .perKey(
                        Cohort.class,
                        user -> new Cohort(user.cohort()),
                        TallyFn.of(Size.class, user -> new Size(1))))
            .apply("Settled", Settled.answers())
            .apply(
                "Size",
                MapElements.into(new TypeDescriptor<Version<Size>>() {})
                    .via(
                        size ->
                            new Version<>(
                                String.valueOf(size.key().month()), size.end(), "", size.value())))
            .setCoder(Version.coder(RecordCoder.of(Size.class)));

    PCollection<Cell> returning =
        active
            .apply("Returning", Filter.by(user -> !user.isNew()))
            .apply(
                "OfCohort",
                AsOf.of(sizes, lateness)
                    .into(
                        Cell.class,
                        (ActiveUser user, InForce<Size> known) ->
                            Cell.of(user, known.get(String.valueOf(user.cohort())).orElseThrow())));
    PCollection<Cell> first =
        newUsers
            .apply("Cell", MapElements.into(TypeDescriptor.of(Cell.class)).via(Cell::ofNew))
            .setCoder(RecordCoder.of(Cell.class));

    flow.answers(
        RETENTION,
        PCollectionList.of(first)
            .and(returning)
            .apply("Cells", Flatten.pCollections())
            .apply(
                "Retention",
                Answers.in(months)
                    .perKey(
                        CohortMonth.class,
                        Cell::about,
                        TallyFn.of(Sums.class, Sums::of, Retained.class, Sums::retained))));
  }

  private record Cohort(long month) {}

  /** The size of a cohort. */
  private record Size(long users) {}

  /**
   * A user in a month.
   *
   * @param cohortUsers the size of the cohort if the user is returning; 0 if new
   */
  private record Cell(long cohort, long month, long cohortUsers) {

    private static Cell ofNew(ActiveUser user) {
      return new Cell(user.cohort(), user.month(), 0);
    }

    private static Cell of(ActiveUser user, Size size) {
      return new Cell(user.cohort(), user.month(), size.users);
    }

    private CohortMonth about() {
      return new CohortMonth(ActiveUser.name(cohort), ActiveUser.name(month));
    }
  }

  /** Users of a cohort in a month, added up. */
  private record Sums(@Max long monthsSince, long users, @Max long cohortUsers) {

    private static Sums of(Cell cell) {
      return new Sums(cell.month - cell.cohort, 1, cell.cohortUsers);
    }

    private Retained retained() {
      long all = monthsSince == 0 ? users : cohortUsers;
      return new Retained(monthsSince, users, all, new Rate(users, all).percent());
    }
  }

  /** Almost three years. */
  public static final class ThousandDays implements DefaultValueFactory<Duration> {
    @Override
    public Duration create(PipelineOptions options) {
      return Duration.ofDays(1_000);
    }
  }
}
