package dhara.pipelines.media;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.AboveZero;
import dhara.options.AtLeast;
import dhara.options.DharaOptions;
import dhara.options.Durations;
import dhara.options.Share;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.pipelines.media.Playback.Kind;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.anomaly.Alert;
import dhara.transforms.anomaly.Hysteresis;
import dhara.transforms.anomaly.RaiseAlerts;
import dhara.transforms.effect.Settled;
import dhara.transforms.sketch.Distinct;
import dhara.transforms.sketch.Percentiles;
import dhara.transforms.tally.Rate;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How well players play, where and on what: stalls, start-up, errors, bitrate; and alerts.
 *
 * <pre>
 *   playbacks ─▶ by region and device ─▶ per minute ─┬─▶ quality
 *                                                    └─▶ settled, in the order of windows ─▶ alerts
 * </pre>
 *
 * <p>The buffering ratio is the stalled part of the time played and stalled; the wait for the first
 * picture is not in it. The error rate is a share of viewers and not of events, so that a player
 * that tries again and again is one failure. A mean bitrate is one over the time played.
 *
 * <p>An alert begins when a place is above a limit, and ends when it is below by a fifth. It is
 * about the last millisecond of a window that has settled. A window with few viewers changes
 * nothing, and neither does one without start-ups to that alert.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class PlaybackQuality implements Analysis<PlaybackQuality.Options> {

  /** Where, and on what; {@code unknown} if an event does not tell. */
  public record Place(String region, String device) {}

  /**
   * What is known of the players of a place in a window.
   *
   * @param viewers distinct users with an event; exact up to 512, else within 1.6 % mostly
   * @param affected those of them with a stall, a failure, or a start-up above the limit
   * @param starts how often playing was asked for
   * @param errors how often it failed
   * @param errorRate the share of the viewers for whom it failed, 0 to 1
   * @param playedMillis how long they played
   * @param stalledMillis how long they waited for data after the first picture
   * @param bufferingRatio {@code stalled / (played + stalled)}; null if both are 0
   * @param startupP50Millis the median of the times to the first picture, within 0.4 %; null if
   *     there was none
   * @param startupP95Millis nineteen of twenty are not longer
   * @param startupP99Millis ninety-nine of a hundred are not longer
   * @param meanBitrateKbps the mean over the time played; null if no bitrate is known
   */
  public record Quality(
      long viewers,
      long affected,
      long starts,
      long errors,
      double errorRate,
      long playedMillis,
      long stalledMillis,
      @Nullable Double bufferingRatio,
      @Nullable Double startupP50Millis,
      @Nullable Double startupP95Millis,
      @Nullable Double startupP99Millis,
      @Nullable Double meanBitrateKbps) {}

  /**
   * What an alert is about.
   *
   * @param measured what is above its limit: {@code buffering_ratio}, {@code startup_p95_millis} or
   *     {@code error_rate}
   */
  public record QualityAlert(String region, String device, String measured) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, WindowOptions, HeartbeatOptions {

    @Description("A buffering ratio above this is an alert, e.g. --bufferingAbove=0.05 for 5 %")
    @Default.Double(0.05)
    @Share
    double getBufferingAbove();

    void setBufferingAbove(double value);

    @Description(
        "A 95th percentile of start-up times above this is an alert, and a viewer with a longer one"
            + " is affected, ISO-8601, e.g. --startupAbove=PT3S")
    @Default.InstanceFactory(Durations.ThreeSeconds.class)
    @AboveZero
    Duration getStartupAbove();

    void setStartupAbove(Duration value);

    @Description(
        "A greater share of viewers with errors is an alert, e.g. --errorsAbove=0.01 for 1 %")
    @Default.Double(0.01)
    @Share
    double getErrorsAbove();

    void setErrorsAbove(double value);

    @Description(
        "A window with fewer viewers begins and ends no alert, e.g. --leastViewers=100, if one"
            + " viewer is to be less than 1 %")
    @Default.Integer(10)
    @AtLeast(1)
    int getLeastViewers();

    void setLeastViewers(int value);
  }

  /** An alert ends this much below its limit. */
  private static final double BAND = 0.2;

  static final Input<Playback> PLAYBACKS = new Input<>("playbacks", Playback.class);
  static final Output<Place, Quality> QUALITY = new Output<>("quality", Place.class, Quality.class);
  static final Output<QualityAlert, Alert> ALERTS =
      Output.effect("alerts", QualityAlert.class, Alert.class)
          .incident(
              (of, alert) -> alert.incident(of.region(), of.device(), of.measured()), Duration.ZERO)
          .onSettled()
          .withAllHistory();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("playback-quality", Options.class)
        .summary("stalls, start-up, errors and bitrate per region, device and minute; alerts")
        .reads(PLAYBACKS)
        .answers(QUALITY, ALERTS)
        .scenario((seed, count) -> MadeUpPlayers.withTroubles(PLAYBACKS, seed).limit(count));
  }

  @Override
  public void build(Flow flow, Options options) {
    Windows windows = Windowing.of(options).withAllHistory();

    PCollection<Answer<Place, Quality>> quality =
        flow.events(PLAYBACKS, windows)
            .apply("Players", Filter.by(event -> !event.kind().isAd()))
            .apply(
                "Quality",
                Answers.in(windows)
                    .perKey(
                        Place.class,
                        event ->
                            new Place(
                                Playback.known(event.region()), Playback.known(event.device())),
                        TallyFn.of(Sums.class, sums(options), Quality.class, Sums::quality)));
    flow.answers(QUALITY, quality);

    flow.answers(
        ALERTS,
        quality
            .apply("Settled", Settled.answers())
            .apply(
                "Window",
                MapElements.into(TypeDescriptor.of(PlaceWindow.class)).via(PlaceWindow::of))
            .apply(
                "Alerts",
                alerts(options)
                    .withLateness(windows.lateness())
                    .answers(
                        QualityAlert.class,
                        (of, measured) -> new QualityAlert(of.region(), of.device(), measured))));
  }

  private static SerializableFunction<Playback, Sums> sums(Options options) {
    SerializableFunction<Playback, PlayTime> playTime = PlayTime.of(options);
    long slow = options.getStartupAbove().toMillis();
    return event -> Sums.of(event, playTime.apply(event), slow);
  }

  private static RaiseAlerts<PlaceWindow, Place> alerts(Options options) {
    long least = options.getLeastViewers();
    return RaiseAlerts.perKey(Place.class, PlaceWindow::about)
        .of(
            "buffering_ratio",
            of -> of.measured(least, of.quality.bufferingRatio()),
            Hysteresis.above(options.getBufferingAbove(), BAND))
        .of(
            "startup_p95_millis",
            of -> of.measured(least, of.quality.startupP95Millis()),
            Hysteresis.above((double) options.getStartupAbove().toMillis(), BAND))
        .of(
            "error_rate",
            of -> of.measured(least, of.quality.errorRate()),
            Hysteresis.above(options.getErrorsAbove(), BAND));
  }

  /** Events of players, added up. */
  private record Sums(
      Distinct viewers,
      Distinct affected,
      Distinct failed,
      long starts,
      long errors,
      PlayTime time,
      Percentiles startupMillis) {

    private static Sums of(Playback event, PlayTime time, long slow) {
      Kind kind = event.kind();
      Distinct viewer = Distinct.of(event.user());
      Long startup = kind == Kind.STARTUP ? event.startupMillis() : null;
      boolean failed = kind == Kind.ERROR;
      boolean bad = failed || time.stalledMillis() > 0 || (startup != null && startup > slow);
      return new Sums(
          viewer,
          bad ? viewer : Distinct.NONE,
          failed ? viewer : Distinct.NONE,
          kind == Kind.START ? 1 : 0,
          failed ? 1 : 0,
          time,
          startup == null ? Percentiles.NONE : Percentiles.of(startup));
    }

    private Quality quality() {
      boolean started = startupMillis.count() > 0;
      return new Quality(
          viewers.count(),
          affected.count(),
          starts,
          errors,
          new Rate(failed.count(), viewers.count()).share(),
          time.playedMillis(),
          time.stalledMillis(),
          time.bufferingRatio(),
          started ? startupMillis.quantile(0.5) : null,
          started ? startupMillis.quantile(0.95) : null,
          started ? startupMillis.quantile(0.99) : null,
          time.meanBitrateKbps());
    }
  }

  /**
   * A settled window of a place, as an event at its last millisecond.
   *
   * @param id of no meaning: windows of a place end at different times
   */
  private record PlaceWindow(String id, Instant at, Place about, Quality quality) implements Event {

    private static PlaceWindow of(Answer<Place, Quality> answer) {
      return new PlaceWindow("", answer.end().minusMillis(1), answer.key(), answer.value());
    }

    /** NaN if the number is not known, or of fewer viewers. */
    private double measured(long leastViewers, @Nullable Double number) {
      return number == null || quality.viewers() < leastViewers ? Double.NaN : number;
    }
  }
}
