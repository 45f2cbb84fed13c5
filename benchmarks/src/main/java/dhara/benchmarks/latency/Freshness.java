package dhara.benchmarks.latency;

import com.google.auto.service.AutoService;
import dhara.benchmarks.kafka.Viewing;
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
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;

/**
 * The number and times of each user's events in a window, so that a reader of the answers can
 * compute how old each event was when the first answer with it could be read.
 *
 * <pre>
 *   viewings ─▶ by user ─▶ per minute ─▶ seen
 * </pre>
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is found by its raw type
public final class Freshness implements Analysis<Freshness.Options> {

  /** Its options. */
  public interface Options extends DharaOptions, WindowOptions {}

  /** The key: a user. */
  public record User(String user) {}

  /**
   * The events of a user in a window.
   *
   * @param events how many events
   * @param newestMillis the time of the newest, epoch milliseconds
   * @param totalMillis the times of all, added up
   */
  public record Seen(long events, long newestMillis, long totalMillis) implements Tally<Seen> {

    static final Seen NOTHING = new Seen(0, Long.MIN_VALUE, 0);

    static Seen of(Viewing event) {
      long at = event.at().toEpochMilli();
      return new Seen(1, at, at);
    }

    @Override
    public Seen plus(Seen other) {
      return new Seen(
          events + other.events,
          Math.max(newestMillis, other.newestMillis),
          totalMillis + other.totalMillis);
    }
  }

  private static final Input<Viewing> VIEWINGS = new Input<>("viewings", Viewing.class);
  private static final Output<User, Seen> SEEN = new Output<>("seen", User.class, Seen.class);

  /** Found by {@link java.util.ServiceLoader}. */
  public Freshness() {}

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("freshness", Options.class)
        .summary("events of each user per minute, and when they were")
        .reads(VIEWINGS)
        .answers(SEEN)
        .scenario(Scenario.of(VIEWINGS, Viewing::generate));
  }

  @Override
  public void build(Flow flow, Options options) {
    Windows windows = Windowing.of(options);
    flow.answers(
        SEEN,
        flow.events(VIEWINGS, windows)
            .apply(
                "Seen",
                Answers.in(windows)
                    .perKey(
                        User.class,
                        event -> new User(event.user()),
                        TallyFn.of(Seen.NOTHING, Seen::of, Seen.class, seen -> seen))));
  }
}
