package dhara.benchmarks.nexmark;

import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.ClassPath;
import dhara.benchmarks.harness.Entrant;
import dhara.benchmarks.harness.Suite;
import dhara.benchmarks.harness.Work;
import java.util.List;
import java.util.Map;

/** Queries of the Nexmark model as streams on Flink. */
@AutoService(Suite.class)
public final class NexmarkSuite implements Suite {

  private static final Entrant NATIVE =
      new Entrant(
          "native",
          "a Flink DataStream by hand: objects reused, small records, no Kryo, heap state",
          ClassPath.FLINK,
          "dhara.benchmarks.nexmark.NativeNexmark");
  private static final Entrant DHARA =
      new Entrant(
          "dhara",
          "Dhara's shared transforms on Flink, with the options that Dhara sets; joins of state by"
              + " Beam's own stateful DoFn",
          ClassPath.FLINK,
          "dhara.benchmarks.nexmark.DharaNexmark");

  /** Found by {@link java.util.ServiceLoader}. */
  public NexmarkSuite() {}

  @Override
  public String name() {
    return "nexmark";
  }

  @Override
  public int order() {
    return 5;
  }

  @Override
  public List<Work> works() {
    return Query.all().stream().map(NexmarkSuite::work).toList();
  }

  private static Work work(Query<?> query) {
    return Work.of(
        "nexmark-" + query.name(),
        "Nexmark "
            + query.name()
            + ", "
            + query.title()
            + ": 10,000 events a second of event time, made in the source as records, parallelism 2.",
        3_000_000,
        Map.of("query", query.name(), "seed", "1", "perSecond", "10000"),
        List.of(NATIVE, DHARA));
  }
}
