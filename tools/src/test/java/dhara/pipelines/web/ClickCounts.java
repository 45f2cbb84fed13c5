package dhara.pipelines.web;

import com.google.auto.service.AutoService;
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
import dhara.transforms.tally.Max;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/**
 * Clicks as they come in: how many on each page, how many were bounces, and the longest stay.
 *
 * <pre>
 *   clicks ─▶ by page ─▶ window ─▶ counts
 * </pre>
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class ClickCounts implements Analysis<ClickCounts.Options> {

  /** What is read: a JSON line with the fields id, at, page and stay_millis. */
  public record Click(String id, Instant at, String page, long stayMillis) implements Event {
    public Click {
      if (stayMillis < 0) {
        throw new IllegalArgumentException("stayMillis is negative: " + stayMillis);
      }
    }
  }

  /** What an answer is about. */
  public record Page(String page) {}

  /** What is answered: numbers that add up over clicks, and the longest of their stays. */
  public record Counts(long clicks, long bounces, @Max long longestMillis) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, WindowOptions {

    @Description("A stay of fewer milliseconds is a bounce, e.g. --bounceMillis=1000")
    @Default.Long(1000)
    long getBounceMillis();

    void setBounceMillis(long value);
  }

  static final Input<Click> CLICKS = new Input<>("clicks", Click.class);
  static final Output<Page, Counts> COUNTS = new Output<>("counts", Page.class, Counts.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("click-counts", Options.class)
        .summary("clicks, bounces and longest stay per page and window")
        .reads(CLICKS)
        .answers(COUNTS)
        .scenario(Scenario.every(Duration.ofMillis(250), CLICKS, ClickCounts::madeUp));
  }

  @Override
  public void build(Flow flow, Options options) {
    long bounce = options.getBounceMillis();
    Windows windows = Windowing.of(options);

    flow.answers(
        COUNTS,
        flow.events(CLICKS, windows)
            .apply(
                "Counts",
                Answers.in(windows)
                    .perKey(
                        Page.class,
                        click -> new Page(click.page()),
                        TallyFn.of(Counts.class, click -> count(click, bounce)))));
  }

  private static Counts count(Click click, long bounce) {
    return new Counts(1, click.stayMillis() < bounce ? 1 : 0, click.stayMillis());
  }

  /** A click for tests and demonstrations. */
  private static Click madeUp(String id, Instant at, SplittableRandom random) {
    String[] pages = {"/", "/cart", "/help"};
    return new Click(id, at, pages[random.nextInt(pages.length)], random.nextInt(60_000));
  }
}
