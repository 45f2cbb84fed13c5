package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.Event;
import dhara.ledger.Ledger;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.records.ByteForm;
import dhara.records.RecordCoder;
import dhara.testkit.Inputs;
import dhara.testkit.Shapes;
import dhara.testkit.TallyLaws;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.join.AsOf;
import dhara.transforms.sketch.Distinct;
import dhara.transforms.sketch.Percentiles;
import dhara.transforms.tally.Average;
import dhara.transforms.tally.Best;
import dhara.transforms.tally.Decayed;
import dhara.transforms.tally.ExactSum;
import dhara.transforms.tally.First;
import dhara.transforms.tally.Ids;
import dhara.transforms.tally.Last;
import dhara.transforms.tally.Max;
import dhara.transforms.tally.Min;
import dhara.transforms.tally.Rate;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.tally.TextCounts;
import dhara.transforms.windows.Windows;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineVisitor;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TimestampedValue;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every tally of the library and of the analyses obeys the laws, and violations are found. */
class TallyLawsTest {

  record Reading(String id, Instant at, long value) implements Event {}

  record Every(
      long count,
      int small,
      BigDecimal exact,
      @Min long least,
      @Max double greatest,
      @Max boolean any,
      @Nullable @Min Instant firstAt,
      @Nullable @First Reading first,
      @Nullable @Last Reading last,
      Map<String, Long> byDigit,
      Map<String, Inner> inner,
      @Nullable Inner sometimes,
      @Nullable Long late) {

    static Every of(Reading r) {
      Inner inner = new Inner(r.value(), Distinct.of(r.id()));
      return new Every(
          1,
          (int) r.value() % 7,
          BigDecimal.valueOf(r.value(), (int) (r.value() % 3)),
          r.value(),
          r.value() / 3.0,
          r.value() == 7,
          r.at(),
          r,
          r,
          Map.of(r.id().substring(0, 1), 1L),
          Map.of(r.id().substring(0, 1), inner),
          r.value() % 2 == 0 ? inner : null,
          r.value() % 5 == 0 ? r.value() : null);
    }
  }

  record Inner(long sum, Distinct ids) {}

  private static Reading reading(Random random) {
    long number = random.nextInt(10_000);
    // All copies of an id have the same content.
    return new Reading(number + "-r", Instant.ofEpochSecond(number % 50), number % 1000);
  }

  @Test
  void recordsKeepThemByTheirComponents() {
    TallyLaws.hold(TallyFn.of(Every.class, Every::of), TallyLawsTest::reading);
  }

  record OfDistinct(Distinct it) {}

  record OfPercentiles(Percentiles it) {}

  record OfAverage(Average it) {}

  record OfRate(Rate it) {}

  record OfIds(Ids it) {}

  record OfBest(Best<String> it) {}

  @Test
  void distinctCountsKeepThem() {
    TallyLaws.hold(
        TallyFn.of(OfDistinct.class, (Long id) -> new OfDistinct(Distinct.of(id))),
        random -> (long) random.nextInt(5000));
    TallyLaws.hold(
        TallyFn.of(OfDistinct.class, (String id) -> new OfDistinct(Distinct.of(id, 7))),
        random -> "id-" + random.nextInt(300));
  }

  @Test
  void percentilesKeepThem() {
    double[] special = {
      0, -0.0, 1e-300, -1e300, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE
    };
    TallyLaws.hold(
        TallyFn.of(OfPercentiles.class, (Double v) -> new OfPercentiles(Percentiles.of(v))),
        random ->
            random.nextInt(5) == 0
                ? special[random.nextInt(special.length)]
                : random.nextGaussian() * Math.exp(3 * random.nextGaussian()));
  }

  @Test
  void averagesAndRatesKeepThem() {
    TallyLaws.hold(
        TallyFn.of(OfAverage.class, (Integer v) -> new OfAverage(Average.of(v))), Random::nextInt);
    TallyLaws.hold(
        TallyFn.of(OfRate.class, (Boolean hit) -> new OfRate(Rate.of(hit))), Random::nextBoolean);
  }

  record OfExactSum(ExactSum it) {}

  @Test
  void exactSumsKeepThem() {
    TallyLaws.hold(
        TallyFn.of(OfExactSum.class, (Double v) -> new OfExactSum(ExactSum.of(v))),
        random -> Math.scalb(random.nextGaussian(), random.nextInt(200) - 100));
  }

  @Test
  void ledgersKeepThem() {
    TallyLaws.hold(
        TallyFn.of(
            new Ledger("", 0, 0, 0, 0, 0, 0, 0, 0, 0), each -> each, Ledger.class, sum -> sum),
        random ->
            new Ledger(
                "orders",
                random.nextInt(9),
                random.nextInt(9),
                random.nextInt(9),
                random.nextInt(9),
                random.nextInt(9),
                random.nextInt(9),
                random.nextInt(9),
                random.nextInt(9),
                random.nextInt(9)));
  }

  record OfDecayed(Decayed it) {}

  @Test
  void decayedSumsKeepThem() {
    TallyLaws.hold(
        TallyFn.of(
            OfDecayed.class,
            (Long millis) ->
                new OfDecayed(
                    Decayed.of(
                        millis % 11 - 2, Instant.ofEpochMilli(millis), Duration.ofMinutes(3)))),
        random -> (long) random.nextInt(1_800_000));
  }

  record OfCounts(TextCounts it) {}

  /** Below the bound, around it, and far beyond it. */
  @Test
  void countsKeepThem() {
    for (int most : new int[] {1, 7, 40, 1_000}) {
      TallyLaws.hold(
          TallyFn.of(OfCounts.class, (String text) -> new OfCounts(TextCounts.of(text, most))),
          random -> random.nextInt(30) == 0 ? "" : "U" + random.nextInt(60));
    }
  }

  /** Below the bound, around it, and far beyond it. */
  @Test
  void setsOfIdsKeepThem() {
    for (int most : new int[] {1, 3, 40, 100_000}) {
      TallyLaws.hold(
          TallyFn.of(OfIds.class, (String id) -> new OfIds(Ids.of(id, most))),
          random -> random.nextInt(30) == 0 ? "" : "\ud83d\ude00\ud800" + random.nextInt(200));
    }
  }

  @Test
  void theBestOfManyKeepThem() {
    for (int most : new int[] {1, 5, 50}) {
      TallyLaws.hold(
          TallyFn.of(OfBest.class, (String each) -> new OfBest(Best.of(each, most))),
          random -> "t" + random.nextInt(100));
    }
  }

  static Set<String> analyses() {
    return Analysis.all().keySet();
  }

  /**
   * Each tally of an analysis, over its own input elements from the scenario. One that follows the
   * order of events may have none.
   */
  @ParameterizedTest
  @MethodSource("analyses")
  void thoseOfAnAnalysisKeepThem(String name) {
    Map<TallyFn<?, ?, ?>, Collected<Object>> tallies = collected(Analysis.all().get(name));

    if (!Shapes.of(Analysis.all().get(name), List.of()).contains("ordered")) {
      assertThat(tallies, is(not(anEmptyMap())));
    }
    tallies.forEach((fn, elements) -> holds(fn, elements.all()));
  }

  /** Runs an analysis, and collects the input elements of each of its tallies. */
  private static <O extends DharaOptions> Map<TallyFn<?, ?, ?>, Collected<Object>> collected(
      Analysis<O> analysis) {
    O options = PipelineOptionsFactory.as(analysis.options());
    options.setRunner(DirectRunner.class);
    // With more, the runner's driver keeps a thread busy all the time.
    options.as(DirectOptions.class).setTargetParallelism(1);
    Pipeline pipeline = Pipeline.create(options);
    analysis.build(new OfScenario(pipeline, Inputs.of(analysis, 5, 2000)), options);
    Map<TallyFn<?, ?, ?>, PValue> tallies = new LinkedHashMap<>();
    pipeline.traverseTopologically(
        new PipelineVisitor.Defaults() {
          @Override
          public CompositeBehavior enterCompositeTransform(TransformHierarchy.Node node) {
            if (node.getTransform() instanceof Answers<?, ?, ?, ?, ?> answers
                && answers.fn() instanceof TallyFn<?, ?, ?> fn) {
              tallies.put(fn, node.getInputs().values().iterator().next());
            }
            return CompositeBehavior.ENTER_TRANSFORM;
          }
        });
    Map<TallyFn<?, ?, ?>, Collected<Object>> collected = new LinkedHashMap<>();
    tallies.forEach(
        (fn, elements) -> {
          Collected<Object> of = Collected.of(Object.class);
          collect(elements, "Collected" + collected.size(), of);
          collected.put(fn, of);
        });
    pipeline.run().waitUntilFinish();
    return collected;
  }

  @SuppressWarnings("unchecked") // any element is an object
  private static void collect(PValue elements, String step, Collected<Object> collected) {
    PDone unused = ((PCollection<Object>) elements).apply(step, collected);
  }

  @SuppressWarnings("unchecked") // the elements are those that the tally adds up
  private static <E> void holds(TallyFn<E, ?, ?> fn, List<Object> elements) {
    assertThat(elements, is(not(empty())));
    TallyLaws.hold(fn, random -> (E) elements.get(random.nextInt(elements.size())));
  }

  /** The events of a scenario at their times, and no sink. */
  private record OfScenario(Pipeline pipeline, Inputs inputs) implements Flow {

    @Override
    public <T extends Record & Event> PCollection<T> events(Input<T> input, Windows... windows) {
      return pipeline.apply(
          input.name(),
          Create.timestamped(
                  inputs.of(input.name(), input.type()).stream()
                      .map(
                          event ->
                              TimestampedValue.of(
                                  event,
                                  org.joda.time.Instant.ofEpochMilli(event.at().toEpochMilli())))
                      .toList())
              .withCoder(RecordCoder.of(input.type())));
    }

    @Override
    public <T extends Record & Event> AsOf<T> reference(Input<T> input, Windows... windows) {
      return AsOf.of(
          events(input, windows).apply(input.name() + ".Versions", input.versions()),
          Duration.ZERO);
    }

    @Override
    public <K extends Record, V extends Record> void answers(
        Output<K, V> output, PCollection<Answer<K, V>> answers) {}
  }

  @Test
  void thoseOfBeamKeepThemToo() {
    TallyLaws.hold(Sum.ofLongs(), VarLongCoder.of(), Random::nextLong);
  }

  record Latest(long value) implements Tally<Latest> {
    @Override
    public Latest plus(Latest other) {
      return other;
    }
  }

  record Texts(List<String> all) implements Tally<Texts> {
    @Override
    public Texts plus(Texts other) {
      List<String> sum = new ArrayList<>(all);
      sum.addAll(other.all);
      return new Texts(sum);
    }
  }

  record Unsorted(@Nullable Held held) implements Tally<Unsorted> {
    @Override
    public Unsorted plus(Unsorted other) {
      if (held == null || other.held == null) {
        return held == null ? other : this;
      }
      return new Unsorted(held.plus(other.held));
    }
  }

  /** Modifies its operands, left or right. */
  static final class Held implements ByteForm {
    private final Set<Long> values;

    Held(Set<Long> values) {
      this.values = values;
    }

    Held plus(Held other) {
      other.values.addAll(values);
      return other;
    }

    @Override
    public byte[] toBytes() {
      long[] sorted = values.stream().mapToLong(v -> v).sorted().toArray();
      ByteBuffer bytes = ByteBuffer.allocate(8 * sorted.length);
      bytes.asLongBuffer().put(sorted);
      return bytes.array();
    }

    static Held fromBytes(byte[] bytes) {
      Set<Long> values = new HashSet<>();
      LongBuffer in = ByteBuffer.wrap(bytes).asLongBuffer();
      while (in.hasRemaining()) {
        values.add(in.get());
      }
      return new Held(values);
    }
  }

  record Offset(long sum) implements Tally<Offset> {
    @Override
    public Offset plus(Offset other) {
      return new Offset(sum + other.sum);
    }
  }

  @Test
  void aPlusWhoseOrderMattersIsFound() {
    assertThat(
        broken(TallyFn.of(new Latest(0), Latest::new, Latest.class, sum -> sum)),
        containsString("the order of events matters: Latest[value="));
    assertThat(
        broken(
            TallyFn.of(new Texts(List.of()), v -> new Texts(List.of("" + v)), Texts.class, s -> s)),
        containsString("the order of events matters: Texts[all="));
  }

  @Test
  void aZeroThatAddsSomethingIsFound() {
    assertThat(
        broken(TallyFn.of(new Offset(1), Offset::new, Offset.class, sum -> sum)),
        containsString("the split of work matters: Offset[sum="));
  }

  @Test
  void aPlusThatChangesItsRightOperandIsFound() {
    assertThat(
        broken(
            TallyFn.of(
                new Unsorted(null),
                v -> new Unsorted(new Held(new HashSet<>(Set.of(v)))),
                Latest.class,
                sum -> new Latest(0))),
        containsString("a + b changed b, then or when the sum grew"));
  }

  private static String broken(TallyFn<Long, ?, ?> fn) {
    return assertThrows(
            AssertionError.class, () -> TallyLaws.hold(fn, random -> (long) random.nextInt(1000)))
        .getMessage();
  }
}
