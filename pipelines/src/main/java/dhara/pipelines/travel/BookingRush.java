package dhara.pipelines.travel;

import com.google.auto.service.AutoService;
import dhara.options.AboveZero;
import dhara.options.AtLeast;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.Durations;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.pipelines.travel.Bursts.Attempt;
import dhara.pipelines.travel.OpeningCurve.Point;
import dhara.pipelines.travel.OpeningCurve.Step;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.effect.Settled;
import dhara.transforms.order.InOrder;
import dhara.transforms.sketch.Latencies;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How a booking system fares when everybody books at once: load and success of each train and
 * class, the curve of an opening, and who is too fast for a person.
 *
 * <pre>
 *              ┌─▶ by train and class ─▶ per 10 s ─▶ rush
 *   bookings ──┼─▶ Tatkal, by train and class ─▶ per 10 s ─▶ settled, in order ─▶ openings
 *              └─▶ by user, by address, in order ─▶ more than 5 in 10 s ─▶ bursts
 * </pre>
 *
 * <p>Tatkal seats of air-conditioned classes open at 10:00 and the others at 11:00, Indian time. A
 * point of an opening has what happened in its step and since the opening; a step without attempts
 * has no point.
 *
 * <p>A burst begins with the sixth attempt within ten seconds, and is over when there was none for
 * ten seconds. Both are told. It is judged in the order of time, so late arrivals change nothing.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes")
public final class BookingRush implements Analysis<BookingRush.Options> {

  /** What load is about. */
  public record TrainClass(String train, String travelClass) {}

  /**
   * What points of an opening are about.
   *
   * @param openedAt when the seats opened
   */
  public record TrainOpening(String train, String travelClass, Instant openedAt) {}

  /**
   * Attempts of a window.
   *
   * @param attempts how many
   * @param confirmed those that got seats
   * @param waitlisted those that got a place on the waiting list
   * @param failed those that got nothing
   * @param successRate {@code confirmed / attempts}
   * @param responseP95Millis nineteen of twenty answers did not take longer, within 0.4 %; null
   *     without answers
   */
  public record Rush(
      long attempts,
      long confirmed,
      long waitlisted,
      long failed,
      double successRate,
      @Nullable Double responseP95Millis) {}

  /**
   * A point of the curve of an opening.
   *
   * @param secondsAfter from the opening to the end of the step
   * @param attempts of the step
   * @param confirmed of the step
   * @param attemptsSoFar since the opening
   * @param confirmedSoFar since the opening
   * @param waitlistedSoFar since the opening
   * @param successRateSoFar {@code confirmedSoFar / attemptsSoFar}
   */
  public record Opening(
      double secondsAfter,
      long attempts,
      long confirmed,
      long attemptsSoFar,
      long confirmedSoFar,
      long waitlistedSoFar,
      double successRateSoFar) {}

  /**
   * Who is too fast.
   *
   * @param of whether it is a user or an address
   * @param name which
   */
  public record Suspect(Bursts.Of of, String name) {}

  /**
   * A burst.
   *
   * @param state whether it has begun or is over
   * @param since its first attempt
   * @param attempts how many it has so far
   * @param confirmed those of them that got seats
   */
  public record Burst(State state, Instant since, long attempts, long confirmed) {

    /** What has become of a burst. */
    public enum State {
      /** It has begun. */
      BEGUN,
      /** It is over. */
      OVER
    }
  }

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, WindowOptions {

    @Description(
        "More attempts than this of one user or address within --burstWithin are a burst, e.g."
            + " --burstAttempts=5")
    @Default.Integer(5)
    @AtLeast(1)
    int getBurstAttempts();

    void setBurstAttempts(int value);

    @Description(
        "Within what time attempts are a burst; a pause of this length ends it, ISO-8601, e.g."
            + " --burstWithin=PT10S")
    @Default.InstanceFactory(Durations.TenSeconds.class)
    @AboveZero
    Duration getBurstWithin();

    void setBurstWithin(Duration value);

    @Description("When Tatkal seats of air-conditioned classes open, e.g. --acOpensAt=10:00")
    @Default.String("10:00")
    String getAcOpensAt();

    void setAcOpensAt(String value);

    @Description("When Tatkal seats of the other classes open, e.g. --nonAcOpensAt=11:00")
    @Default.String("11:00")
    String getNonAcOpensAt();

    void setNonAcOpensAt(String value);

    @Description("The time zone of openings, e.g. --openingZone=Asia/Kolkata")
    @Default.String("Asia/Kolkata")
    String getOpeningZone();

    void setOpeningZone(String value);

    @Description("The distance of the points of an opening, e.g. --openingStep=PT10S")
    @Default.InstanceFactory(Durations.TenSeconds.class)
    Duration getOpeningStep();

    void setOpeningStep(Duration value);

    @Description("For how long an opening is followed, less than a day, e.g. --openingFor=PT15M")
    @Default.InstanceFactory(Durations.FifteenMinutes.class)
    Duration getOpeningFor();

    void setOpeningFor(Duration value);
  }

  /** The default width of windows. */
  private static final Duration WINDOW = Duration.ofSeconds(10);

  private static final Duration DAY = Duration.ofDays(1);

  static final Input<Booking> BOOKINGS = new Input<>("bookings", Booking.class);
  static final Output<TrainClass, Rush> RUSH = new Output<>("rush", TrainClass.class, Rush.class);
  static final Output<TrainOpening, Opening> OPENINGS =
      new Output<>("openings", TrainOpening.class, Opening.class).withHistory(DAY);
  static final Output<Suspect, Burst> BURSTS =
      Output.effect("bursts", Suspect.class, Burst.class)
          .incident(BookingRush::incident, Duration.ZERO)
          .onSettled()
          .withAllHistory();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("booking-rush", Options.class)
        .summary("attempts and success per train, class and 10 s; Tatkal openings; bursts of bots")
        .reads(BOOKINGS)
        .answers(RUSH, OPENINGS, BURSTS)
        .scenario(MadeUpBookings::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    Windows windows = Windowing.of(options, WINDOW);
    Windows steps =
        Windowing.tumbling("--openingStep", options.getOpeningStep(), options).withHistory(DAY);
    InOrder<Attempt, Suspect, Bursts.Recent, Bursts.Change> bursts =
        InOrder.perKey(
                Suspect.class, (Attempt attempt) -> new Suspect(attempt.of(), attempt.name()))
            .fold(bursts(options), Bursts.Recent.class, Bursts.Change.class)
            .withLateness(windows.lateness());
    Tatkal tatkal = tatkal(options);
    PCollection<Booking> bookings = flow.events(BOOKINGS, windows, steps, bursts.windows());

    flow.answers(
        RUSH,
        bookings.apply(
            "Rush",
            Answers.in(windows)
                .perKey(
                    TrainClass.class,
                    BookingRush::about,
                    TallyFn.of(Sums.class, Sums::of, Rush.class, Sums::rush))));

    flow.answers(
        OPENINGS,
        bookings
            .apply("Tatkal", Filter.by(tatkal::covers))
            .apply(
                "Steps",
                Answers.in(steps)
                    .perKey(
                        TrainOpening.class,
                        booking ->
                            new TrainOpening(
                                booking.train(), booking.travelClass(), tatkal.opening(booking)),
                        TallyFn.of(Outcomes.class, Outcomes::of)))
            .apply("Settled", Settled.answers())
            .apply("Step", MapElements.into(TypeDescriptor.of(Step.class)).via(BookingRush::step))
            .apply(
                "Openings",
                InOrder.perKey(TrainOpening.class, Step::about)
                    .fold(new OpeningCurve(DAY), Outcomes.class, Point.class)
                    .withLateness(windows.lateness())
                    .answers(
                        TrainOpening.class,
                        Opening.class,
                        (about, point) ->
                            new Answer<>(
                                about, point.start(), point.end(), 0, opening(about, point)))));

    flow.answers(
        BURSTS,
        bookings
            .apply(
                "Attempts",
                FlatMapElements.into(TypeDescriptor.of(Attempt.class)).via(BookingRush::attempts))
            .setCoder(RecordCoder.of(Attempt.class))
            .apply(
                "Bursts",
                bursts.answers(
                    Suspect.class,
                    Burst.class,
                    (suspect, change) -> Answer.at(suspect, change.at(), burst(change)))));
  }

  private static TrainClass about(Booking booking) {
    return new TrainClass(booking.train(), booking.travelClass());
  }

  /** Attempts, added up. */
  private record Sums(Outcomes outcomes, Latencies responses) {

    static Sums of(Booking booking) {
      Long millis = booking.responseMillis();
      return new Sums(Outcomes.of(booking), millis == null ? Latencies.NONE : Latencies.of(millis));
    }

    Rush rush() {
      return new Rush(
          outcomes.attempts(),
          outcomes.confirmed(),
          outcomes.waitlisted(),
          outcomes.failed(),
          outcomes.confirmedShare(),
          responses.count() == 0 ? null : (Double) responses.quantileMillis(0.95));
    }
  }

  private static Step step(Answer<TrainOpening, Outcomes> of) {
    return new Step("", of.end().minusMillis(1), of.key(), of.start(), of.end(), of.value());
  }

  private static Opening opening(TrainOpening of, Point point) {
    return new Opening(
        Duration.between(of.openedAt(), point.end()).toMillis() / 1_000.0,
        point.step().attempts(),
        point.step().confirmed(),
        point.sum().attempts(),
        point.sum().confirmed(),
        point.sum().waitlisted(),
        point.sum().confirmedShare());
  }

  private static List<Attempt> attempts(Booking of) {
    List<Attempt> attempts = new ArrayList<>();
    boolean confirmed = of.outcome() == Booking.Outcome.CONFIRMED;
    if (of.user() != null) {
      attempts.add(new Attempt(of.id(), of.at(), Bursts.Of.USER, of.user(), confirmed));
    }
    if (of.address() != null) {
      attempts.add(new Attempt(of.id(), of.at(), Bursts.Of.ADDRESS, of.address(), confirmed));
    }
    return attempts;
  }

  private static Burst burst(Bursts.Change change) {
    return new Burst(
        change.over() ? Burst.State.OVER : Burst.State.BEGUN,
        change.since(),
        change.attempts(),
        change.confirmed());
  }

  private static String incident(Suspect of, Burst burst) {
    return String.join(
        "/", of.of().name(), of.name(), String.valueOf(burst.since()), burst.state().name());
  }

  private static Bursts bursts(Options options) {
    return new Bursts(options.getBurstWithin(), options.getBurstAttempts());
  }

  private static Tatkal tatkal(Options options) {
    Duration lasting = options.getOpeningFor();
    if (lasting.toMillis() <= 0 || lasting.compareTo(DAY) >= 0) {
      throw new BadOption(
          "--openingFor",
          lasting,
          "it must be longer than zero and shorter than a day, e.g. --openingFor=PT15M");
    }
    return new Tatkal(
        time("--acOpensAt", options.getAcOpensAt(), "10:00"),
        time("--nonAcOpensAt", options.getNonAcOpensAt(), "11:00"),
        zone(options.getOpeningZone()),
        lasting);
  }

  private static LocalTime time(String option, String value, String example) {
    try {
      return LocalTime.parse(value);
    } catch (DateTimeException e) {
      throw new BadOption(option, value, "is no time of a day, e.g. " + option + "=" + example, e);
    }
  }

  private static ZoneId zone(String value) {
    try {
      return ZoneId.of(value);
    } catch (DateTimeException e) {
      throw new BadOption(
          "--openingZone", value, "is no time zone, e.g. --openingZone=Asia/Kolkata", e);
    }
  }
}
