package dhara.pipelines.media;

import com.google.auto.service.AutoService;
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
import dhara.pipelines.media.Playback.Kind;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.join.IntervalJoin;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Which clicks on advertisements follow from which impressions: last-touch attribution.
 *
 * <pre>
 *               ┌─▶ impressions ─┬──────────────────────────────┐
 *   playbacks ──┤                ▼                              ▼
 *               └─▶ clicks ─▶ the last impression ─▶ delay ─▶ by campaign ─▶ per minute ─▶ attribution
 *                             of 10 minutes before
 * </pre>
 *
 * <p>A click is attributed to the latest impression of the same user and campaign that is at most
 * {@code --clickWithin} before it. Each click counts once. By default each impression has one click
 * too, so the second click of a double click is unattributed, unless an earlier impression is left
 * for it; {@code --repeatedClicks} attributes it as well. A click counts in the window of its own
 * time, and an impression in that of its own, so a rate of the two is about the same minutes and
 * not the same impressions.
 *
 * <p>The median delay is exact: a window keeps how many clicks had each delay in milliseconds. Of
 * an even number of clicks it is the lower of the two in the middle.
 *
 * <p>A click is decided when the watermark has passed it by {@code --lateness}, because until then
 * its impression may come.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class AdAttribution implements Analysis<AdAttribution.Options> {

  /** Whose advertisements. */
  public record Campaign(String campaign) {}

  /**
   * The impressions and clicks of a campaign in a window.
   *
   * @param impressions how often it was shown
   * @param attributed clicks that follow from an impression
   * @param unattributed the other clicks
   * @param medianDelayMillis the median time from the impression to the click; null without any
   */
  public record Attribution(
      long impressions, long attributed, long unattributed, @Nullable Long medianDelayMillis) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, WindowOptions {

    @Description(
        "How long after an impression a click still follows from it, ISO-8601, e.g."
            + " --clickWithin=PT10M")
    @Default.InstanceFactory(Durations.TenMinutes.class)
    Duration getClickWithin();

    void setClickWithin(Duration value);

    @Description(
        "Whether several clicks may follow from one impression, e.g. --repeatedClicks=true")
    @Default.Boolean(false)
    boolean getRepeatedClicks();

    void setRepeatedClicks(boolean value);
  }

  static final Input<Playback> PLAYBACKS = new Input<>("playbacks", Playback.class);
  static final Output<Campaign, Attribution> ATTRIBUTION =
      new Output<>("attribution", Campaign.class, Attribution.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("ad-attribution", Options.class)
        .summary(
            "impressions, attributed and unattributed clicks and their delay per campaign and"
                + " minute")
        .reads(PLAYBACKS)
        .answers(ATTRIBUTION)
        .scenario(Advertising::events);
  }

  @Override
  public void build(Flow flow, Options options) {
    Duration within = options.getClickWithin();
    if (within.isNegative()) {
      throw new BadOption("--clickWithin", within, "is negative, e.g. --clickWithin=PT10M");
    }
    Windows windows = Windowing.of(options);
    Windows touches = IntervalJoin.windows(within, Duration.ZERO, windows.lateness());
    PCollection<Playback> playbacks = flow.events(PLAYBACKS, windows, touches);
    PCollection<Playback> impressions = playbacks.apply("Impressions", only(Kind.AD_IMPRESSION));

    IntervalJoin.Of<Playback, Playback, Viewer> lastTouch =
        IntervalJoin.of(impressions)
            .within(within, Duration.ZERO)
            .perKey(Viewer.class, Viewer::of, Viewer::of)
            .lastTouch()
            .withLateness(windows.lateness());
    PCollection<Touch> clicked =
        playbacks
            .apply("Clicks", only(Kind.AD_CLICK))
            .apply(
                "Attribute",
                (options.getRepeatedClicks() ? lastTouch : lastTouch.eachRightOnce())
                    .left(Touch.class, Touch::clicked));
    PCollection<Touch> shown =
        impressions
            .apply("Show", MapElements.into(TypeDescriptor.of(Touch.class)).via(Touch::shown))
            .setCoder(RecordCoder.of(Touch.class));

    flow.answers(
        ATTRIBUTION,
        PCollectionList.of(shown)
            .and(clicked)
            .apply("Touches", Flatten.pCollections())
            .apply(
                "Attribution",
                Answers.in(windows)
                    .perKey(
                        Campaign.class,
                        touch -> new Campaign(touch.campaign()),
                        TallyFn.of(Sums.class, Sums::of, Attribution.class, Sums::attribution))));
  }

  private static Filter<Playback> only(Kind kind) {
    return Filter.by((Playback playback) -> playback.kind() == kind);
  }

  private record Viewer(String user, String campaign) {

    private static Viewer of(Playback ad) {
      return new Viewer(ad.user(), ad.campaign());
    }
  }

  /** An impression, or a click with the delay after its impression if it has one. */
  private record Touch(String campaign, boolean click, @Nullable Long delayMillis) {

    private static Touch shown(Playback impression) {
      return new Touch(impression.campaign(), false, null);
    }

    private static Touch clicked(Playback click, Optional<Playback> impression) {
      return new Touch(
          click.campaign(),
          true,
          impression
              .map(shown -> Duration.between(shown.at(), click.at()).toMillis())
              .orElse(null));
    }
  }

  /** Touches, added up, with the number of clicks of each delay in milliseconds. */
  private record Sums(long impressions, long unattributed, Map<Long, Long> delays) {

    private static Sums of(Touch touch) {
      if (!touch.click) {
        return new Sums(1, 0, Map.of());
      }
      return touch.delayMillis == null
          ? new Sums(0, 1, Map.of())
          : new Sums(0, 0, Map.of(touch.delayMillis, 1L));
    }

    private Attribution attribution() {
      long attributed = delays.values().stream().mapToLong(Long::longValue).sum();
      return new Attribution(impressions, attributed, unattributed, median(attributed));
    }

    private @Nullable Long median(long attributed) {
      long left = (attributed + 1) / 2;
      for (Map.Entry<Long, Long> delay : new TreeMap<>(delays).entrySet()) {
        left -= delay.getValue();
        if (left <= 0) {
          return delay.getKey();
        }
      }
      return null;
    }
  }
}
