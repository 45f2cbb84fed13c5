package dhara.runners.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.CalendarUnit;
import dhara.transforms.windows.Windows;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.beam.runners.spark.SparkPipelineOptions;
import org.apache.beam.runners.spark.SparkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithTimestamps;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Days of a zone and totals since ever are answered on Spark. */
class SparkWindowsTest {

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

  @Test
  void aDayThatIsAnHourShortIsAnsweredOnce() {
    run(Windows.calendar(CalendarUnit.DAY, ZoneId.of("Europe/Berlin")));

    assertThat(
        ANSWERS,
        containsInAnyOrder(
            answer("2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", 1, 5),
            answer("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 2, 10)));
  }

  @Test
  void aTotalSinceEverIsAnsweredOnce() {
    run(Windows.ever());

    assertThat(
        ANSWERS, containsInAnyOrder(answer("1970-01-01T00:00:00Z", "9999-12-31T00:00:00Z", 3, 15)));
  }

  private static Answer<Shop, Total> answer(String start, String end, long sales, long paise) {
    return new Answer<>(
        new Shop("a"), Instant.parse(start), Instant.parse(end), 0, new Total(sales, paise));
  }

  private static void run(Windows windows) {
    SparkPipelineOptions options = PipelineOptionsFactory.as(SparkPipelineOptions.class);
    options.setRunner(SparkRunner.class);
    options.setSparkMaster("local[2]");
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(Create.of(SALES).withCoder(RecordCoder.of(Sale.class)))
        .apply(
            WithTimestamps.of(sale -> org.joda.time.Instant.ofEpochMilli(sale.at().toEpochMilli())))
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
