package dhara.benchmarks;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.DDSketches;
import dhara.benchmarks.playback.Views.Sums;
import dhara.transforms.sketch.Distinct;
import dhara.transforms.sketch.Percentiles;
import dhara.transforms.tally.Max;
import dhara.transforms.tally.Min;
import dhara.transforms.tally.TallyFn;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to add an event to a tally and to add two tallies up: sums, different users and
 * percentiles, each compared with hand-written code: a plus of its own, mutable long fields, the
 * sketches of DataSketches and of Datadog.
 *
 * <p>Events belong to several keys in turn, whose tallies start empty, as in a bundle. Tallies that
 * are added up are parts of one key, as from several bundles; their sum starts empty, too.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
public class TallyBenchmark {

  static final int EVENTS = 20_000;
  static final int PARTS = 100;

  private static final int PARTS_OF_A_KEY = 10;
  private static final int LG_REGISTERS = 12;

  /** How many events a tally holds: sketches keep few items exactly, and many not. */
  @Param({"20", "1000"})
  public int held;

  private record View(String user, int bitrateKbps, boolean error) {}

  /** Sums whose components define how they add up. */
  public record ByComponent(long events, long sum, @Min long min, @Max long max, long errors) {

    Sums asTally() {
      return new Sums(events, sum, min, max, errors);
    }
  }

  /** Sums as in a hand-written program. */
  private static final class SumsByHand {
    private long events;
    private long sum;
    private long min = Long.MAX_VALUE;
    private long max = Long.MIN_VALUE;
    private long errors;

    void add(View view) {
      events++;
      sum += view.bitrateKbps;
      min = Math.min(min, view.bitrateKbps);
      max = Math.max(max, view.bitrateKbps);
      errors += view.error ? 1 : 0;
    }

    void add(SumsByHand other) {
      events += other.events;
      sum += other.sum;
      min = Math.min(min, other.min);
      max = Math.max(max, other.max);
      errors += other.errors;
    }

    Sums asTally() {
      return new Sums(events, sum, min, max, errors);
    }
  }

  private final TallyFn<View, Sums, Sums> fn =
      TallyFn.of(
          Sums.ZERO,
          view ->
              new Sums(1, view.bitrateKbps, view.bitrateKbps, view.bitrateKbps, view.error ? 1 : 0),
          Sums.class,
          sums -> sums);

  private final TallyFn<View, ByComponent, ByComponent> byComponent =
      TallyFn.of(
          ByComponent.class,
          view ->
              new ByComponent(
                  1, view.bitrateKbps, view.bitrateKbps, view.bitrateKbps, view.error ? 1 : 0));

  private final View[] events = new View[EVENTS];
  private int keys;

  private Sums[] sums;
  private ByComponent[] sumsByComponent;
  private SumsByHand[] sumsByHand;
  private Distinct[] distinct;
  private HllSketch[] distinctByHand;
  private Percentiles[] percentiles;
  private DDSketch[] percentilesByHand;

  /** Makes the events and the parts, and checks that both ways give the same result. */
  @Setup
  public void setUp() {
    Random random = new Random(42);
    for (int i = 0; i < EVENTS; i++) {
      events[i] =
          new View(
              "u%09d".formatted(random.nextInt(1_000_000)),
              1000 + random.nextInt(8000),
              random.nextInt(30) == 0);
    }
    keys = EVENTS / held;
    sums = parts(addToSums(), new Sums[PARTS]);
    sumsByComponent = parts(addToSumsByComponent(), new ByComponent[PARTS]);
    sumsByHand = parts(addToSumsByHand(), new SumsByHand[PARTS]);
    distinct = parts(addToDistinct(), new Distinct[PARTS]);
    distinctByHand = parts(addToDistinctByHand(), new HllSketch[PARTS]);
    percentiles = parts(addToPercentiles(), new Percentiles[PARTS]);
    percentilesByHand = parts(addToPercentilesByHand(), new DDSketch[PARTS]);
    for (int i = 0; i < PARTS; i++) {
      check(sums[i], sumsByHand[i].asTally());
      check(sums[i], sumsByComponent[i].asTally());
      near(distinct[i].estimate(), distinctByHand[i].getCompositeEstimate(), 0.1);
      check(percentiles[i], percentilesByHand[i]);
    }
    Sums[] allSums = mergeSums();
    ByComponent[] allSumsByComponent = mergeSumsByComponent();
    SumsByHand[] allSumsByHand = mergeSumsByHand();
    Distinct[] allDistinct = mergeDistinct();
    Union[] allDistinctByHand = mergeDistinctByHand();
    Percentiles[] allPercentiles = mergePercentiles();
    DDSketch[] allPercentilesByHand = mergePercentilesByHand();
    for (int i = 0; i < allSums.length; i++) {
      check(allSums[i], allSumsByHand[i].asTally());
      check(allSums[i], allSumsByComponent[i].asTally());
      near(allDistinct[i].estimate(), allDistinctByHand[i].getCompositeEstimate(), 0.1);
      check(allPercentiles[i], allPercentilesByHand[i]);
    }
  }

  /** As many parts as needed, repeated if there are fewer; none is modified. */
  private static <T> T[] parts(T[] tallies, T[] parts) {
    Arrays.setAll(parts, i -> tallies[i % tallies.length]);
    return parts;
  }

  private static void check(Object one, Object other) {
    if (!one.equals(other)) {
      throw new IllegalStateException(one + " and by hand " + other);
    }
  }

  private static void check(Percentiles one, DDSketch other) {
    check(one.count(), Math.round(other.getCount()));
    // The errors of both, and the one rank by which they may differ.
    near(one.quantile(0.5), other.getValueAtQuantile(0.5), 0.2);
  }

  private static void near(double one, double other, double part) {
    if (Math.abs(one - other) > part * other) {
      throw new IllegalStateException(one + " and by hand " + other);
    }
  }

  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public Sums[] addToSums() {
    Sums[] tallies = new Sums[keys];
    Arrays.fill(tallies, fn.createAccumulator());
    for (int i = 0; i < EVENTS; i++) {
      int key = i % keys;
      tallies[key] = fn.addInput(tallies[key], events[i]);
    }
    return tallies;
  }

  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public ByComponent[] addToSumsByComponent() {
    ByComponent[] tallies = new ByComponent[keys];
    Arrays.fill(tallies, byComponent.createAccumulator());
    for (int i = 0; i < EVENTS; i++) {
      int key = i % keys;
      tallies[key] = byComponent.addInput(tallies[key], events[i]);
    }
    return tallies;
  }

  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public SumsByHand[] addToSumsByHand() {
    SumsByHand[] tallies = new SumsByHand[keys];
    Arrays.setAll(tallies, key -> new SumsByHand());
    for (int i = 0; i < EVENTS; i++) {
      tallies[i % keys].add(events[i]);
    }
    return tallies;
  }

  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public Distinct[] addToDistinct() {
    Distinct[] tallies = new Distinct[keys];
    Arrays.fill(tallies, Distinct.NONE);
    for (int i = 0; i < EVENTS; i++) {
      int key = i % keys;
      tallies[key] = tallies[key].plus(Distinct.of(events[i].user));
    }
    return tallies;
  }

  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public HllSketch[] addToDistinctByHand() {
    HllSketch[] tallies = new HllSketch[keys];
    Arrays.setAll(tallies, key -> new HllSketch(LG_REGISTERS, TgtHllType.HLL_8));
    for (int i = 0; i < EVENTS; i++) {
      tallies[i % keys].update(events[i].user);
    }
    return tallies;
  }

  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public Percentiles[] addToPercentiles() {
    Percentiles[] tallies = new Percentiles[keys];
    Arrays.fill(tallies, Percentiles.NONE);
    for (int i = 0; i < EVENTS; i++) {
      int key = i % keys;
      tallies[key] = tallies[key].plus(Percentiles.of(events[i].bitrateKbps));
    }
    return tallies;
  }

  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public DDSketch[] addToPercentilesByHand() {
    DDSketch[] tallies = new DDSketch[keys];
    Arrays.setAll(tallies, key -> DDSketches.unboundedDense(Percentiles.RELATIVE_ERROR));
    for (int i = 0; i < EVENTS; i++) {
      tallies[i % keys].accept(events[i].bitrateKbps);
    }
    return tallies;
  }

  @Benchmark
  @OperationsPerInvocation(PARTS)
  public Sums[] mergeSums() {
    Sums[] all = new Sums[PARTS / PARTS_OF_A_KEY];
    Arrays.fill(all, Sums.ZERO);
    for (int i = 0; i < PARTS; i++) {
      int key = i / PARTS_OF_A_KEY;
      all[key] = fn.mergeAccumulators(Arrays.asList(all[key], sums[i]));
    }
    return all;
  }

  @Benchmark
  @OperationsPerInvocation(PARTS)
  public ByComponent[] mergeSumsByComponent() {
    ByComponent[] all = new ByComponent[PARTS / PARTS_OF_A_KEY];
    Arrays.fill(all, byComponent.createAccumulator());
    for (int i = 0; i < PARTS; i++) {
      int key = i / PARTS_OF_A_KEY;
      all[key] = byComponent.mergeAccumulators(Arrays.asList(all[key], sumsByComponent[i]));
    }
    return all;
  }

  @Benchmark
  @OperationsPerInvocation(PARTS)
  public SumsByHand[] mergeSumsByHand() {
    SumsByHand[] all = new SumsByHand[PARTS / PARTS_OF_A_KEY];
    Arrays.setAll(all, key -> new SumsByHand());
    for (int i = 0; i < PARTS; i++) {
      all[i / PARTS_OF_A_KEY].add(sumsByHand[i]);
    }
    return all;
  }

  @Benchmark
  @OperationsPerInvocation(PARTS)
  public Distinct[] mergeDistinct() {
    Distinct[] all = new Distinct[PARTS / PARTS_OF_A_KEY];
    Arrays.fill(all, Distinct.NONE);
    for (int i = 0; i < PARTS; i++) {
      int key = i / PARTS_OF_A_KEY;
      all[key] = all[key].plus(distinct[i]);
    }
    return all;
  }

  @Benchmark
  @OperationsPerInvocation(PARTS)
  public Union[] mergeDistinctByHand() {
    Union[] all = new Union[PARTS / PARTS_OF_A_KEY];
    Arrays.setAll(all, key -> new Union(LG_REGISTERS));
    for (int i = 0; i < PARTS; i++) {
      all[i / PARTS_OF_A_KEY].update(distinctByHand[i]);
    }
    return all;
  }

  @Benchmark
  @OperationsPerInvocation(PARTS)
  public Percentiles[] mergePercentiles() {
    Percentiles[] all = new Percentiles[PARTS / PARTS_OF_A_KEY];
    Arrays.fill(all, Percentiles.NONE);
    for (int i = 0; i < PARTS; i++) {
      int key = i / PARTS_OF_A_KEY;
      all[key] = all[key].plus(percentiles[i]);
    }
    return all;
  }

  @Benchmark
  @OperationsPerInvocation(PARTS)
  public DDSketch[] mergePercentilesByHand() {
    DDSketch[] all = new DDSketch[PARTS / PARTS_OF_A_KEY];
    Arrays.setAll(all, key -> DDSketches.unboundedDense(Percentiles.RELATIVE_ERROR));
    for (int i = 0; i < PARTS; i++) {
      all[i / PARTS_OF_A_KEY].mergeWith(percentilesByHand[i]);
    }
    return all;
  }
}
