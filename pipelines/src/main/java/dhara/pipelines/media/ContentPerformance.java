package dhara.pipelines.media;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.options.RunningOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.pipelines.media.Playback.Kind;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.sketch.Distinct;
import dhara.transforms.tally.Average;
import dhara.transforms.tally.Rate;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How contents do since the day began: viewers, time watched, completions, and the quality at which
 * they are watched.
 *
 * <pre>
 *   playbacks ─▶ of contents ─▶ by content, language, genre ─▶ per day, updated early ─▶ performance
 * </pre>
 *
 * <p>Time watched is what heartbeats say was played: no pauses, and no stalls. The completion rate
 * compares the completions of a day with its starts, so who starts before midnight and is through
 * after it starts on one day and completes on the next.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class ContentPerformance implements Analysis<ContentPerformance.Options> {

  /** What is watched; a language or genre that an event does not tell is {@code unknown}. */
  public record Content(String content, String language, String genre) {

    private static Content of(Playback event) {
      return new Content(
          event.content(), Playback.known(event.language()), Playback.known(event.genre()));
    }
  }

  /**
   * What is known of a content.
   *
   * @param viewers distinct users with an event; exact up to 512, else within 1.6 % mostly
   * @param starts how often it was started
   * @param completions how often its end was reached
   * @param completionRate {@code completions / starts}; null without starts
   * @param watchMillis how long it was played
   * @param watchPerViewerMillis {@code watchMillis / viewers}, rounded half up
   * @param meanBitrateKbps the mean over the time played; null if no bitrate is known
   * @param bufferingRatio the stalled part of the time played and stalled; null if both are 0
   */
  public record Performance(
      long viewers,
      long starts,
      long completions,
      @Nullable Double completionRate,
      long watchMillis,
      long watchPerViewerMillis,
      @Nullable Double meanBitrateKbps,
      @Nullable Double bufferingRatio) {}

  /** Days, and what a heartbeat stands for. */
  public interface Options extends DharaOptions, RunningOptions, HeartbeatOptions {}

  static final Input<Playback> PLAYBACKS = new Input<>("playbacks", Playback.class);
  static final Output<Content, Performance> PERFORMANCE =
      new Output<>("performance", Content.class, Performance.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("content-performance", Options.class)
        .summary("viewers, time watched, completions and quality per content and day")
        .reads(PLAYBACKS)
        .answers(PERFORMANCE)
        .scenario((seed, count) -> MadeUpPlayers.plain(PLAYBACKS, seed).limit(count));
  }

  @Override
  public void build(Flow flow, Options options) {
    Windows days = Windowing.running(options);

    flow.answers(
        PERFORMANCE,
        flow.events(PLAYBACKS, days)
            .apply("Watching", Filter.by(Playback::isWatching))
            .apply(
                "Performance",
                Answers.in(days)
                    .perKey(
                        Content.class,
                        Content::of,
                        TallyFn.of(
                            Sums.class, sums(options), Performance.class, Sums::performance))));
  }

  private static SerializableFunction<Playback, Sums> sums(Options options) {
    SerializableFunction<Playback, PlayTime> playTime = PlayTime.of(options);
    return event ->
        new Sums(
            Distinct.of(event.user()),
            event.kind() == Kind.START ? 1 : 0,
            event.kind() == Kind.COMPLETE ? 1 : 0,
            playTime.apply(event));
  }

  /** Events of players, added up. */
  private record Sums(Distinct viewers, long starts, long completions, PlayTime time) {

    private Performance performance() {
      return new Performance(
          viewers.count(),
          starts,
          completions,
          starts == 0 ? null : new Rate(completions, starts).share(),
          time.playedMillis(),
          new Average(time.playedMillis(), viewers.count()).rounded(),
          time.meanBitrateKbps(),
          time.bufferingRatio());
    }
  }
}
