package dhara.benchmarks.nexmark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.joda.time.Instant;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each query, written with Dhara and by hand, against its model. */
class QueryTest {

  /** A rush, in which people sell to each other at once, and a long day of some sales. */
  private static final List<AuctionHouse> HOUSES =
      List.of(new AuctionHouse(1, 10_000, 400), new AuctionHouse(2, 10_000, 10));

  static Stream<Arguments> queries() {
    return Query.all().stream()
        .flatMap(
            query ->
                HOUSES.stream().map(house -> Arguments.of(Named.of(query.name(), query), house)));
  }

  @ParameterizedTest
  @MethodSource("queries")
  void hasAnswers(Query<?> query, AuctionHouse house) {
    assertThat(new Models(house.events()).of(query.name()), is(not(empty())));
  }

  @ParameterizedTest
  @MethodSource("queries")
  void answersLikeItsModelInABackfill(Query<?> query, AuctionHouse house) {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(DirectRunner.class);
    options.as(DirectOptions.class).setTargetParallelism(2);

    checkAnswers(query, house, options, new Backfill(house));
  }

  @ParameterizedTest
  @MethodSource("queries")
  void answersLikeItsModelInAStream(Query<?> query, AuctionHouse house) {
    checkAnswers(query, house, Streams.options(), Read.from(new AuctionSource(house)));
  }

  @ParameterizedTest
  @MethodSource("queries")
  @SuppressWarnings("try") // the iterator's close may throw any exception
  void answersLikeItsModelByHand(Query<?> query, AuctionHouse house) throws Exception {
    StreamExecutionEnvironment env = Streams.environment();
    List<Record> rows = new ArrayList<>();

    try (CloseableIterator<? extends Record> answers =
        query.byHand().apply(NativeSource.read(house, env)).executeAndCollect()) {
      answers.forEachRemaining(rows::add);
    }

    assertThat(Difference.between(query.name(), house, rows), is(Difference.NONE));
  }

  private static <R extends Record> void checkAnswers(
      Query<R> query,
      AuctionHouse house,
      PipelineOptions options,
      PTransform<PBegin, PCollection<Chunk>> source) {
    Pipeline pipeline = Pipeline.create(options);
    String name = query.name();
    PAssert.that(pipeline.apply("Chunks", source).apply(name, query.dhara()))
        .satisfies(
            rows -> {
              assertThat(Difference.between(name, house, rows), is(Difference.NONE));
              return null;
            });

    PipelineResult result = pipeline.run();
    result.waitUntilFinish();

    assertThat("times that the answers were checked", checks(result), is(greaterThan(0L)));
  }

  private static long checks(PipelineResult result) {
    long checks = 0;
    for (MetricResult<Long> counter :
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named(PAssert.class, PAssert.SUCCESS_COUNTER))
                    .build())
            .getCounters()) {
      checks += counter.getAttempted();
    }
    return checks;
  }

  /** The events as what a backfill reads: in no order, and with an end. */
  private static final class Backfill extends PTransform<PBegin, PCollection<Chunk>> {

    private static final long serialVersionUID = 1L;

    private final AuctionHouse house;

    Backfill(AuctionHouse house) {
      this.house = house;
    }

    @Override
    public PCollection<Chunk> expand(PBegin begin) {
      List<Long> backwards =
          LongStream.range(0, house.chunks()).map(i -> house.chunks() - 1 - i).boxed().toList();
      return begin.apply(Create.of(backwards)).apply(ParDo.of(new ChunkFn(house)));
    }
  }

  private static final class ChunkFn extends DoFn<Long, Chunk> {

    private static final long serialVersionUID = 1L;

    private final AuctionHouse house;

    ChunkFn(AuctionHouse house) {
      this.house = house;
    }

    @ProcessElement
    public void process(@Element Long number, OutputReceiver<Chunk> out) {
      Chunk chunk = house.chunk(number);
      out.outputWithTimestamp(chunk, Instant.ofEpochMilli(chunk.atMillis()));
    }
  }

  /** How rows differ from a model's: by some of those that one has more often than the other. */
  private record Difference(List<Record> missing, List<Record> unexpected) implements Serializable {

    static final Difference NONE = new Difference(List.of(), List.of());

    static Difference between(
        String query, AuctionHouse house, Iterable<? extends Record> answers) {
      Map<Record, Integer> counts = new HashMap<>();
      answers.forEach(row -> counts.merge(row, 1, Integer::sum));
      new Models(house.events()).of(query).forEach(row -> counts.merge(row, -1, Integer::sum));
      return new Difference(
          counts.keySet().stream().filter(row -> counts.get(row) < 0).limit(5).toList(),
          counts.keySet().stream().filter(row -> counts.get(row) > 0).limit(5).toList());
    }
  }
}
