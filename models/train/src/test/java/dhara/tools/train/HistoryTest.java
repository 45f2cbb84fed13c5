package dhara.tools.train;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.options.BadOption;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Training;
import dhara.pipelines.payments.FraudLabel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {

  record Key(String payment, String payer) {}

  record Row(long amountMinor, @Nullable Double km) {}

  private static final Training<FraudLabel> TRAINING =
      new Training<>(
          new Output<>("rows", Key.class, Row.class),
          "payment",
          "payer",
          new Input<>("labels", FraudLabel.class),
          FraudLabel::payment,
          Duration.ofDays(3),
          List.of());

  @TempDir Path folder;

  private static Instant day(int day) {
    return Instant.EPOCH.plus(Duration.ofDays(day));
  }

  private void rows(String... lines) throws IOException {
    write("rows", lines);
  }

  private void write(String output, String... lines) throws IOException {
    Files.write(Files.createDirectories(folder.resolve(output)).resolve("a.jsonl"), List.of(lines));
  }

  private static String row(String payment, int day, String values) {
    return "{\"payment\":\"%s\",\"payer\":\"p\",\"window_start\":\"%s\",%s}"
        .formatted(payment, day(day), values);
  }

  private static String finding(String payment, int day) {
    return "{\"finding\":\"F\",\"window_start\":\"%s\",\"row\":\"%s\"}"
        .formatted(day(day), payment);
  }

  @Test
  void aLabelCountsOnlyIfItWasFoundBeforeTheMoment() throws IOException {
    rows(
        row("b", 2, "\"amount_minor\":7,\"km\":1.5"),
        row("a", 1, "\"amount_minor\":5,\"km\":null"));
    write("findings", finding("a", 4), finding("a", 3), finding("c", 1));
    History history = History.read(folder, TRAINING);

    Examples early = history.examples(day(0), day(9), day(3));
    Examples later = history.examples(day(0), day(9), day(3).plusMillis(1));

    assertThat(later.ids(), is(new String[] {"a", "b"}));
    assertThat(early.features(), is(List.of("amount_minor", "km")));
    assertThat(early.rows(), is(new float[][] {{5, Float.NaN}, {7, 1.5f}}));
    assertThat(early.labels(), is(new boolean[] {false, false}));
    assertThat(later.labels(), is(new boolean[] {true, false}));
    assertThat(later.days(), is(new long[] {1, 2}));
    assertThat(history.first(), is(day(1)));
    assertThat(history.end(null), is(day(3).plusMillis(1)));
    assertThat(history.end(day(8)), is(day(8)));
  }

  @Test
  void aRangeHoldsItsStartAndNotItsEnd() throws IOException {
    rows(row("a", 1, "\"amount_minor\":1"), row("b", 2, "\"amount_minor\":2"));
    write("findings", finding("a", 3));

    Examples day = History.read(folder, TRAINING).examples(day(1), day(2), day(9));

    assertThat(day.rows(), is(new float[][] {{1, Float.NaN}}));
  }

  @Test
  void aHistoryWithoutLabelsIsRefused() throws IOException {
    rows(row("a", 1, "\"amount_minor\":1"));

    BadOption refused = assertThrows(BadOption.class, () -> History.read(folder, TRAINING));

    assertThat(refused.getMessage(), containsString("labels has no label"));
  }

  @Test
  void aSampleKeepsTheOrderAndDependsOnlyOnItsSeed() {
    Examples all = XgboostTreesTest.examples(1, 400, 0);

    Examples sample = all.sample(50, 3);

    assertThat(sample.size(), is(50));
    assertThat(sample.csv(), is(all.sample(50, 3).csv()));
    assertThat(sample.csv().equals(all.sample(50, 4).csv()), is(false));
    List<String> lines = all.csv().lines().toList();
    int at = 0;
    for (String line : sample.csv().lines().toList()) {
      at += lines.subList(at, lines.size()).indexOf(line);
    }
    assertThat(lines.get(at), is(sample.csv().lines().reduce("", (one, other) -> other)));
    assertThat(all.sample(400, 3), is(all));
  }

  @Test
  void theHeldSetHasEmptyCellsForMissingValues() {
    Examples two =
        new Examples(
            List.of("a", "b"),
            new String[2],
            new float[][] {{1, Float.NaN}, {0.5f, -2}},
            new boolean[] {true, false},
            new String[2],
            new long[2]);

    assertThat(two.csv(), is("a,b,label\n1.0,,1\n0.5,-2.0,0\n"));
    assertThat(two.without(Set.of("a")).csv(), is("b,label\n,1\n-2.0,0\n"));
  }
}
