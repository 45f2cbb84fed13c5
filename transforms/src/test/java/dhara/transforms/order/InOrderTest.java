package dhara.transforms.order;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Arrivals;
import dhara.transforms.order.Probe.Said;
import dhara.transforms.order.Probe.Seen;
import dhara.transforms.order.Probe.Tick;
import dhara.transforms.windows.Lateness;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

class InOrderTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  record About(String key, String of) {}

  private static InOrder<Tick, String, Seen, Said> fold() {
    return InOrder.perKey(Tick::key).fold(new Probe(MINUTE), Seen.class, Said.class);
  }

  private static InOrder.Answering<Tick, String, Seen, Said, About, Said> answers(
      InOrder<Tick, String, Seen, Said> fold) {
    return fold.answers(
        About.class,
        Said.class,
        (key, said) ->
            new Answer<>(new About(key, said.of()), said.at(), said.at().plusMillis(1), 0, said));
  }

  private static Arrivals<Tick> arrivals() {
    return Arrivals.of(RecordCoder.of(Tick.class));
  }

  private static Tick tick(String id, String at) {
    return new Tick(id, time(at), "k", 0, false);
  }

  private static Tick waking(String id, String at, Duration after) {
    return new Tick(id, time(at), "k", after.toMillis() * 1000, false);
  }

  private static Said said(String of, String at, String trail) {
    return new Said(of, time(at), trail);
  }

  private static void settles(
      PTransform<PCollection<Tick>, PCollection<Said>> fold,
      Arrivals<Tick> arrivals,
      Said... expected) {
    assertThat(arrivals.streamed(fold), containsInAnyOrder(expected));
    assertThat(arrivals.backfilled(fold), containsInAnyOrder(expected));
  }

  @Test
  void eventsAreAppliedInTheOrderOfTheirTimesAndIds() {
    settles(
        fold(),
        arrivals()
            .row("09:59:00", "10:00:02", tick("c", "10:00:02"))
            .row("09:59:30", "10:00:01", tick("b", "10:00:01"))
            .row("10:00:01", "10:00:01", tick("a", "10:00:01")),
        said("a", "10:00:01", " a"),
        said("b", "10:00:01", " a b"),
        said("c", "10:00:02", " a b c"));
  }

  @Test
  void keysDoNotMix() {
    settles(
        fold(),
        arrivals()
            .row("10:00:00", "10:00:02", tick("a", "10:00:02"))
            .row("10:00:00", "10:00:01", new Tick("b", time("10:00:01"), "other", 0, false)),
        said("a", "10:00:02", " a"),
        said("b", "10:00:01", " b"));
  }

  @Test
  void anEventWithinTheLatenessComesIntoItsPlace() {
    settles(
        fold().withLateness(MINUTE),
        arrivals()
            .row("10:00:00", "10:00:10", tick("b", "10:00:10"))
            .row("10:01:05", "10:00:05", tick("a", "10:00:05"))
            .row("10:03:00", "10:02:30", tick("d", "10:02:30"))
            .row("10:03:00", "10:02:00", tick("c", "10:02:00")),
        said("a", "10:00:05", " a"),
        said("b", "10:00:10", " a b"),
        said("c", "10:02:00", " c"),
        said("d", "10:02:30", " c d"));
  }

  @Test
  void anEventBeyondTheLatenessIsInNoOutput() {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", tick("b", "10:00:10"))
            .row("10:00:40", "10:00:05", tick("a", "10:00:05"))
            .row("10:00:40", "10:00:50", tick("c", "10:00:50"));
    assertThat(
        arrivals.streamed(fold()),
        containsInAnyOrder(said("b", "10:00:10", " b"), said("c", "10:00:50", " b c")));
  }

  @Test
  void theSourceSeparatesJustTheEventsThatWouldBeTooLate() {
    Lateness lateness = Lateness.of(fold().withLateness(MINUTE).windows());
    long at = time("10:00:00").toEpochMilli();

    assertThat(lateness.late(at, at + 60_000), is(false));
    assertThat(lateness.late(at, at + 60_001), is(true));
    // The watermark at which the event may still come: it must not be settled yet.
    settles(
        fold().withLateness(MINUTE),
        arrivals()
            .row("09:00:00", "10:00:00", tick("b", "10:00:00"))
            .row("10:01:00", "10:00:00", tick("a", "10:00:00")),
        said("a", "10:00:00", " a"),
        said("b", "10:00:00", " a b"));
  }

  @Test
  void silenceIsToldWhenTheWatermarkHasPassedIt() {
    settles(
        fold(),
        arrivals()
            .row("10:00:00", "10:00:10", waking("a", "10:00:10", Duration.ofSeconds(30)))
            .row("10:00:50", "10:00:55", tick("b", "10:00:55")),
        said("a", "10:00:10", " a"),
        said("@2026-03-01T10:00:40Z", "10:00:40", " a @2026-03-01T10:00:40Z"),
        said("b", "10:00:55", " a @2026-03-01T10:00:40Z b"));
  }

  @Test
  void aTimeoutThatEachEventPostponesIsToldOnce() {
    Duration timeout = Duration.ofSeconds(35);
    settles(
        fold(),
        arrivals()
            .row("10:00:00", "10:00:10", waking("a", "10:00:10", timeout))
            .row("10:00:20", "10:00:30", waking("b", "10:00:30", timeout))
            .row("10:00:40", "10:00:50", waking("c", "10:00:50", timeout))
            .row("10:01:55", "10:02:30", new Tick("d", time("10:02:30"), "other", 0, false)),
        said("a", "10:00:10", " a"),
        said("b", "10:00:30", " a b"),
        said("c", "10:00:50", " a b c"),
        said("@2026-03-01T10:01:25Z", "10:01:25", " a b c @2026-03-01T10:01:25Z"),
        said("d", "10:02:30", " d"));
  }

  @Test
  void aStateIsForgottenAfterItsKeepInStreamsAndBackfills() {
    settles(
        fold(),
        arrivals()
            .row("10:00:00", "10:00:10", tick("a", "10:00:10"))
            .row("10:01:00", "10:01:10", tick("b", "10:01:10"))
            .row("10:05:00", "10:05:00", tick("c", "10:05:00")),
        said("a", "10:00:10", " a"),
        said("b", "10:01:10", " a b"),
        said("c", "10:05:00", " c"));
  }

  @Test
  void anAnswerAtArrivalIsReplacedIfAnEarlierEventComes() {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", tick("b", "10:00:10"))
            .row("10:00:00", "10:00:20", tick("c", "10:00:20"))
            .row("10:00:30", "10:00:05", tick("a", "10:00:05"))
            .row("10:02:00", "10:01:10", tick("d", "10:01:10"));
    var fold = answers(fold().withLateness(MINUTE));

    assertThat(
        arrivals.streamed(fold.provisionally(true)),
        containsInAnyOrder(
            atArrival(0, said("b", "10:00:10", " b")),
            atArrival(0, said("c", "10:00:20", " b c")),
            atArrival(0, said("a", "10:00:05", " a")),
            atArrival(1, said("b", "10:00:10", " a b")),
            atArrival(1, said("c", "10:00:20", " a b c")),
            atArrival(0, said("d", "10:01:10", " a b c d"))));
    Answer<?, ?>[] settled = {
      answer(0, said("a", "10:00:05", " a")),
      answer(0, said("b", "10:00:10", " a b")),
      answer(0, said("c", "10:00:20", " a b c")),
      answer(0, said("d", "10:01:10", " a b c d"))
    };
    assertThat(arrivals.streamed(fold), containsInAnyOrder(settled));
    assertThat(arrivals.backfilled(fold.provisionally(true)), containsInAnyOrder(settled));
  }

  private static Answer<About, Said> answer(long revision, Said said) {
    return new Answer<>(
        new About("k", said.of()), said.at(), said.at().plusMillis(1), revision, said);
  }

  /** One of which it is not known that it is the first: the stream may have failed before. */
  private static Answer<About, Said> atArrival(long revision, Said said) {
    return new Answer<>(
        new About("k", said.of()), said.at(), said.at().plusMillis(1), revision, false, said);
  }

  @Test
  void aStreamAndABackfillSettleOnWhatTheOracleSays() {
    Random random = new Random(15);
    var arrivals = arrivals();
    List<Tick> ticks = new ArrayList<>();
    Instant watermark = time("10:00:00");
    for (int i = 0; i < 80; i++) {
      watermark = watermark.plusMillis(random.nextInt(8) == 0 ? random.nextInt(20_000) : 0);
      Instant at = watermark.plusMillis(random.nextInt(60_000) - 20_000);
      Tick tick =
          new Tick(
              "t" + i,
              at,
              "key" + random.nextInt(6),
              1_000L * random.nextInt(50_000),
              random.nextInt(20) == 0);
      ticks.add(tick);
      arrivals.row(watermark.toString(), at.toString(), tick);
    }
    Map<String, List<Tick>> byKey = new TreeMap<>();
    ticks.forEach(t -> byKey.computeIfAbsent(t.key(), key -> new ArrayList<>()).add(t));
    List<Said> expected = new ArrayList<>();
    byKey.values().forEach(of -> expected.addAll(NaiveProbe.of(of, MINUTE)));

    settles(
        fold().withLateness(Duration.ofSeconds(20)).withBackfillShards(3),
        arrivals,
        expected.toArray(Said[]::new));
  }

  @Test
  void whatIsInWindowsAlreadyIsRefused() {
    PCollection<Tick> ticks =
        Pipeline.create()
            .apply(Create.empty(RecordCoder.of(Tick.class)))
            .apply(Window.into(FixedWindows.of(org.joda.time.Duration.standardMinutes(1))));

    Exception refused = assertThrows(IllegalArgumentException.class, () -> ticks.apply(fold()));
    assertThat(refused.getMessage(), containsString("InOrder takes elements of the global window"));
  }

  @Test
  void impossibleSettingsAreRefused() {
    for (Runnable wrong :
        List.<Runnable>of(
            () -> fold().withLateness(Duration.ofSeconds(-1)),
            () -> fold().settlingEvery(Duration.ZERO),
            () -> fold().withBackfillShards(0))) {
      assertThrows(IllegalArgumentException.class, wrong::run);
    }
  }
}
