package dhara.benchmarks.nexmark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.joda.time.Instant;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The queries over bounded input, against their models. */
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
  void answersLikeItsModel(Query<?> query, AuctionHouse house) {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(DirectRunner.class);
    options.as(DirectOptions.class).setTargetParallelism(2);
    Pipeline pipeline = Pipeline.create(options);
    checked(pipeline, query, house);

    PipelineResult result = pipeline.run();
    result.waitUntilFinish();

    assertThat("times that the answers were checked", checks(result), is(1L));
  }

  private static <R extends Record> void checked(
      Pipeline pipeline, Query<R> query, AuctionHouse house) {
    String name = query.name();
    List<Long> backwards =
        LongStream.range(0, house.chunks()).map(i -> house.chunks() - 1 - i).boxed().toList();
    PAssert.that(
            pipeline
                .apply("Numbers", Create.of(backwards))
                .apply("Chunks", ParDo.of(new ChunkFn(house)))
                .apply(name, query.dhara()))
        .satisfies(
            rows -> {
              assertThat(Difference.between(name, house, rows), is(Difference.NONE));
              return null;
            });
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

  /** Makes chunks from their numbers. */
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
}
