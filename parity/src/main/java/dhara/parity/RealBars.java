package dhara.parity;

import static java.time.format.DateTimeFormatter.BASIC_ISO_DATE;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.pipelines.Analysis;
import dhara.pipelines.markets.PriceBar;
import dhara.testkit.Command;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The indicators of real minute bars: five days of two shares, published by QuantConnect LEAN. */
interface RealBars {

  @Test
  default void indicatorsOfRealMinuteBarsEqualANaiveRecomputation(@TempDir Path folder)
      throws IOException {
    List<PriceBar> bars = bars(RealData.data().resolve("lean_bars/minute"));
    Path csv = folder.resolve("bars.csv");
    Files.write(csv, lines(bars));
    Path out = folder.resolve("out");

    Command run = Command.done(List.of("indicators", "--events=" + csv, "--answers=files:" + out));

    assertThat(
        run.err(),
        containsString("read %,d = aggregated %,d ".formatted(bars.size(), bars.size())));
    Analysis<?> analysis = Analysis.all().get("indicators");
    Map<String, List<String>> oracle =
        Oracle.settled(analysis, Inputs.of(analysis.inputs().get(0), bars), List.of());
    for (String output : List.of("indicators", "spikes")) {
      assertThat(output, SettledAnswers.in(out.resolve(output)), is(oracle.get(output)));
    }
    System.err.printf(
        "minute bars: %,d, spikes beyond 3 deviations: %,d%n",
        bars.size(), oracle.get("spikes").size());
    assertThat(oracle.get("spikes").size(), is(greaterThan(0)));
  }

  /** The bars of {@code SYMBOL/YYYYMMDD_trade.zip}, read without any of the tested code. */
  private static List<PriceBar> bars(Path folder) throws IOException {
    List<PriceBar> bars = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path zip : files.filter(f -> f.toString().endsWith("_trade.zip")).sorted().toList()) {
        String symbol = zip.getParent().getFileName().toString().toUpperCase(Locale.ROOT);
        LocalDateTime midnight =
            LocalDate.parse(zip.getFileName().toString().substring(0, 8), BASIC_ISO_DATE)
                .atStartOfDay();
        try (InputStream file = Files.newInputStream(zip);
            ZipInputStream in = new ZipInputStream(file)) {
          in.getNextEntry();
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .forEach(line -> bars.add(bar(symbol, midnight, line.split(",", -1))));
        }
      }
    }
    return bars;
  }

  /** A line has the start of the minute in New York, four prices and the volume. */
  private static PriceBar bar(String symbol, LocalDateTime midnight, String[] cells) {
    Instant end =
        midnight
            .plus(Long.parseLong(cells[0]), ChronoUnit.MILLIS)
            .plusMinutes(1)
            .atZone(ZoneId.of("America/New_York"))
            .toInstant();
    return new PriceBar(
        symbol + "/" + end,
        end,
        symbol,
        Long.parseLong(cells[1]),
        Long.parseLong(cells[2]),
        Long.parseLong(cells[3]),
        Long.parseLong(cells[4]),
        Long.parseLong(cells[5]));
  }

  private static List<String> lines(List<PriceBar> bars) {
    List<String> lines = new ArrayList<>();
    lines.add("id,at,symbol,open_e4,high_e4,low_e4,close_e4,volume");
    for (PriceBar bar : bars) {
      lines.add(
          "%s,%s,%s,%d,%d,%d,%d,%d"
              .formatted(
                  bar.id(),
                  bar.at(),
                  bar.symbol(),
                  bar.openE4(),
                  bar.highE4(),
                  bar.lowE4(),
                  bar.closeE4(),
                  bar.volume()));
    }
    return lines;
  }
}
