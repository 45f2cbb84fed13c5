package dhara.pipelines.media;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.pipelines.media.Playback.Kind;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.tally.Average;
import dhara.transforms.tally.Rate;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import org.apache.beam.sdk.transforms.Filter;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What campaigns earn, and how often they are clicked, over the last minutes.
 *
 * <pre>
 *   playbacks ─▶ advertisements ─▶ by campaign ─▶ 5 minutes every 30 s ─▶ revenue
 * </pre>
 *
 * <p>Revenue is that of impressions and of clicks: a campaign may pay for either. An advertisement
 * without a revenue earns nothing. Every click counts, also a repeated one, and in the windows of
 * its own time; so a window can have clicks on earlier impressions, and a rate above 1. {@code
 * ad-attribution} tells which clicks follow from which impressions.
 *
 * <p>{@code --window} alone makes tumbling windows; {@code --every} alone, windows of 5 minutes
 * that begin so often.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class AdRevenue implements Analysis<AdRevenue.Options> {

  /** Whose advertisements. */
  public record AdCampaign(String campaign) {}

  /**
   * What a campaign did in a window.
   *
   * @param impressions how often it was shown
   * @param clicks how often it was clicked
   * @param ctr {@code clicks / impressions}; null without impressions
   * @param revenueMinor what its impressions and clicks earned, in minor units of the currency
   * @param ecpmMinor revenue per thousand impressions, in minor units, rounded half up; null
   *     without impressions
   */
  public record Earnings(
      long impressions,
      long clicks,
      @Nullable Double ctr,
      long revenueMinor,
      @Nullable Long ecpmMinor) {}

  /** Its windows are all that it lets one choose. */
  public interface Options extends DharaOptions, WindowOptions {}

  private static final Duration WINDOW = Duration.ofMinutes(5);
  private static final Duration EVERY = Duration.ofSeconds(30);

  static final Input<Playback> PLAYBACKS = new Input<>("playbacks", Playback.class);
  static final Output<AdCampaign, Earnings> REVENUE =
      new Output<>("revenue", AdCampaign.class, Earnings.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("ad-revenue", Options.class)
        .summary(
            "impressions, clicks, CTR, revenue and eCPM per campaign, over 5 minutes every 30 s")
        .reads(PLAYBACKS)
        .answers(REVENUE)
        .scenario(MadeUpCampaigns::events);
  }

  @Override
  public void build(Flow flow, Options options) {
    Windows windows = Windowing.of(options, WINDOW, EVERY);

    flow.answers(
        REVENUE,
        flow.events(PLAYBACKS, windows)
            .apply("Advertisements", Filter.by(playback -> playback.kind().isAd()))
            .apply(
                "Revenue",
                Answers.in(windows)
                    .perKey(
                        AdCampaign.class,
                        ad -> new AdCampaign(ad.campaign()),
                        TallyFn.of(Sums.class, Sums::of, Earnings.class, Sums::earnings))));
  }

  /** Advertisements, added up. */
  private record Sums(long impressions, long clicks, long revenueMinor) {

    private static Sums of(Playback ad) {
      boolean click = ad.kind() == Kind.AD_CLICK;
      return new Sums(
          click ? 0 : 1, click ? 1 : 0, ad.revenueMinor() == null ? 0 : ad.revenueMinor());
    }

    private Earnings earnings() {
      boolean shown = impressions > 0;
      return new Earnings(
          impressions,
          clicks,
          shown ? new Rate(clicks, impressions).share() : null,
          revenueMinor,
          shown
              ? new Average(Math.multiplyExact(1_000, revenueMinor), impressions).rounded()
              : null);
    }
  }
}
