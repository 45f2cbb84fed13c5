package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.events.Event;
import dhara.formats.RecordFields;
import dhara.pipelines.Analysis;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.markets.Indicators.Values;
import dhara.pipelines.markets.PriceBar;
import dhara.pipelines.markets.PriceSeries;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The indicators by hand, against the oracle, and against what was planted. */
class IndicatorsTest {

  private static final Instant START = Instant.parse("2026-01-05T09:15:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Analysis<?> INDICATORS = Analysis.all().get("indicators");

  /** Short period 2, long period 4, RSI over 2, bands of 2 deviations. */
  private static final PriceSeries SMALL = new PriceSeries(2, 4, 2, 2, HOUR);

  private static PriceBar bar(String id, Instant at, double close) {
    long e4 = Math.round(close * 10_000);
    return new PriceBar(id, at, "S", e4, e4, e4, e4, 1);
  }

  /** The answers after bars a second apart. */
  private static List<Values> values(PriceSeries series, double... closes) {
    List<PriceBar> bars = new ArrayList<>();
    for (int i = 0; i < closes.length; i++) {
      bars.add(bar("b" + i, START.plusSeconds(i), closes[i]));
    }
    return series.over(bars).stream().map(PriceSeries.Point::values).toList();
  }

  private static <T> List<T> each(List<Values> values, Function<Values, T> one) {
    return values.stream().map(one).collect(Collectors.toList());
  }

  @Test
  void averagesBeginWithTheMeanOfTheFirstBars() {
    PriceSeries series = new PriceSeries(5, 6, 14, 2, HOUR);
    List<Values> values = values(series, 10, 11, 13, 12, 14, 20);

    assertThat(
        each(values, Values::smaShortE6).subList(3, 6), contains(null, 12_000_000L, 14_000_000L));
    assertThat(
        each(values, Values::emaShortE6).subList(3, 6), contains(null, 12_000_000L, 14_666_667L));
    assertThat(each(values, Values::emaLongE6).subList(4, 6), contains(null, 13_333_333L));
  }

  @Test
  void bandsAreWideByTheDeviationOfThePopulation() {
    List<Values> values = values(SMALL, 2, 4, 4, 6);

    // The variance is (4 + 0 + 0 + 4) / 4.
    assertThat(each(values, Values::bandUpperE6), contains(null, null, null, 6_828_427L));
    assertThat(each(values, Values::bandLowerE6), contains(null, null, null, 1_171_573L));
  }

  @Test
  void rsiIsThatOfThePublishedExample() {
    // The example of StockCharts' "ChartSchool", with prices rounded to cents.
    double[] closes = {
      44.34, 44.09, 44.15, 43.61, 44.33, 44.83, 45.10, 45.42, 45.84, 46.08, 45.89, 46.03, 45.61,
      46.28, 46.28, 46.00
    };
    List<Values> values = values(new PriceSeries(5, 20, 14, 2, HOUR), closes);

    assertThat(values.get(13).rsiE6(), is(nullValue()));
    assertThat(values.get(14).rsiE6(), is(70_464_135L)); // 100 * 3.34 / (3.34 + 1.40)
    assertThat(values.get(15).rsiE6(), is(66_249_619L));
  }

  @Test
  void rsiWithoutMovementIsZero() {
    assertThat(each(values(SMALL, 5, 5, 5), Values::rsiE6), contains(null, null, 0L));
  }

  @Test
  void volatilityIsTheRootOfTheSumOfSquaredReturns() {
    List<Values> values = values(SMALL, 1, 2, 1, 2, 1);

    assertThat(
        each(values, Values::returnE9).subList(0, 3), contains(null, 693_147_181L, -693_147_181L));
    assertThat(each(values, Values::volatilityE9).subList(3, 5), contains(null, 1_386_294_362L));
  }

  @Test
  void theReturnOfABarIsMeasuredByThoseBeforeIt() {
    // Returns of 0, ln 2, 0, ln 2 have the mean ln 2 / 2 and the deviation ln 2 / 2.
    List<Values> values = values(SMALL, 1, 1, 2, 2, 4, 16);

    assertThat(each(values, Values::scoreE6).subList(4, 6), contains(null, 3_000_000L));
  }

  @Test
  void thereIsNoScoreIfAllReturnsBeforeAreEqual() {
    assertThat(values(SMALL, 1, 2, 4, 8, 16, 17).get(5).scoreE6(), is(nullValue()));
    assertThat(values(SMALL, 5, 5, 5, 5, 5, 9).get(5).scoreE6(), is(nullValue()));
  }

  @Test
  void ofBarsAtOneMillisecondTheFirstCounts() {
    List<PriceBar> bars =
        List.of(
            bar("b", START.plusNanos(5_000), 9),
            bar("a", START.plusNanos(5_000), 7),
            bar("c", START.plusMillis(1), 8));

    assertThat(
        SMALL.over(bars).stream().map(point -> point.values().closeE4()).toList(),
        contains(70_000L, 80_000L));
  }

  @Test
  void aSeriesGoesOnForItsKeepAndThenStartsAnew() {
    List<PriceBar> bars =
        List.of(
            bar("a", START, 7),
            bar("b", START.plus(HOUR), 8),
            bar("c", START.plus(HOUR).plus(HOUR).plusMillis(1), 9));

    assertThat(
        SMALL.over(bars).stream().map(point -> point.values().smaShortE6()).toList(),
        contains(null, 7_500_000L, null));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 5, 0, 1, 0, lowE4 is not above zero",
    "6, 5, 2, 3, 0, 'openE4 is not within low and high, 2 and 5: 6'",
    "3, 5, 2, 1, 0, 'closeE4 is not within low and high, 2 and 5: 1'",
    "3, 10000000000001, 2, 3, 0, highE4 is beyond",
    "3, 5, 2, 3, -1, volume is negative",
  })
  void barsThatCannotBeAreRefused(
      long open, long high, long low, long close, long volume, String said) {
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> new PriceBar("i", START, "s", open, high, low, close, volume))
            .getMessage(),
        containsString(said));
  }

  @Test
  void randomBarsInAnyOrderHaveTheIndicatorsOfTheOracle() throws JsonProcessingException {
    int spikes = 0;
    for (int seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      int fast = 2 + random.nextInt(5);
      int slow = 2 + random.nextInt(12);
      int rsi = 2 + random.nextInt(9);
      PriceSeries series = new PriceSeries(fast, slow, rsi, 2, Duration.ofMillis(40));
      List<String> options =
          List.of(
              "--shortPeriod=" + fast,
              "--longPeriod=" + slow,
              "--rsiPeriod=" + rsi,
              "--restartAfter=PT0.040S");
      List<PriceBar> bars = random(random);

      Map<String, List<String>> expected =
          Oracle.settled(INDICATORS, Inputs.of(INDICATORS.inputs().get(0), bars), options);

      Collections.shuffle(bars, random);
      assertThat("case " + seed, rows(series, bars), is(expected.get("indicators")));
      spikes += expected.get("spikes").size();
    }
    assertThat(spikes, is(greaterThan(100)));
  }

  /** Bars with equal times, pauses, flat stretches and jumps. */
  private static List<PriceBar> random(Random random) {
    List<PriceBar> bars = new ArrayList<>();
    long micros = 0;
    double price = 50;
    int step = 1 + random.nextInt(3);
    for (int i = random.nextInt(60); i > 0; i--) {
      micros += random.nextInt(40) == 0 ? 60_000 : random.nextInt(3_000);
      double move = random.nextInt(20) == 0 ? 10 : random.nextInt(2 * step + 1) - step;
      price = Math.max(1, price + move / 4);
      bars.add(bar("b" + random.nextInt(1_000_000), START.plusNanos(micros * 1_000), price));
    }
    return bars;
  }

  /** The settled answers, as the oracle writes them. */
  private static List<String> rows(PriceSeries series, List<PriceBar> bars)
      throws JsonProcessingException {
    RecordFields<Values> fields = RecordFields.of(Values.class);
    List<String> rows = new ArrayList<>();
    for (PriceSeries.Point point : series.over(bars)) {
      Instant at = Instant.ofEpochMilli(point.at().toEpochMilli());
      String json = new String(fields.json(point.values()), StandardCharsets.UTF_8);
      rows.add(
          "{\"symbol\":\"S\",%s,%s"
              .formatted(new Box<>("S", at, at.plusMillis(1)).window(), json.substring(1)));
    }
    return SettledAnswers.of(rows);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void thePlantedSpikesAreFoundAndNoOthers(long seed) throws JsonProcessingException {
    Set<String> planted =
        INDICATORS
            .scenario()
            .events(seed, 5_000)
            .filter(given -> given.planted().equals("spike"))
            .map(given -> about(given))
            .collect(Collectors.toCollection(TreeSet::new));

    ObjectMapper json = new ObjectMapper();
    Set<String> found = new TreeSet<>();
    for (String spike :
        Oracle.settled(INDICATORS, Inputs.of(INDICATORS, seed, 5_000), List.of()).get("spikes")) {
      var row = json.readTree(spike);
      found.add(row.get("symbol").asText() + " " + Instant.parse(row.get("window_start").asText()));
    }

    assertThat(planted, is(not(empty())));
    assertThat(found, is(planted));
  }

  private static String about(Given<?> given) {
    Event event = given.event();
    return ((PriceBar) event).symbol() + " " + event.at();
  }
}
