package dhara.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.CalendarUnit;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.TimestampedValue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Days of a zone and totals since ever are answered on Flink, where they end and where they do not.
 */
class FlinkWindowsTest {

  record Sale(String shop, Instant at, long paise) {}

  record Shop(String name) {}

  record Total(long sales, long paise) {}

  private static final List<Sale> SALES =
      Stream.of("2026-03-28T22:59:59.999Z", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59.999Z")
          .map(at -> new Sale("a", Instant.parse(at), 5))
          .toList();

  private static final Queue<Answer<Shop, Total>> ANSWERS = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void forget() {
    ANSWERS.clear();
  }

  @ParameterizedTest
  @EnumSource(IsBounded.class)
  void aDayThatIsAnHourShortIsAnsweredOnce(IsBounded bounded) {
    run(Windows.calendar(CalendarUnit.DAY, ZoneId.of("Europe/Berlin")), bounded);

    assertThat(
        ANSWERS,
        containsInAnyOrder(
            answer("2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", 1, 5),
            answer("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 2, 10)));
  }

  @ParameterizedTest
  @EnumSource(IsBounded.class)
  void aTotalSinceEverSettlesOnAllEvents(IsBounded bounded) {
    run(Windows.ever().withEarlyAnswersEvery(Duration.ofMinutes(1)), bounded);

    assertThat(
        ANSWERS, containsInAnyOrder(answer("1970-01-01T00:00:00Z", "9999-12-31T00:00:00Z", 3, 15)));
  }

  @Test
  void lateEventsReviseTheirWindowsWithTheWatermarksNextStep() {
    run(
        Windows.tumbling(Duration.ofMinutes(1)).withLateness(Duration.ofMinutes(5)),
        lateSales(),
        true);

    assertThat(
        ANSWERS,
        containsInAnyOrder(
            answer("2026-03-01T10:00:00Z", "2026-03-01T10:01:00Z", 1, 5),
            revised(1, "2026-03-01T10:00:00Z", "2026-03-01T10:01:00Z", 3, 15),
            answer("2026-03-01T10:02:00Z", "2026-03-01T10:03:00Z", 1, 5)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void lateEventsReviseEachOfTheSlidingWindowsThatTheyAreIn(boolean early) {
    Windows windows =
        Windows.sliding(Duration.ofMinutes(2), Duration.ofMinutes(1))
            .withLateness(Duration.ofMinutes(5));
    run(early ? windows.withEarlyAnswersEvery(Duration.ofMillis(4)) : windows, lateSales(), true);

    Map<Instant, Answer<Shop, Total>> settled = new TreeMap<>();
    for (Answer<Shop, Total> a : ANSWERS) {
      settled.merge(a.start(), a, (x, y) -> x.revision() > y.revision() ? x : y);
    }
    assertThat(
        settled.values().stream().map(Answer::value).toList(),
        contains(new Total(3, 15), new Total(3, 15), new Total(1, 5), new Total(1, 5)));
  }

  /** One on time, two that come when their minute has ended, and one after that. */
  private static TestStream<Sale> lateSales() {
    Sale first = sale("2026-03-01T10:00:30Z");
    Sale late = sale("2026-03-01T10:00:10Z");
    Sale after = sale("2026-03-01T10:02:30Z");
    return TestStream.create(RecordCoder.of(Sale.class))
        .addElements(stamped(first))
        .advanceWatermarkTo(joda(Instant.parse("2026-03-01T10:02:10Z")))
        .addElements(stamped(late))
        .addElements(stamped(late))
        .addElements(stamped(after))
        .advanceWatermarkToInfinity();
  }

  private static Sale sale(String at) {
    return new Sale("a", Instant.parse(at), 5);
  }

  private static TimestampedValue<Sale> stamped(Sale sale) {
    return TimestampedValue.of(sale, joda(sale.at()));
  }

  private static org.joda.time.Instant joda(Instant instant) {
    return org.joda.time.Instant.ofEpochMilli(instant.toEpochMilli());
  }

  private static Answer<Shop, Total> answer(String start, String end, long sales, long paise) {
    return revised(0, start, end, sales, paise);
  }

  private static Answer<Shop, Total> revised(
      long revision, String start, String end, long sales, long paise) {
    return new Answer<>(
        new Shop("a"), Instant.parse(start), Instant.parse(end), revision, new Total(sales, paise));
  }

  private static void run(Windows windows, IsBounded bounded) {
    run(
        windows,
        Create.timestamped(SALES.stream().map(FlinkWindowsTest::stamped).toList())
            .withCoder(RecordCoder.of(Sale.class)),
        bounded == IsBounded.UNBOUNDED);
  }

  private static void run(
      Windows windows, PTransform<? super PBegin, PCollection<Sale>> source, boolean streaming) {
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRunner.class);
    options.setFlinkMaster("[local]");
    options.setParallelism(source instanceof TestStream ? 1 : 2);
    options.setStreaming(streaming);
    options.setMaxBundleSize(1L); // a bundle holds the watermark
    options.setShutdownSourcesAfterIdleMs(1L);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(source)
        .setIsBoundedInternal(streaming ? IsBounded.UNBOUNDED : IsBounded.BOUNDED)
        .apply(
            Answers.in(windows)
                .perKey(
                    Shop.class,
                    sale -> new Shop(sale.shop()),
                    TallyFn.of(Total.class, sale -> new Total(1, sale.paise()))))
        .apply(ParDo.of(new KeepFn()));
    pipeline.run().waitUntilFinish();
  }

  private static final class KeepFn extends DoFn<Answer<Shop, Total>, Void> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Answer<Shop, Total> answer) {
      ANSWERS.add(answer);
    }
  }
}
