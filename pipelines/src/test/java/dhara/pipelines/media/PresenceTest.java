package dhara.pipelines.media;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import dhara.pipelines.media.Playback.Kind;
import dhara.pipelines.media.Viewership.Watched;
import dhara.transforms.windows.CalendarUnit;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** When a viewer comes and goes, and what is counted of that. */
class PresenceTest {

  private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");
  private static final Presence PRESENCE = new Presence(Duration.ofSeconds(30));

  private static Playback event(long second, Kind kind) {
    return new Playback(
        "%09d".formatted(second),
        NOON.plusSeconds(second),
        "ana",
        "film",
        null,
        kind,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private static List<String> changes(Playback... events) {
    return changes(List.of(events));
  }

  private static List<String> changes(List<Playback> events) {
    return PRESENCE.over(events).stream()
        .map(change -> Duration.between(NOON, change.at()).toSeconds() + " " + change.by())
        .toList();
  }

  @Test
  void aViewerIsThereUntilTheEnd() {
    assertThat(
        changes(event(0, Kind.START), event(20, Kind.HEARTBEAT), event(31, Kind.COMPLETE)),
        contains("0 1", "31 -1"));
  }

  @Test
  void aViewerIsThereUntilAWhileAfterTheirLastEventAndComesBackWithTheNext() {
    assertThat(
        changes(
            event(0, Kind.START),
            event(29, Kind.PAUSE),
            // Exactly as long after the pause: they are gone and back at the same moment.
            event(59, Kind.HEARTBEAT),
            event(100, Kind.HEARTBEAT)),
        contains("0 1", "59 -1", "59 1", "89 -1", "100 1", "130 -1"));
  }

  @Test
  void anErrorEndsAndAnEndOfNothingIsNothing() {
    assertThat(
        changes(event(0, Kind.COMPLETE), event(1, Kind.START), event(2, Kind.ERROR)),
        contains("1 1", "2 -1"));
  }

  @Test
  void aViewerWhoStaysForDaysIsToldOfOnceADay() {
    List<Playback> days =
        LongStream.rangeClosed(0, 2 * 86_400 / 20)
            .mapToObj(i -> event(20 * i, Kind.HEARTBEAT))
            .toList();

    assertThat(changes(days), contains("0 1", "86400 0", "172800 0", "172830 -1"));
    Attendance attendance =
        new Attendance(
            Windows.tumbling(Duration.ofHours(1)),
            Windows.calendar(CalendarUnit.DAY, ZoneOffset.UTC),
            PRESENCE.timeout());
    List<Attendance.Level> levels = attendance.over(PRESENCE.over(days));
    assertThat(levels.size(), is(49));
    assertThat(
        levels.stream().filter(level -> level.audience().concurrent() == 1).count(), is(48L));
    assertThat(
        levels.stream().map(level -> level.audience().peakAt()).distinct().toList(),
        contains(
            NOON, Instant.parse("2026-01-06T00:00:00Z"), Instant.parse("2026-01-07T00:00:00Z")));
  }

  @Test
  void whereAndOnWhatIsUnknownIfNotTold() {
    assertThat(Watched.of(event(0, Kind.START)), is(new Watched("film", "unknown", "unknown")));
  }
}
