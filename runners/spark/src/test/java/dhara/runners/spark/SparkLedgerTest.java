package dhara.runners.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasToString;
import static org.hamcrest.Matchers.is;

import dhara.assembly.Assembly;
import dhara.options.DharaOptions;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.pipelines.markets.Trade;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.KeyBy;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.runners.spark.SparkPipelineOptions;
import org.apache.beam.runners.spark.SparkRunner;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger holds where Spark's tasks fail and are tried again. */
class SparkLedgerTest {

  record Symbol(String symbol) {}

  record Count(long trades) implements Tally<Count> {
    @Override
    public Count plus(Count other) {
      return new Count(trades + other.trades);
    }
  }

  /** The options of the analysis under test: no more than windows. */
  public interface Options extends DharaOptions, WindowOptions {}

  private static final int EVENTS = 400;
  private static final AtomicInteger FAILURES = new AtomicInteger();

  private static final Input<Trade> TRADES = new Input<>("trades", Trade.class);
  private static final Output<Symbol, Count> COUNTS =
      new Output<>("counts", Symbol.class, Count.class);

  /** Fails twice, each time behind events that have been read and counted. */
  private static final class FailsTwice implements SerializableFunction<Trade, Trade> {

    private static final long serialVersionUID = 1L;

    private int seen;

    @Override
    public Trade apply(Trade trade) {
      seen++;
      if (seen == 5 && FAILURES.incrementAndGet() <= 2) {
        throw new IllegalStateException("a task that fails, for the test");
      }
      return trade;
    }
  }

  private static final class Failing implements Analysis<Options> {
    @Override
    public Declaration<Options> declaration() {
      return Declaration.of("failing", Options.class)
          .summary("counts trades, in tasks that fail")
          .reads(TRADES)
          .answers(COUNTS);
    }

    @Override
    public void build(Flow flow, Options options) {
      Windows windows = Windowing.of(options);
      flow.answers(
          COUNTS,
          flow.events(TRADES, windows)
              .apply("Fail", MapElements.into(TypeDescriptor.of(Trade.class)).via(new FailsTwice()))
              .apply("BySymbol", KeyBy.record(Symbol.class, t -> new Symbol(t.symbol())))
              .apply("Window", windows.into())
              .apply(
                  "Counts",
                  Answers.perKey(
                      TallyFn.of(new Count(0), t -> new Count(1), Count.class, count -> count))));
    }
  }

  @TempDir private Path folder;

  @Test
  void aTaskThatIsTriedAgainCountsNothingTwice() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      lines.add(
          ("{\"id\":\"%d\",\"at\":\"2026-01-05T09:%02d:00Z\",\"symbol\":\"A\",\"price_e4\":1,"
                  + "\"size\":1,\"suspicious\":false}")
              .formatted(i, i % 60));
    }
    lines.addAll(lines.subList(0, 20));
    lines.add("nonsense");
    Path trades = folder.resolve("trades.jsonl");
    Files.write(trades, lines);
    Options options = PipelineOptionsFactory.as(Options.class);
    options.setRunner(SparkRunner.class);
    options.as(SparkPipelineOptions.class).setSparkMaster("local[2,4]");
    options.setEvents(List.of(trades.toString()));
    options.setAnswers(List.of("files:" + folder.resolve("out")));

    try (Assembly assembly = Assembly.of(new Failing(), options)) {
      assembly.pipeline().run().waitUntilFinish();

      assertThat("tasks failed", FAILURES.get(), is(greaterThan(2)));
      assertThat(
          assembly.ledgers(),
          contains(
              hasToString(
                  "trades: read 421 = aggregated 400 + dead-lettered 1 + late 0 + duplicate 20 +"
                      + " filtered 0")));
    }
  }
}
