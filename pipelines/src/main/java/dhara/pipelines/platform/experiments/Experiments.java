package dhara.pipelines.platform.experiments;

import com.google.auto.service.AutoService;
import dhara.options.AboveZero;
import dhara.options.AtLeast;
import dhara.options.DharaOptions;
import dhara.options.Durations;
import dhara.options.LatenessOptions;
import dhara.options.Share;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.pipelines.platform.experiments.Enrolments.Change;
import dhara.pipelines.platform.experiments.Looks.Look;
import dhara.pipelines.platform.experiments.VariantResult.State;
import dhara.statistics.MixtureSprt;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.effect.Settled;
import dhara.transforms.join.Versioned;
import dhara.transforms.order.InOrder;
import dhara.transforms.order.InOrderOfTwo;
import dhara.transforms.revision.DeriveAnswers;
import dhara.transforms.tally.TallyFn;
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
 * Which variant of an experiment (an A/B test) is better, and when that may be said.
 *
 * <pre>
 *   exposures ─▶ as of then ─┬─▶ by user, in order ─▶ by experiment ─▶ per hour ─▶ settled, in order ─┬─▶ results
 *                    ▲       │          ▲                                                              ├─▶ winners
 *   setups ──────────┘       │          │                                                              └─▶ graduations
 *   goals ───────────────────│──────────┘
 *                            └─▶ without a variant ─▶ per hour ─▶ unassigned
 * </pre>
 *
 * <p>A user belongs to the variant of the first exposure, for {@code --enrolledFor} after it. The
 * variant is the one that the client says, or else a hash of the experiment and the user, by the
 * set-up that was in force. From then on the user's goals count: a user converts once, and values
 * add up.
 *
 * <p>Each hour is a look at all users since the beginning of the experiment; an hour in which
 * nothing happened is none. Results tell for each variant its rate and the difference from the
 * control, with a p-value and an interval for a single planned look, and an always-valid p-value
 * for people who look every hour. A winner is called once, as soon as the latter allows it, if each
 * variant has enough users and users are split by the weights.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class Experiments implements Analysis<Experiments.Options> {

  /** What results are about. */
  public record ExperimentVariant(String experiment, String variant) {}

  /**
   * The variant that won.
   *
   * @param rate its conversions by its users
   * @param lift its rate over that of the control, minus 1; null for the control itself
   */
  public record Winner(long users, double rate, @Nullable Double lift) {}

  /**
   * What exposures without a variant are about.
   *
   * @param reason why they have none
   */
  public record Unassigned(String experiment, Assignment.Reason reason) {}

  /** How many exposures there are. */
  public record Exposures(long exposures) {}

  /** What a graduation is about. */
  public record Graduated(String experiment) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, LatenessOptions {

    @Description("How often results are looked at, ISO-8601, e.g. --lookEvery=PT1H")
    @Default.InstanceFactory(Durations.OneHour.class)
    @AboveZero
    Duration getLookEvery();

    void setLookEvery(Duration value);

    @Description("Only this goal counts; by default any, e.g. --goal=purchase")
    @Nullable String getGoal();

    void setGoal(@Nullable String value);

    @Description(
        "How long a user belongs to a variant after the first exposure: goals count for so long,"
            + " and an exposure after it is of a new user, e.g. --enrolledFor=P30D")
    @Default.InstanceFactory(Durations.ThirtyDays.class)
    @AboveZero
    Duration getEnrolledFor();

    void setEnrolledFor(Duration value);

    @Description(
        "The hash that assigns users: growthbook (FNV-1a, its hashVersion 2) or md5, e.g."
            + " --assignBy=md5")
    @Default.Enum("growthbook")
    AssignBy getAssignBy();

    void setAssignBy(AssignBy value);

    @Description(
        "How often a winner may be called although there is no difference; intervals leave out"
            + " this share, e.g. --significance=0.05")
    @Default.Double(0.05)
    @Share
    double getSignificance();

    void setSignificance(double value);

    @Description(
        "About how large differences of rates are, for which the always-valid p-value needs the"
            + " fewest users, e.g. --typicalDifference=0.05 for five percentage points")
    @Default.Double(0.05)
    @Share
    double getTypicalDifference();

    void setTypicalDifference(double value);

    @Description("Variants with fewer users are not compared, e.g. --leastUsers=100")
    @Default.Long(100)
    @AtLeast(1)
    long getLeastUsers();

    void setLeastUsers(long value);

    @Description(
        "Nothing is called while a split of users like this one is less likely than this, e.g."
            + " --mismatchBelow=0.001")
    @Default.Double(0.001)
    @Share
    double getMismatchBelow();

    void setMismatchBelow(double value);

    @Description(
        "How long after the look that calls a winner its graduation is in force, ISO-8601; three"
            + " times --lateness if that is longer, because a stream does not know the winner"
            + " before, e.g. --graduateAfter=PT1H")
    @Default.InstanceFactory(Durations.OneHour.class)
    @AboveZero
    Duration getGraduateAfter();

    void setGraduateAfter(Duration value);
  }

  /**
   * Results settle up to twice the lateness after a look; the third is for the way to the topic.
   */
  private static final int LATENESSES = 3;

  /** An experiment in which nothing happens for longer than this starts anew. */
  private static final Duration KEPT = Duration.ofDays(90);

  static final Input<Exposure> EXPOSURES = new Input<>("exposures", Exposure.class);
  static final Input<GoalReached> GOALS = new Input<>("goals", GoalReached.class);
  static final Input<ExperimentSetup> SETUPS =
      Input.reference(
          "setups",
          ExperimentSetup.class,
          Versioned.by(ExperimentSetup::experiment).removedWhere(ExperimentSetup::isOver));
  static final Output<ExperimentVariant, VariantResult> RESULTS =
      new Output<>("results", ExperimentVariant.class, VariantResult.class).withAllHistory();
  static final Output<ExperimentVariant, Winner> WINNERS =
      Output.effect("winners", ExperimentVariant.class, Winner.class)
          .incident((of, winner) -> of.experiment(), KEPT)
          .onSettled()
          .withAllHistory();
  static final Output<Graduated, Graduation> GRADUATIONS =
      Output.effect("graduations", Graduated.class, Graduation.class)
          .incident((of, graduation) -> of.experiment(), KEPT)
          .onSettled()
          .withAllHistory()
          .feeding(SETUPS);
  static final Output<Unassigned, Exposures> UNASSIGNED =
      new Output<>("unassigned", Unassigned.class, Exposures.class).withAllHistory();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("experiments", Options.class)
        .summary("A/B tests: conversion, lift, p-values and winners per variant, each hour")
        .reads(EXPOSURES, GOALS, SETUPS)
        .answers(RESULTS, WINNERS, GRADUATIONS, UNASSIGNED)
        .scenario(MadeUpExperiments::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    Duration lateness = Windowing.lateness(options);
    Windows users = InOrder.windows(lateness);
    Windows hours =
        Windows.tumbling(options.getLookEvery()).withLateness(lateness).withAllHistory();
    // What comes out of joins and folds is on time: they have waited for the lateness.
    Windows looks = hours.withLateness(Duration.ZERO);
    AssignBy by = options.getAssignBy();
    String goal = options.getGoal();

    PCollection<Assignment> exposed =
        flow.events(EXPOSURES, users, hours)
            .apply(
                "Assign",
                flow.reference(SETUPS, users, hours)
                    .<Exposure>keyedBy(Exposure::experiment)
                    .into(
                        Assignment.class, (exposure, setup) -> Assignment.of(exposure, setup, by)));
    PCollection<GoalReached> goals =
        flow.events(GOALS, users, hours)
            .apply("Goal", Filter.by(reached -> goal == null || goal.equals(reached.goal())));

    flow.answers(
        UNASSIGNED,
        exposed
            .apply("Without", Filter.by(assignment -> !assignment.isAssigned()))
            .apply(
                "Unassigned",
                Answers.in(looks)
                    .perKey(
                        Unassigned.class,
                        of -> new Unassigned(of.experiment(), of.reason()),
                        TallyFn.of(Exposures.class, of -> new Exposures(1)))));

    PCollection<Answer<ExperimentVariant, Looks.Row>> rows =
        exposed
            .apply("With", Filter.by(Assignment::isAssigned))
            .apply(
                "Enrol",
                InOrderOfTwo.of(
                    goals,
                    InOrderOfTwo.perKey(Assignment::user, GoalReached::user)
                        .fold(enrolments(options), Enrolments.Of.class, Change.class)
                        .withLateness(lateness)))
            .apply(
                "Arms",
                Answers.in(looks)
                    .perKey(Experiment.class, of -> new Experiment(of.experiment()), Arms.sums()))
            .apply("Settled", Settled.answers())
            .apply("Look", MapElements.into(TypeDescriptor.of(Look.class)).via(Experiments::look))
            .apply(
                "Results",
                InOrder.perKey(Experiment.class, (Look look) -> new Experiment(look.experiment()))
                    .fold(looks(options, lateness), Looks.SoFar.class, Looks.Row.class)
                    .answers(
                        ExperimentVariant.class,
                        Looks.Row.class,
                        (of, row) ->
                            new Answer<>(
                                new ExperimentVariant(of.name(), row.variant()),
                                row.start(),
                                row.end(),
                                0,
                                row)));
    flow.answers(
        RESULTS, rows.apply("Result", DeriveAnswers.of(VariantResult.class, Looks.Row::result)));

    flow.answers(
        WINNERS, rows.apply("Winners", DeriveAnswers.of(Winner.class, Experiments::called)));

    flow.answers(
        GRADUATIONS,
        rows.apply(
            "Graduations",
            DeriveAnswers.<ExperimentVariant, Looks.Row, Graduation>of(
                    Graduation.class, Looks.Row::graduation)
                .about(Graduated.class, of -> new Graduated(of.experiment()))));
  }

  private record Experiment(String name) {}

  private static Look look(Answer<Experiment, Arms> of) {
    return new Look("", of.end().minusMillis(1), of.key().name(), of.start(), of.end(), of.value());
  }

  private static @Nullable Winner called(Looks.Row row) {
    VariantResult of = row.result();
    return of.state() == State.CALLED ? new Winner(of.users(), of.rate(), of.lift()) : null;
  }

  private static Enrolments enrolments(Options options) {
    return new Enrolments(options.getEnrolledFor());
  }

  private static Looks looks(Options options, Duration lateness) {
    Duration after = options.getGraduateAfter();
    Duration settled = lateness.multipliedBy(LATENESSES);
    return new Looks(
        new MixtureSprt(options.getTypicalDifference()),
        options.getSignificance(),
        options.getLeastUsers(),
        options.getMismatchBelow(),
        after.compareTo(settled) > 0 ? after : settled,
        KEPT);
  }
}
