package dhara.benchmarks.nexmark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The queries as streams on embedded Flink, with Dhara and by hand, against their models. */
class StreamTest {

  /** A rush, in which people sell to each other at once, and a long day of some sales. */
  private static final List<AuctionHouse> HOUSES =
      List.of(new AuctionHouse(1, 20_000, 400), new AuctionHouse(2, 20_000, 20));

  @TempDir Path checkpoints;

  static Stream<Arguments> queriesOfHouses() {
    return Query.all().stream()
        .flatMap(
            query ->
                HOUSES.stream().map(house -> Arguments.of(Named.of(query.name(), query), house)));
  }

  static Stream<Named<Query<?>>> queries() {
    return Query.all().stream().map(query -> Named.of(query.name(), query));
  }

  @ParameterizedTest
  @MethodSource("queriesOfHouses")
  void answersLikeItsModel(Query<?> query, AuctionHouse house) {
    Pipeline pipeline = Pipeline.create(counting(Streams.dhara(checkpoints)));
    checked(pipeline, query, house);

    PipelineResult result = pipeline.run();
    result.waitUntilFinish();

    assertThat("times that the answers were checked", checks(result), is(1L));
  }

  private static <R extends Record> void checked(
      Pipeline pipeline, Query<R> query, AuctionHouse house) {
    String name = query.name();
    PAssert.that(
            pipeline
                .apply("Chunks", Read.from(new AuctionSource(house)))
                .apply(name, query.dhara()))
        .satisfies(
            rows -> {
              assertThat(Difference.between(name, house, rows), is(Difference.NONE));
              return null;
            });
  }

  /** What PAssert has checked is told by a counter. */
  private static FlinkPipelineOptions counting(FlinkPipelineOptions options) {
    options.setDisableMetrics(false);
    return options;
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

  @ParameterizedTest
  @MethodSource("queriesOfHouses")
  @SuppressWarnings("try") // the iterator's close may throw any exception
  void answersLikeItsModelByHand(Query<?> query, AuctionHouse house) throws Exception {
    StreamExecutionEnvironment env = Streams.byHand(checkpoints);
    List<Record> rows = new ArrayList<>();

    try (CloseableIterator<? extends Record> answers =
        NativeNexmark.answers(query, NativeSource.read(house, env)).executeAndCollect()) {
      answers.forEachRemaining(rows::add);
    }

    assertThat(Difference.between(query.name(), house, rows), is(Difference.NONE));
  }

  @ParameterizedTest
  @MethodSource("queries")
  void comesToOneChecksumWithDharaAndByHand(Query<?> query) throws Exception {
    Task task = new Task(20_000, Map.of("query", query.name(), "seed", "3", "perSecond", "400"));

    Outcome dhara = new DharaNexmark().run(task);
    Outcome byHand = new NativeNexmark().run(task);

    assertThat(dhara, is(byHand));
    assertThat(dhara.answers(), is(greaterThan(0L)));
  }
}
