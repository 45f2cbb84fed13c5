package dhara.parity;

import static java.time.format.DateTimeFormatter.BASIC_ISO_DATE;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.commerce.OrderLine;
import dhara.pipelines.markets.Trade;
import dhara.testkit.Command;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests with real data, which is not in the project: {@code -Ddhara.data=FOLDER} names its folder.
 * Each runner's module extends this; the direct runner's extends {@link RealAnalyses} too.
 */
public abstract class RealData {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");
  private static final ZoneId LONDON = ZoneId.of("Europe/London");

  /** The sale conditions that the published bars leave out: see lean_bars/SOURCE.txt. */
  private static final Set<String> EXCLUDED =
      Set.of("20000020", "20", "20100200", "20100000", "20040200", "20000200", "1000000");

  /** The options of the real candles. */
  public static final List<String> CANDLES =
      List.of(
          "candles",
          "--map=" + repository().resolve("mappings/lean-ticks.map"),
          "--excludeConditions=" + String.join(",", EXCLUDED));

  /** The options of the order metrics of a real shop. */
  public static final List<String> RETAIL =
      List.of(
          "order-metrics",
          "--map=" + repository().resolve("mappings/online-retail.map"),
          "--by=country");

  @Test
  void candlesOfRealTicksEqualTheNaiveBarsToTheByteAndThePublishedOnesInAllButAFew(
      @TempDir Path folder) throws IOException {
    Path data = data();
    Path ticks = folder.resolve("ticks.csv");
    long lines = LeanTicks.prepare(data.resolve("lean_ticks"), ticks);
    Path out = folder.resolve("out");

    Command run = Command.done(with(CANDLES, "--events=" + ticks, "--answers=files:" + out));

    assertThat(
        run.err(),
        containsString(
            "read %,d = aggregated %,d + dead-lettered 0 + late 0 + duplicate 0 + filtered 0"
                .formatted(lines, lines)));
    List<String> bars = SettledAnswers.in(out.resolve("bars"));
    assertThat(bars, is(naiveBars(ticks)));
    assertThat(shareOfPublishedBarsEqual(bars, data), greaterThanOrEqualTo(0.995));
  }

  /** The settled bars that the naive computation gives for prepared ticks. */
  public static List<String> naiveBars(Path ticks) throws IOException {
    List<Trade> trades = new ArrayList<>();
    try (Stream<String> lines = Files.lines(ticks)) {
      lines
          .skip(1)
          .forEach(
              line -> {
                List<String> cells = cells(line);
                trades.add(
                    new Trade(
                        cells.get(0),
                        LocalDateTime.parse(cells.get(1)).atZone(NEW_YORK).toInstant(),
                        cells.get(2),
                        Long.parseLong(cells.get(3)),
                        Long.parseLong(cells.get(4)),
                        cells.get(6),
                        cells.get(7).equals("1")));
              });
    }
    return settled(CANDLES, trades).get("bars");
  }

  /** The oracle's answers for the events of a run with one input. */
  private static Map<String, List<String>> settled(
      List<String> run, List<? extends Record> events) {
    Analysis<?> analysis = Analysis.all().get(run.get(0));
    return Oracle.settled(
        analysis, Inputs.of(analysis.inputs().get(0), events), run.subList(1, run.size()));
  }

  private static double shareOfPublishedBarsEqual(List<String> bars, Path data) throws IOException {
    Map<String, String> ours = new HashMap<>();
    for (String bar : bars) {
      JsonNode b = JSON.readTree(bar);
      ours.put(
          b.get("symbol").asText() + " " + Instant.parse(b.get("window_start").asText()),
          b.get("open_e4")
              + ","
              + b.get("high_e4")
              + ","
              + b.get("low_e4")
              + ","
              + b.get("close_e4"));
    }
    Map<String, String> published = new HashMap<>();
    try (Stream<Path> files = Files.walk(data.resolve("lean_bars/minute"))) {
      for (Path zip : files.filter(f -> f.toString().endsWith("_trade.zip")).toList()) {
        published(zip, published);
      }
    }
    Set<String> all = new HashSet<>(ours.keySet());
    all.addAll(published.keySet());
    long equal = all.stream().filter(k -> Objects.equals(ours.get(k), published.get(k))).count();
    System.err.printf(
        "published minute bars: %,d, ours: %,d, equal: %,d of %,d%n",
        published.size(), ours.size(), equal, all.size());
    return equal / (double) all.size();
  }

  private static void published(Path zip, Map<String, String> bars) throws IOException {
    String symbol = zip.getParent().getFileName().toString().toUpperCase(Locale.ROOT);
    LocalDateTime midnight =
        LocalDate.parse(zip.getFileName().toString().substring(0, 8), BASIC_ISO_DATE)
            .atStartOfDay();
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      in.getNextEntry();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        List<String> cells = cells(line);
        Instant start =
            midnight
                .plus(Long.parseLong(cells.get(0)), ChronoUnit.MILLIS)
                .atZone(NEW_YORK)
                .toInstant();
        bars.put(symbol + " " + start, String.join(",", cells.subList(1, 5)));
      }
    }
  }

  @Test
  void orderMetricsOfARealShopEqualANaiveRecomputationToTheLastMinorUnit(@TempDir Path folder)
      throws IOException {
    Path days = data().resolve("online_retail/by-day");
    Retail retail = Retail.of(days);
    Path out = folder.resolve("out");

    Command run =
        Command.done(with(RETAIL, "--events=" + days + "/*.csv.gz", "--answers=files:" + out));

    assertThat(
        run.err(),
        containsString(
            "read %,d = aggregated %,d + dead-lettered %,d + late 0 + duplicate %,d + filtered 0"
                .formatted(retail.lines, retail.unique.size(), retail.dead, retail.duplicates)));
    Map<String, List<String>> oracle = settled(RETAIL, retail.unique);
    for (String output : List.of("metrics", "top")) {
      assertThat(output, SettledAnswers.in(out.resolve(output)), is(oracle.get(output)));
    }
  }

  /** The shop's lines, read without any of the tested code. */
  private static final class Retail {

    private long lines;
    private long dead;
    private long duplicates;
    private final List<OrderLine> unique = new ArrayList<>();

    static Retail of(Path days) throws IOException {
      Retail retail = new Retail();
      Set<List<String>> seen = new HashSet<>();
      try (Stream<Path> files = Files.list(days)) {
        for (Path file : files.sorted().toList()) {
          unpacked(file).stream().skip(1).forEach(line -> retail.line(cells(line), seen));
        }
      }
      return retail;
    }

    private void line(List<String> cells, Set<List<String>> seen) {
      lines++;
      BigDecimal pence = new BigDecimal(cells.get(5)).movePointRight(2).stripTrailingZeros();
      if (pence.scale() > 0 || pence.signum() < 0) {
        dead++;
      } else if (!seen.add(cells)) {
        duplicates++;
      } else {
        unique.add(
            new OrderLine(
                String.join("/", cells),
                LocalDateTime.parse(cells.get(4).replace(' ', 'T')).atZone(LONDON).toInstant(),
                cells.get(0),
                cells.get(1),
                null,
                cells.get(7),
                null,
                cells.get(6).isEmpty() ? null : cells.get(6),
                Long.parseLong(cells.get(3)),
                pence.longValueExact()));
      }
    }
  }

  /** The cells of a CSV line; quoted cells may contain commas and doubled quotes. */
  static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        cell.append(c);
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }

  /** The lines of a compressed file. */
  static List<String> unpacked(Path gzip) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(gzip))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** The folder of real data; the test is skipped if none is given. */
  public static Path data() {
    String folder = System.getProperty("dhara.data");
    assumeTrue(folder != null, "no real data: name its folder with -Ddhara.data=FOLDER");
    return Path.of(folder);
  }

  /** The root of the repository, above the tested module. */
  static Path repository() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("mappings"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new AssertionError("no mappings/ above " + Path.of("").toAbsolutePath());
    }
    return folder;
  }

  private static List<String> with(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), Stream.of(more)).toList();
  }
}
