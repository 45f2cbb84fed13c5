package dhara.tools.replay;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;

import dhara.events.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

/** Events that are moved in time. */
class TimeShiftTest {

  private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");

  /** Times in every place where an event can have them. */
  private record Parcel(
      String id,
      Instant at,
      @Nullable Instant promisedAt,
      Optional<Instant> paidAt,
      List<Stop> stops,
      Stop last,
      long grams)
      implements Event {}

  private record Stop(String place, Instant at) {}

  @Test
  void everyTimeInAnEventMovesByTheSame() {
    assertThat(
        TimeShift.by(Duration.ofHours(1)).of(parcel(NOON, NOON.plusSeconds(60))),
        is(parcel(NOON.plusSeconds(3_600), NOON.plusSeconds(3_660))));
  }

  @Test
  void aTimeThatIsMissingStaysMissing() {
    assertThat(
        TimeShift.by(Duration.ofDays(-1)).of(parcel(NOON, null)),
        is(parcel(NOON.minus(Duration.ofDays(1)), null)));
  }

  @Test
  void withoutAShiftAnEventStaysItself() {
    Parcel parcel = parcel(NOON, null);
    assertThat(TimeShift.NONE.of(parcel), is(sameInstance(parcel)));
  }

  private static Parcel parcel(Instant at, @Nullable Instant promised) {
    Stop stop = new Stop("Pune", at.plusSeconds(5));
    return new Parcel(
        "P1", at, promised, Optional.ofNullable(promised), List.of(stop, stop), stop, 250);
  }
}
