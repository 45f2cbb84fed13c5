package dhara.tools;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

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
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.KeyBy;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outputs that act are held back in a backfill: what they make happen has happened. */
class EffectsTest {

  record Symbol(String symbol) {}

  record Count(long trades) implements Tally<Count> {
    @Override
    public Count plus(Count other) {
      return new Count(trades + other.trades);
    }
  }

  /** The options of the analysis under test: no more than windows. */
  public interface Options extends DharaOptions, WindowOptions {}

  private static final Input<Trade> TRADES = new Input<>("trades", Trade.class);
  private static final Output<Symbol, Count> COUNTS =
      new Output<>("counts", Symbol.class, Count.class);
  private static final Output<Symbol, Count> ALERTS =
      Output.effect("alerts", Symbol.class, Count.class).onSettled();

  /** Counts trades, and alerts of each count. */
  private static final class Alerting implements Analysis<Options> {
    @Override
    public Declaration<Options> declaration() {
      return Declaration.of("alerting", Options.class)
          .summary("counts trades, and alerts")
          .reads(TRADES)
          .answers(COUNTS, ALERTS);
    }

    @Override
    public void build(Flow flow, Options options) {
      Windows windows = Windowing.of(options);
      PCollection<Answer<Symbol, Count>> counts =
          flow.events(TRADES, windows)
              .apply("BySymbol", KeyBy.record(Symbol.class, t -> new Symbol(t.symbol())))
              .apply("Window", windows.into())
              .apply(
                  "Counts",
                  Answers.perKey(
                      TallyFn.of(new Count(0), t -> new Count(1), Count.class, count -> count)));
      flow.answers(COUNTS, counts);
      flow.answers(ALERTS, counts);
    }
  }

  @TempDir private Path folder;

  @Test
  void aBackfillHoldsThemBack() throws IOException {
    assertThat(run(false), contains(ALERTS));
    assertThat(Files.exists(folder.resolve("out/counts")), is(true));
    assertThat(Files.exists(folder.resolve("out/alerts")), is(false));
  }

  @Test
  void aBackfillActsWhereTheUserSaysSo() throws IOException {
    assertThat(run(true), is(empty()));
    assertThat(
        rows("alerts").get(0),
        startsWith(
            "{\"incident\":\"{\\\"symbol\\\":\\\"A\\\"} 2026-01-05T09:00:00Z/2026-01-05T09:01:00Z\","));
    assertThat(
        "the same answer", rows("alerts").get(0), endsWith(rows("counts").get(0).substring(1)));
  }

  private List<String> rows(String output) throws IOException {
    List<String> rows = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("out").resolve(output))) {
      for (Path file :
          files
              .filter(Files::isRegularFile)
              .filter(each -> !each.getFileName().toString().startsWith("_"))
              .toList()) {
        rows.addAll(Files.readAllLines(file));
      }
    }
    return rows;
  }

  private List<Output<?, ?>> run(boolean effects) throws IOException {
    Path trades = folder.resolve("trades.jsonl");
    Files.writeString(
        trades,
        "{\"id\":\"1\",\"at\":\"2026-01-05T09:00:00Z\",\"symbol\":\"A\",\"price_e4\":1,\"size\":1,"
            + "\"suspicious\":false}\n");
    Options options = PipelineOptionsFactory.as(Options.class);
    options.setRunner(DirectRunner.class);
    options.setEvents(List.of(trades.toString()));
    options.setAnswers(List.of("files:" + folder.resolve("out")));
    options.setEffects(effects);
    try (Assembly assembly = Assembly.of(new Alerting(), options)) {
      assembly.pipeline().run().waitUntilFinish();
      return assembly.heldBack();
    }
  }
}
