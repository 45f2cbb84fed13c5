package dhara.transforms.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.junit.jupiter.api.Test;

class WindowsTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** All kinds of windows, created again with each call. */
  private static List<Windows> all() {
    return List.of(
        Windows.tumbling(MINUTE),
        Windows.tumbling(MINUTE).withLateness(MINUTE),
        Windows.tumbling(MINUTE).withEarlyAnswersEvery(MINUTE),
        Windows.tumbling(MINUTE.multipliedBy(2)),
        Windows.sliding(MINUTE.multipliedBy(2), MINUTE),
        Windows.sessions(MINUTE),
        Windows.calendar(CalendarUnit.DAY, ZoneId.of("Asia/Kolkata")),
        Windows.calendar(CalendarUnit.DAY, ZoneId.of("Europe/Berlin")),
        Windows.calendar(CalendarUnit.WEEK, ZoneId.of("Asia/Kolkata")),
        Windows.ever());
  }

  @Test
  void windowsAreEqualIfTheyAreOfOneShapeAndAnswerAtTheSameTimes() {
    List<Windows> windows = all();
    assertThat(all(), is(windows));
    assertThat(new HashSet<>(windows), hasSize(windows.size()));
    Set<Windows> both = new HashSet<>(windows);
    both.addAll(all());
    assertThat(both, is(Set.copyOf(windows)));
    assertThat(
        Windows.sliding(MINUTE, MINUTE).withLateness(MINUTE),
        is(Windows.tumbling(MINUTE).withLateness(MINUTE)));
    assertThat(windows.get(0), is(not((Object) MINUTE)));
  }

  @Test
  void windowsStayEqualOnTheirWayToAWorker() {
    for (Windows windows : all()) {
      assertThat(SerializableUtils.clone(windows), is(windows));
      assertThat(
          SerializableUtils.clone(strategy(windows)).getWindowFn(),
          is(strategy(windows).getWindowFn()));
    }
  }

  private static WindowingStrategy<?, ?> strategy(Windows windows) {
    return WindowingStrategy.of(windows.<Long>into().getWindowFn());
  }

  @Test
  void windowsSayWhatTheyAre() {
    assertThat(
        List.of(
            Windows.tumbling(MINUTE).withLateness(MINUTE).toString(),
            Windows.sessions(MINUTE).toString(),
            Windows.calendar(CalendarUnit.MONTH, ZoneId.of("Asia/Kolkata")).toString(),
            Windows.ever().withEarlyAnswersEvery(MINUTE).toString()),
        contains(
            "PT1M every PT1M, lateness PT1M",
            "sessions PT1M, lateness PT0S",
            "months of Asia/Kolkata, lateness PT0S",
            "ever, lateness PT0S, early PT1M"));
  }

  @Test
  void anEventMattersUntilTheLastOfItsWindowsHasClosed() {
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    ZoneId kolkata = ZoneId.of("Asia/Kolkata");
    assertThat(
        Windows.sliding(MINUTE.multipliedBy(3), MINUTE).withLateness(MINUTE).horizon(),
        is(Duration.ofMinutes(4)));
    assertThat(
        Windows.calendar(CalendarUnit.DAY, berlin).withLateness(MINUTE).horizon(),
        is(Duration.ofHours(25).plus(MINUTE)));
    assertThat(
        Windows.calendar(CalendarUnit.MONTH, kolkata).horizon(),
        is(Duration.ofDays(31).plusHours(1)));
    assertThat(Windows.ever().withLateness(MINUTE).horizon(), is(MINUTE.plusMillis(1)));
  }

  @Test
  void aRangeNeedsWhatItsAnswersDependOn() {
    Windows minutes = Windows.tumbling(MINUTE);
    Windows sessions = Windows.sessions(MINUTE);

    assertThat(reach(minutes), is(List.of(Duration.ZERO, Duration.ZERO)));
    assertThat(reach(sessions), is(List.of(MINUTE, MINUTE)));
    assertThat(reach(minutes.withMargin(MINUTE)), is(List.of(MINUTE, MINUTE)));
    assertThat(
        reach(sessions.withHistory(Duration.ofHours(1)).withLateness(MINUTE)),
        is(List.of(Duration.ofHours(1), MINUTE)));
    assertThat(
        reach(minutes.withAllHistory()),
        is(List.of(ChronoUnit.FOREVER.getDuration(), Duration.ZERO)));
  }

  private static List<Duration> reach(Windows windows) {
    return List.of(windows.history(), windows.margin());
  }

  @Test
  void whatIsNoWindowIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Windows.tumbling(Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> Windows.sessions(Duration.ofNanos(1)));
    assertThrows(
        IllegalArgumentException.class, () -> Windows.sliding(MINUTE, MINUTE.plusMillis(1)));
    assertThrows(
        IllegalArgumentException.class, () -> Windows.ever().withEarlyAnswersEvery(Duration.ZERO));
  }
}
