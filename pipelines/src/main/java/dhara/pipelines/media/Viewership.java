package dhara.pipelines.media;

import com.google.auto.service.AutoService;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.Durations;
import dhara.options.WindowOptions;
import dhara.options.ZoneOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.order.InOrder;
import dhara.transforms.sketch.Distinct;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.CalendarUnit;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How many watch what: distinct viewers of each ten seconds, how many are there at their end, and
 * the most there were since the day began.
 *
 * <pre>
 *                 ┌─▶ by content, device, region ─▶ per 10 s ─▶ viewers
 *   playbacks ────┤
 *                 └─▶ each viewer, in order ─▶ come and gone ─▶ in order, each 10 s ─▶ audience
 * </pre>
 *
 * <p>A viewer of a content is there from their first event on, mostly a {@code START}. They go with
 * {@code COMPLETE} or {@code ERROR}, or {@code --goneAfter} after their last event if nothing
 * follows; a heartbeat after that brings them back. So who is there at a moment depends on the
 * events of the {@code --goneAfter} before it alone.
 *
 * <p>The peak is one of moments and not of ends of windows: many may come and go within ten
 * seconds. It begins anew with the day of {@code --timeZone}; a window belongs to the day of its
 * last millisecond. A content with nobody there has an answer of zero for the window in which the
 * last one went, and no further ones.
 *
 * <p>The audience is settled when the watermark has passed the end of the window by {@code
 * --lateness}. Another way to count it, a sum of each viewer's last event in windows as wide as the
 * timeout, would need an answer per viewer and window; here heartbeats end in the first step, and
 * only those who come and go are counted in the second.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class Viewership implements Analysis<Viewership.Options> {

  /** What is watched, on what and where; {@code unknown} if an event does not tell. */
  public record Watched(String content, String device, String region) {

    static Watched of(Playback event) {
      return new Watched(
          event.content(), Playback.known(event.device()), Playback.known(event.region()));
    }
  }

  /**
   * Who watched in a window.
   *
   * @param viewers distinct users with an event; exact up to 512, else within 1.6 % mostly
   */
  public record Viewers(long viewers) {}

  /**
   * Who is there at the end of a window.
   *
   * @param concurrent how many viewers
   * @param peak the most at one moment since the day began
   * @param peakAt the first moment at which they were so many; null if nobody was there
   */
  public record Audience(long concurrent, long peak, @Nullable Instant peakAt) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, WindowOptions, ZoneOptions {

    @Description(
        "A viewer without an event for this long is gone, ISO-8601; longer than the time between"
            + " two heartbeats, e.g. --goneAfter=PT30S")
    @Default.InstanceFactory(Durations.ThirtySeconds.class)
    Duration getGoneAfter();

    void setGoneAfter(Duration value);

    @Description(
        "The audience is counted at the end of each window of this width, ISO-8601, e.g."
            + " --audienceWindow=PT10S")
    @Default.InstanceFactory(Durations.TenSeconds.class)
    Duration getAudienceWindow();

    void setAudienceWindow(Duration value);
  }

  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration LONGEST = Duration.ofHours(1);

  static final Input<Playback> PLAYBACKS = new Input<>("playbacks", Playback.class);
  static final Output<Watched, Viewers> VIEWERS =
      new Output<>("viewers", Watched.class, Viewers.class);
  static final Output<Watched, Audience> AUDIENCE =
      new Output<>("audience", Watched.class, Audience.class).withHistory(history(DAY, LONGEST));

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("viewership", Options.class)
        .summary("distinct and concurrent viewers and their peak per content, device and region")
        .reads(PLAYBACKS)
        .answers(VIEWERS, AUDIENCE)
        .scenario((seed, count) -> MadeUpPlayers.withPremieres(PLAYBACKS, seed).limit(count));
  }

  @Override
  public void build(Flow flow, Options options) {
    Duration goneAfter = goneAfter(options);
    Windows windows = Windowing.of(options, WINDOW);
    Windows audience = audience(options);
    Windows days = Windowing.calendar(CalendarUnit.DAY, options, options);
    Windows moments =
        Windows.tumbling(Duration.ofMillis(1))
            .withLateness(windows.lateness())
            .withHistory(history(audience.width(), goneAfter));
    PCollection<Playback> watching =
        flow.events(PLAYBACKS, windows, moments).apply("Watching", Filter.by(Playback::isWatching));

    flow.answers(
        VIEWERS,
        watching.apply(
            "Viewers",
            Answers.in(windows)
                .perKey(
                    Watched.class,
                    Watched::of,
                    TallyFn.of(
                        Users.class,
                        event -> new Users(Distinct.of(event.user())),
                        Viewers.class,
                        users -> new Viewers(users.users.count())))));

    flow.answers(
        AUDIENCE,
        watching
            .apply(
                "Presence",
                InOrder.perKey(Presence.Seat.class, Presence.Seat::of)
                    .fold(new Presence(goneAfter), Presence.There.class, Presence.Change.class)
                    .withLateness(windows.lateness()))
            .apply(
                "Audience",
                InOrder.perKey(Watched.class, Presence.Change::watched)
                    .fold(
                        new Attendance(audience, days, goneAfter),
                        Attendance.Counted.class,
                        Attendance.Level.class)
                    .answers(
                        Watched.class,
                        Audience.class,
                        (watched, level) ->
                            new Answer<>(
                                watched, level.start(), level.end(), 0, level.audience()))));
  }

  /**
   * How long before the end of a window an event can have an effect on its audience: the peak is of
   * the day, which may have 25 hours, and a viewer may be told of once a day.
   */
  static Duration history(Duration width, Duration goneAfter) {
    return Presence.TOLD_EVERY.plusHours(2).plus(goneAfter).plus(width);
  }

  private static Windows audience(Options options) {
    Windows windows = Windowing.tumbling("--audienceWindow", options.getAudienceWindow(), options);
    if (windows.width().compareTo(DAY) > 0) {
      throw new BadOption(
          "--audienceWindow",
          windows.width(),
          "is longer than a day, which peaks are of, e.g. --audienceWindow=PT10S");
    }
    return windows;
  }

  private static Duration goneAfter(Options options) {
    Duration after = options.getGoneAfter();
    if (after.toMillis() <= 0 || after.compareTo(LONGEST) > 0) {
      throw new BadOption(
          "--goneAfter", after, "is not between zero and an hour, e.g. --goneAfter=PT30S");
    }
    return after;
  }

  private record Users(Distinct users) {}
}
