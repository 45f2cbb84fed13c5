package dhara.tools.plan;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.options.BadOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeasonalForecastTest {

  /** A Monday. */
  private static final Instant START = Instant.parse("2026-01-05T00:00:00Z");

  private static final int WEEK = 168;

  /** Sundays have half as many events as other days, and evenings three times those of nights. */
  private static double season(Instant at) {
    ZonedDateTime hour = at.atZone(ZoneOffset.UTC);
    double ofDay = hour.getDayOfWeek().getValue() == 7 ? 0.5 : 1;
    double ofHour = hour.getHour() >= 18 ? 3 : 1;
    return ofDay * ofHour;
  }

  private static int week(Instant at) {
    return Math.toIntExact(ChronoUnit.HOURS.between(START, at) / WEEK);
  }

  @Test
  void plantedSeasonsAreFoundExactly() {
    SeasonalForecast forecast = SeasonalForecast.of(hours(3 * WEEK, at -> 1000 * season(at)));

    assertThat(forecast.end(), is(Instant.parse("2026-01-26T00:00:00Z")));
    assertThat(forecast.weeks(), is(3));
    for (int hour = 0; hour < WEEK; hour++) {
      Instant at = forecast.end().plus(hour, ChronoUnit.HOURS);
      assertThat(at.toString(), forecast.at(at), closeTo(1000 * season(at), 1e-6));
    }
    assertThat(forecast.error(), closeTo(0, 1e-9));
    assertThat(forecast.headroom(0.95), closeTo(1, 1e-9));
  }

  @Test
  void theLevelIsThatOfTheLastWeekAndHeadroomCoversTheGrowth() {
    // Each week has half as many again as the one before.
    SeasonalForecast forecast =
        SeasonalForecast.of(hours(4 * WEEK, at -> 1000 * season(at) * Math.pow(1.5, week(at))));

    Instant noon = Instant.parse("2026-02-03T12:00:00Z");
    assertThat(forecast.at(noon), closeTo(1000 * 1.5 * 1.5 * 1.5, 1e-6));
    assertThat(forecast.headroom(0.95), closeTo(1.5, 1e-9));
    assertThat(forecast.error(), closeTo(0.5, 1e-9));
  }

  @Test
  void headroomIsTheQuantileOfWhatNoiseAdded() {
    SplittableRandom random = new SplittableRandom(7);
    // One hour in ten has twice as many events.
    SeasonalForecast forecast =
        SeasonalForecast.of(
            hours(20 * WEEK, at -> 1000 * season(at) * (random.nextInt(10) == 0 ? 2 : 1)));

    assertThat("a ninth of ten hours is calm", forecast.headroom(0.8), closeTo(1, 0.15));
    assertThat("the tenth is not", forecast.headroom(0.95), closeTo(2 / 1.1, 0.25));
  }

  @Test
  void aMissingHourLowersNoLevel() {
    NavigableMap<Instant, Double> counts = counts(2 * WEEK, at -> 1000 * season(at));
    counts.remove(Instant.parse("2026-01-14T20:00:00Z"));

    SeasonalForecast forecast = SeasonalForecast.of(HourlyCounts.of(counts));

    Instant evening = Instant.parse("2026-01-21T20:00:00Z");
    assertThat(forecast.at(evening), closeTo(3000, 120));
  }

  @Test
  void aHistoryOfADayHasNoWeekdays() {
    SeasonalForecast forecast = SeasonalForecast.of(hours(24, at -> 1000 * season(at)));

    assertThat(forecast.weeks(), is(0));
    assertThat(forecast.at(Instant.parse("2026-01-11T20:00:00Z")), closeTo(3000, 1e-6));
  }

  @Test
  void aScheduleHasAStepForEachChangeOfParallelism() {
    SeasonalForecast forecast = SeasonalForecast.of(hours(2 * WEEK, at -> 3_600_000 * season(at)));

    ScalingSchedule schedule =
        ScalingSchedule.of(forecast, 1.5, rate -> (long) Math.ceil(rate / 1_000 - 1e-6));

    // Six days at 1.5 × 1,000 and 4.5 × in the evenings; Sunday 0.75 × and 2.25 ×.
    assertThat(schedule.steps(), hasSize(14));
    assertThat(
        schedule.steps().subList(0, 2).stream().map(s -> s.from() + " " + s.parallelism()).toList(),
        is(List.of("2026-01-19T00:00:00Z 2", "2026-01-19T18:00:00Z 5")));
    assertThat(schedule.peak(), closeTo(4_500, 1e-6));
    assertThat(schedule.coreHours(), is(6 * (18 * 2 + 6 * 5) + 18 * 1 + 6 * 3.0));
    assertThat(schedule.coreHoursAtPeak(), is(168 * 5.0));
  }

  @Test
  void countsOfMinutesAreAddedUpToWholeHours(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("counts.csv");
    StringBuilder lines = new StringBuilder("time,count\n");
    for (int quarter = 0; quarter < 11; quarter++) {
      lines.append(START.plus(15L * quarter, ChronoUnit.MINUTES)).append(",10\n");
    }
    Files.writeString(file, lines.toString());

    // The third hour lacks its last quarter.
    assertThat(
        HourlyCounts.read("--counts", file.toString()).events().entrySet().stream()
            .map(Object::toString)
            .toList(),
        contains("2026-01-05T00:00:00Z=40.0", "2026-01-05T01:00:00Z=40.0"));
  }

  @Test
  void aLineThatIsNoCountIsRefusedByItsNumber(@TempDir Path folder) throws IOException {
    assertRefused(folder, "time,count\n2026-01-05T00:00:00Z,1\nyesterday,2\n", "line 3 is no");
    assertRefused(folder, "2026-01-05T00:00:00Z,-1\n", "line 1 is no");
    assertRefused(folder, "2026-01-05T00:00:00Z\n", "line 1 is no");
    assertRefused(folder, "2026-01-05T00:00:00Z,1\n2026-01-05T00:00:00Z,1\n", "line 2 is no");
    assertRefused(folder, "time,count\n", "holds no complete hour");
  }

  private static void assertRefused(Path folder, String text, String why) throws IOException {
    Path file = folder.resolve("bad.csv");
    Files.writeString(file, text);

    BadOption refused =
        assertThrows(BadOption.class, () -> HourlyCounts.read("--counts", file.toString()));

    assertThat(refused.getMessage(), containsString("--counts=" + file + ": " + why));
  }

  private static HourlyCounts hours(int hours, ToDoubleFunction<Instant> count) {
    return HourlyCounts.of(counts(hours, count));
  }

  private static NavigableMap<Instant, Double> counts(int hours, ToDoubleFunction<Instant> count) {
    NavigableMap<Instant, Double> counts = new TreeMap<>();
    for (int hour = 0; hour < hours; hour++) {
      Instant at = START.plus(hour, ChronoUnit.HOURS);
      counts.put(at, count.applyAsDouble(at));
    }
    return counts;
  }
}
