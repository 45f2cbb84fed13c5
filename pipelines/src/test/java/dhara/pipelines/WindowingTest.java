package dhara.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.options.BadOption;
import dhara.options.RunningOptions;
import dhara.options.RunningOptions.Since;
import dhara.options.WindowOptions;
import dhara.transforms.windows.CalendarUnit;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.ZoneId;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowingTest {

  private static RunningOptions options() {
    return PipelineOptionsFactory.as(RunningOptions.class);
  }

  @Test
  void runningTotalsAreOfTheDayInUtcAndUpdatedEveryTenSecondsUnlessToldOtherwise() {
    assertThat(
        Windowing.running(options()),
        is(
            Windows.calendar(CalendarUnit.DAY, ZoneId.of("UTC"))
                .withLateness(Duration.ofMinutes(10))
                .withEarlyAnswersEvery(Duration.ofSeconds(10))));
  }

  @ParameterizedTest
  @CsvSource({"day, DAY", "week, WEEK", "month, MONTH"})
  void runningTotalsStartAnewAsToldInTheZoneThatIsTold(Since since, CalendarUnit unit) {
    RunningOptions options = options();
    options.setSince(since);
    options.setTimeZone("Asia/Kolkata");
    options.setLateness(Duration.ofHours(1));
    options.setEarly(Duration.ofSeconds(1));

    assertThat(
        Windowing.running(options),
        is(
            Windows.calendar(unit, ZoneId.of("Asia/Kolkata"))
                .withLateness(Duration.ofHours(1))
                .withEarlyAnswersEvery(Duration.ofSeconds(1))));
  }

  @Test
  void totalsSinceEverKnowNoZone() {
    RunningOptions options = options();
    options.setSince(Since.ever);

    assertThat(
        Windowing.running(options),
        is(
            Windows.ever()
                .withLateness(Duration.ofMinutes(10))
                .withEarlyAnswersEvery(Duration.ofSeconds(10))));
  }

  @Test
  void daysOfAZoneAnswerAtTheirEndUnlessAskedForMore() {
    RunningOptions options = options();
    options.setTimeZone("Europe/Berlin");

    assertThat(
        Windowing.calendar(CalendarUnit.DAY, options, options),
        is(
            Windows.calendar(CalendarUnit.DAY, ZoneId.of("Europe/Berlin"))
                .withLateness(Duration.ofMinutes(10))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "asia/kolkatta | --timeZone=asia/kolkatta: is no time zone, e.g. --timeZone=Asia/Kolkata."
            + " Did you mean Asia/Kolkata or Asia/Calcutta or Asia/Jakarta?",
        "half past nine | --timeZone=half past nine: is no time zone, e.g. --timeZone=Asia/Kolkata.",
      })
  void whatIsNoTimeZoneIsRefusedWithWhatWasMeant(String zone, String said) {
    RunningOptions options = options();
    options.setTimeZone(zone);

    BadOption refused = assertThrows(BadOption.class, () -> Windowing.running(options));

    assertThat(refused.getMessage(), is(said));
  }

  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
  private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);

  private static WindowOptions windowOptions() {
    return PipelineOptionsFactory.as(WindowOptions.class);
  }

  private static Windows slidingByDefault(WindowOptions options) {
    return Windowing.of(options, FIVE_MINUTES, HALF_A_MINUTE);
  }

  private static Windows late(Windows windows) {
    return windows.withLateness(Duration.ofMinutes(10));
  }

  @Test
  void anAnalysisMaySlideUnlessOptionsSayOtherwise() {
    WindowOptions unsaid = windowOptions();
    WindowOptions everyMinute = windowOptions();
    everyMinute.setEvery(Duration.ofMinutes(1));
    WindowOptions hours = windowOptions();
    hours.setWindow(Duration.ofHours(1));
    WindowOptions sessions = windowOptions();
    sessions.setGap(Duration.ofMinutes(3));

    assertThat(slidingByDefault(unsaid), is(late(Windows.sliding(FIVE_MINUTES, HALF_A_MINUTE))));
    assertThat(
        slidingByDefault(everyMinute),
        is(late(Windows.sliding(FIVE_MINUTES, Duration.ofMinutes(1)))));
    assertThat(slidingByDefault(hours), is(late(Windows.tumbling(Duration.ofHours(1)))));
    assertThat(slidingByDefault(sessions), is(late(Windows.sessions(Duration.ofMinutes(3)))));
  }

  @Test
  void windowsDoNotSlideFartherThanTheirDefaultWidth() {
    WindowOptions options = windowOptions();
    options.setEvery(Duration.ofMinutes(6));

    BadOption refused = assertThrows(BadOption.class, () -> slidingByDefault(options));

    assertThat(
        refused.getMessage(),
        is("--every=PT6M: is longer than --window=PT5M: events would be left out"));
  }
}
