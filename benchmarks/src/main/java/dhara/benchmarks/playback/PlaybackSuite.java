package dhara.benchmarks.playback;

import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.ClassPath;
import dhara.benchmarks.harness.Entrant;
import dhara.benchmarks.harness.Suite;
import dhara.benchmarks.harness.Work;
import java.time.Duration;
import java.util.List;

/** Whole jobs over playback events: many events become few answers, or many. */
@AutoService(Suite.class)
public final class PlaybackSuite implements Suite {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static final Entrant LOOP =
      new Entrant(
          "plain-loop",
          "no engine: one thread, Dhara's parser, hash maps; the limit of one core",
          ClassPath.PLAIN,
          PlainLoop.class.getName());
  private static final Entrant DHARA_DIRECT =
      new Entrant(
          "dhara",
          "Dhara's shared transforms on Beam's direct runner, with the options that Dhara sets",
          ClassPath.PLAIN,
          DharaPlayback.Batch.class.getName());

  /** Found by {@link java.util.ServiceLoader}. */
  public PlaybackSuite() {}

  @Override
  public String name() {
    return "playback";
  }

  @Override
  public int order() {
    return 1;
  }

  @Override
  public List<Work> works() {
    return List.of(
        Work.of(
            "direct",
            "120 titles, windows of a minute, bounded, on the direct runner, beside a plain loop.",
            3_000_000,
            PlaybackJob.parameters("title", 120, 5000, MINUTE, MINUTE, "heap"),
            List.of(LOOP, DHARA_DIRECT)));
  }
}
