package dhara.transforms.windows;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Comparator;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatenessTest {

  private static final Windows MINUTES =
      Windows.tumbling(Duration.ofMinutes(1)).withLateness(Duration.ofMinutes(5));
  private static final Windows SLIDING =
      Windows.sliding(Duration.ofMinutes(3), Duration.ofMinutes(1))
          .withLateness(Duration.ofMinutes(5));
  private static final Windows SESSIONS =
      Windows.sessions(Duration.ofMinutes(2)).withLateness(Duration.ofMinutes(5));

  @ParameterizedTest(name = "{0} as the watermark is at {1}")
  @CsvSource({
    // at,      watermark,    minutes, sliding, sessions
    "10:00:30, 10:00:30,      false,   false,   false",
    "10:00:30, 10:05:59.999,  false,   false,   false",
    "10:00:30, 10:06:00,      true,    true,    false",
    "10:00:59, 10:06:00,      true,    true,    false",
    "10:01:00, 10:06:00,      false,   false,   false",
    "10:00:30, 10:07:29.999,  true,    true,    false",
    "10:00:30, 10:07:30,      true,    true,    true",
  })
  void anEventIsLateOnceTheFirstOfItsWindowsHasClosed(
      String at, String watermark, boolean minutes, boolean sliding, boolean sessions) {
    assertThat(late(MINUTES, at, watermark), is(minutes));
    assertThat(late(SLIDING, at, watermark), is(sliding));
    assertThat(late(SESSIONS, at, watermark), is(sessions));
  }

  @Test
  void nothingIsLateBeforeThereIsAWatermark() {
    assertThat(
        Lateness.of(MINUTES).late(time("10:00:00").toEpochMilli(), Long.MIN_VALUE), is(false));
  }

  @Test
  void ofSeveralWindowsTheFirstToCloseDecidesAndIsTheOneMissed() {
    Windows quarters = Windows.tumbling(Duration.ofMinutes(15)).withLateness(Duration.ofMinutes(5));
    Lateness both = Lateness.of(quarters, MINUTES);
    long at = time("10:07:10").toEpochMilli();

    assertThat(both.late(at, time("10:12:59").toEpochMilli()), is(false));
    assertThat(both.late(at, time("10:13:00").toEpochMilli()), is(true));
    assertThat(both.missed(at), is(window("10:07:00", "10:08:00")));

    Lateness patient = Lateness.of(MINUTES.withLateness(Duration.ofHours(1)), quarters);
    assertThat(patient.late(at, time("10:19:59").toEpochMilli()), is(false));
    assertThat(patient.late(at, time("10:20:00").toEpochMilli()), is(true));
    assertThat(patient.missed(at), is(window("10:00:00", "10:15:00")));
  }

  @Test
  void aWindowThatNeverEndsLeavesTheDecisionToTheOthers() {
    Windows ever = Windows.ever().withLateness(Duration.ofMinutes(5));
    long at = time("10:07:10").toEpochMilli();

    assertThat(Lateness.of(MINUTES, ever).late(at, time("10:12:59").toEpochMilli()), is(false));
    assertThat(Lateness.of(MINUTES, ever).late(at, time("10:13:00").toEpochMilli()), is(true));
    assertThat(Lateness.of(ever).late(at, time("10:12:10").toEpochMilli()), is(false));
    assertThat(Lateness.of(ever).late(at, time("10:12:10.001").toEpochMilli()), is(true));
    assertThat(Lateness.of(ever).missed(at).start().getMillis(), is(0L));
    assertThat(Lateness.of(ever).lateMillis(at, time("10:12:10.001").toEpochMilli()), is(300_000L));
    assertThat(
        Lateness.of(MINUTES, ever).lateMillis(at, time("10:13:00").toEpochMilli()), is(300_000L));
  }

  @Test
  void anEventCanComeUntilTheFirstOfItsWindowsHasClosed() {
    Windows days = Windows.calendar(CalendarUnit.DAY, ZoneId.of("Asia/Kolkata"));
    assertThat(Lateness.of(MINUTES, days, Windows.ever()).horizon(), is(Duration.ofMinutes(6)));
    assertThat(Lateness.of(SLIDING).horizon(), is(Duration.ofMinutes(6)));
    assertThat(Lateness.of(SESSIONS, SLIDING).horizon(), is(Duration.ofMinutes(6)));
    assertThat(Lateness.of(Windows.ever()).horizon(), is(Duration.ofMillis(1)));
    SplittableRandom random = new SplittableRandom(3);
    for (Windows windows : new Windows[] {MINUTES, SLIDING, SESSIONS, everySevenSeconds(), days}) {
      Lateness lateness = Lateness.of(windows);
      for (int i = 0; i < 2_000; i++) {
        long at = random.nextLong(2_000_000_000_000L);
        assertThat(lateness.late(at, at + lateness.horizon().toMillis()), is(true));
      }
    }
  }

  @Test
  void theFirstWindowIsTheOneOfBeamsThatEndsFirst() throws Exception {
    SplittableRandom random = new SplittableRandom(11);
    for (Windows windows : new Windows[] {MINUTES, SLIDING, SESSIONS, everySevenSeconds()}) {
      for (int i = 0; i < 2_000; i++) {
        long at = random.nextLong(2_000_000_000_000L);
        assertThat("at " + at, windows.first(at), is(firstOf(windows, at)));
      }
    }
  }

  @Test
  void atLeastOneWindowDecides() {
    assertThrows(IllegalArgumentException.class, Lateness::of);
  }

  private static Windows everySevenSeconds() {
    return Windows.sliding(Duration.ofSeconds(60), Duration.ofSeconds(7));
  }

  private static IntervalWindow firstOf(Windows windows, long at) throws Exception {
    @SuppressWarnings("unchecked") // windows are for elements of every type
    WindowFn<Object, ?> fn = (WindowFn<Object, ?>) windows.<Long>into().getWindowFn();
    return assigned(fn, at).stream()
        .map(IntervalWindow.class::cast)
        .min(Comparator.comparing(IntervalWindow::end))
        .orElseThrow();
  }

  private static <W extends BoundedWindow> Collection<W> assigned(WindowFn<Object, W> fn, long at)
      throws Exception {
    return fn.assignWindows(
        fn.new AssignContext() {
          @Override
          public Object element() {
            return VarLongCoder.of();
          }

          @Override
          public org.joda.time.Instant timestamp() {
            return org.joda.time.Instant.ofEpochMilli(at);
          }

          @Override
          public BoundedWindow window() {
            return GlobalWindow.INSTANCE;
          }
        });
  }

  private static boolean late(Windows windows, String at, String watermark) {
    return Lateness.of(windows).late(time(at).toEpochMilli(), time(watermark).toEpochMilli());
  }

  private static IntervalWindow window(String start, String end) {
    return new IntervalWindow(joda(time(start)), joda(time(end)));
  }

  private static org.joda.time.Instant joda(Instant instant) {
    return org.joda.time.Instant.ofEpochMilli(instant.toEpochMilli());
  }
}
