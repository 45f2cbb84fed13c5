package dhara.transforms.order;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.transforms.order.Probe.Said;
import dhara.transforms.order.Probe.Seen;
import dhara.transforms.order.Probe.Tick;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

class FoldTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static Tick tick(String id, String at) {
    return new Tick(id, time(at), "k", 0, false);
  }

  private static Tick waking(String id, String at, Duration after) {
    return new Tick(id, time(at), "k", after.toMillis() * 1000, false);
  }

  private static List<String> said(Tick... ticks) {
    return new Probe(MINUTE).over(List.of(ticks)).stream().map(Said::trail).toList();
  }

  @Test
  void eventsOfOneTimeAreInTheOrderOfTheirIds() {
    assertThat(
        said(tick("b", "10:00:01"), tick("a", "10:00:01"), tick("c", "10:00:00")),
        contains(" c", " c a", " c a b"));
  }

  @Test
  void aWakeUpComesBeforeAnEventOfItsTime() {
    assertThat(
        said(waking("a", "10:00:00", Duration.ofSeconds(40)), tick("b", "10:00:40")),
        contains(" a", " a @2026-03-01T10:00:40Z", " a @2026-03-01T10:00:40Z b"));
  }

  @Test
  void anEventBeforeItReplacesAWakeUp() {
    assertThat(
        said(waking("a", "10:00:00", Duration.ofSeconds(40)), tick("b", "10:00:39.999999")),
        contains(" a", " a b"));
  }

  @Test
  void theLastEventIsFollowedByItsWakeUps() {
    assertThat(
        said(waking("a", "10:00:00", Duration.ofSeconds(25))),
        contains(
            " a", " a @2026-03-01T10:00:25Z", " a @2026-03-01T10:00:25Z @2026-03-01T10:00:50Z"));
  }

  @Test
  void aKeyThatWasSilentForLongerThanItsKeepStartsAnew() {
    assertThat(said(tick("a", "10:00:00"), tick("b", "10:01:00")), contains(" a", " a b"));
    assertThat(said(tick("a", "10:00:00"), tick("b", "10:01:00.000001")), contains(" a", " b"));
  }

  @Test
  void theRulesAreThoseOfTheOracle() {
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      List<Tick> ticks = new ArrayList<>();
      for (int i = random.nextInt(20); i > 0; i--) {
        ticks.add(
            new Tick(
                "t" + random.nextInt(1_000_000),
                time("10:00:00").plusNanos(1000L * random.nextInt(400)),
                "k",
                random.nextInt(51),
                random.nextInt(10) == 0));
      }
      Duration keep = Duration.ofNanos(50_000);
      assertThat("case " + seed, new Probe(keep).over(ticks), is(NaiveProbe.of(ticks, keep)));
    }
  }

  /** Asks to be woken at a fixed time. */
  private record Alarm(Instant wake) implements Fold<Tick, Seen, Said> {

    @Override
    public Seen initial() {
      return new Seen("", null, null);
    }

    @Override
    public Seen apply(Seen seen, Tick tick, Consumer<Said> out) {
      return new Seen(seen.trail(), tick.at(), wake);
    }

    @Override
    public @Nullable Instant wakeAt(Seen seen) {
      return seen.wake();
    }

    @Override
    public Duration keep() {
      return MINUTE;
    }
  }

  @Test
  void aWakeUpMustLieAheadAndWithinTheTimeForWhichTheStateIsKept() {
    for (String wake : List.of("10:00:00", "09:59:00", "10:01:00.001")) {
      Alarm alarm = new Alarm(time(wake));
      Exception refused =
          assertThrows(
              IllegalStateException.class, () -> alarm.over(List.of(tick("a", "10:00:00"))));
      assertThat(refused.getMessage(), containsString("asks to be woken at " + time(wake)));
    }
  }

  @Test
  void aFoldThatAsksToBeWokenMustSayWhatItDoesThen() {
    Alarm alarm = new Alarm(time("10:00:30"));
    Exception refused =
        assertThrows(IllegalStateException.class, () -> alarm.over(List.of(tick("a", "10:00:00"))));
    assertThat(refused.getMessage(), containsString("has no wake; implement it"));
  }

  @Test
  void aFoldThatKeepsNothingIsRefused() {
    Exception refused =
        assertThrows(
            IllegalArgumentException.class, () -> new Probe(Duration.ZERO).over(List.of()));
    assertThat(refused.getMessage(), containsString("longer than zero"));
  }

  /** Gives each event the time of another moment. */
  private record Backdated(Duration by) implements Fold<Tick, Seen, Said> {

    @Override
    public Seen initial() {
      return new Seen("", null, null);
    }

    @Override
    public Seen apply(Seen seen, Tick tick, Consumer<Said> out) {
      out.accept(new Said(tick.id(), tick.at(), ""));
      return seen;
    }

    @Override
    public Duration keep() {
      return MINUTE;
    }

    @Override
    public Instant timeOf(Said said, Instant at) {
      return at.minus(by);
    }

    @Override
    public Duration earlierBy() {
      return Duration.ofSeconds(30);
    }
  }

  @Test
  void anOutputMayBeEarlierThanItsEventByAsMuchAsTheFoldSays() {
    List<Tick> ticks = List.of(tick("a", "10:00:00"));
    assertThat(
        new Backdated(Duration.ofSeconds(30)).over(ticks).stream().map(Said::of).toList(),
        contains("a"));
    for (Duration by : List.of(Duration.ofSeconds(31), Duration.ofNanos(-1))) {
      Exception refused =
          assertThrows(IllegalStateException.class, () -> new Backdated(by).over(ticks));
      assertThat(refused.getMessage(), containsString("its earlierBy"));
    }
  }
}
