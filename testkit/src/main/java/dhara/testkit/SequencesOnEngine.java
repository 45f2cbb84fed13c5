package dhara.testkit;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.join.IntervalJoin;
import dhara.transforms.order.Fold;
import dhara.transforms.order.InOrder;
import dhara.transforms.order.pattern.MatchPattern;
import dhara.transforms.order.pattern.Pattern;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.TimestampedValue;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Folds, patterns and joins give on an engine what they give on the direct runner, whose tests hold
 * their semantics. A runner's module extends it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class SequencesOnEngine {

  /** An event of a courier. */
  public record Ping(String id, Instant at, String courier) implements Event {}

  /** What is remembered of a courier. */
  public record Trail(String ids, Instant last) {}

  /** What is told: of which event, and what. */
  public record Told(String of, String what) {}

  /** The key of a pattern. */
  public record Courier(String courier) {}

  /** Tells each event with all before it, and a silence of half a minute. */
  protected record Follow() implements Fold<Ping, Trail, Told> {

    @Override
    public Trail initial() {
      return new Trail("", Instant.EPOCH);
    }

    @Override
    public Trail apply(Trail trail, Ping ping, Consumer<Told> out) {
      Trail longer = new Trail(trail.ids + ping.id, ping.at);
      out.accept(new Told(ping.id, longer.ids));
      return longer;
    }

    @Override
    public @Nullable Instant wakeAt(Trail trail) {
      return trail.last.plusSeconds(30);
    }

    @Override
    public @Nullable Trail wake(Trail trail, Instant at, Consumer<Told> out) {
      out.accept(new Told("at " + at, trail.ids + " is silent"));
      return null;
    }

    @Override
    public Duration keep() {
      return Duration.ofSeconds(30);
    }
  }

  /** Follows each courier; events come up to ten seconds late. */
  protected static final InOrder<Ping, String, Trail, Told> FOLD =
      InOrder.perKey(Ping::courier)
          .fold(new Follow(), Trail.class, Told.class)
          .withLateness(Duration.ofSeconds(10));

  /** Events of one courier, not in order. */
  protected static final List<Ping> PINGS =
      List.of(
          ping("c", "10:00:20", "k"),
          ping("a", "10:00:05", "k"),
          ping("b", "10:00:05", "k"),
          ping("d", "10:02:00", "k"));

  private static final Queue<Object> TOLD = new ConcurrentLinkedQueue<>();

  /** A pipeline of the engine. */
  protected abstract Pipeline pipeline(boolean streaming);

  /** Whether the engine runs streams. */
  protected abstract boolean streams();

  Stream<Boolean> modes() {
    return streams() ? Stream.of(false, true) : Stream.of(false);
  }

  @BeforeEach
  void forget() {
    TOLD.clear();
  }

  @ParameterizedTest(name = "stream: {0}")
  @MethodSource("modes")
  void eventsAreAppliedInTheOrderOfTheirTimesAndIds(boolean streaming) {
    Pipeline pipeline = pipeline(streaming);
    told(events(pipeline, "Pings", streaming, PINGS.toArray(Ping[]::new)).apply("Fold", FOLD));
    pipeline.run().waitUntilFinish();

    assertTold(
        new Told("a", "a"),
        new Told("b", "ab"),
        new Told("c", "abc"),
        new Told("at 2026-03-01T10:00:50Z", "abc is silent"),
        new Told("d", "d"),
        new Told("at 2026-03-01T10:02:30Z", "d is silent"));
  }

  @ParameterizedTest(name = "stream: {0}")
  @MethodSource("modes")
  void aPatternIsFoundInTheOrderOfTimes(boolean streaming) {
    Pipeline pipeline = pipeline(streaming);
    Pattern<Ping> startThenEnd =
        Pattern.<Ping>begin("start")
            .where(ping -> ping.id().startsWith("s"))
            .followedBy("end")
            .where(ping -> ping.id().startsWith("e"))
            .within(Duration.ofMinutes(10));
    told(
        events(
                pipeline,
                "Pings",
                streaming,
                ping("e1", "10:05:00", "k"),
                ping("s1", "10:00:00", "k"),
                ping("e2", "10:06:00", "other"),
                ping("s2", "10:20:00", "k"),
                ping("e3", "10:31:00", "k"))
            .apply(
                "Match",
                MatchPattern.of(startThenEnd)
                    .perKey(Courier.class, ping -> new Courier(ping.courier()))
                    .into(
                        Told.class,
                        match ->
                            new Told(
                                match.first("start").orElseThrow().id(),
                                match.first("end").orElseThrow().id()))
                    .withLateness(Duration.ofHours(1)))); // the source's order is its own
    pipeline.run().waitUntilFinish();

    assertTold(new Told("s1", "e1"));
  }

  @ParameterizedTest(name = "stream: {0}")
  @MethodSource("modes")
  void eventsAreJoinedWithTheNearestOfTheOtherSide(boolean streaming) {
    Pipeline pipeline = pipeline(streaming);
    PCollection<Ping> views =
        events(
            pipeline,
            "Views",
            streaming,
            ping("v2", "10:05:00", "asha"),
            ping("v1", "10:00:00", "asha"),
            ping("v3", "10:20:00", "ravi"));
    told(
        events(
                pipeline,
                "Clicks",
                streaming,
                ping("c3", "10:30:00", "ravi"),
                ping("c2", "10:04:00", "asha"),
                ping("c4", "10:04:00", "mira"),
                ping("c1", "10:01:00", "asha"))
            .apply(
                "Join",
                IntervalJoin.of(views)
                    .within(Duration.ofMinutes(10), Duration.ofMinutes(5))
                    .perKey(Ping::courier, Ping::courier)
                    .nearest()
                    .withLateness(Duration.ofHours(1)) // the order of both sources is not one
                    .left(
                        Told.class,
                        (Ping click, Optional<Ping> view) ->
                            new Told(click.id(), view.map(Ping::id).orElse("-")))));
    pipeline.run().waitUntilFinish();

    assertTold(
        new Told("c1", "v1"), new Told("c2", "v2"), new Told("c3", "v3"), new Told("c4", "-"));
  }

  /** What was told is this, in any order. */
  protected static void assertTold(Object... expected) {
    assertThat(TOLD, containsInAnyOrder(expected));
  }

  /** Keeps what is told. */
  protected static <T> void told(PCollection<T> told) {
    told.apply("Keep", ParDo.of(new KeepFn<>()));
  }

  private static PCollection<Ping> events(
      Pipeline pipeline, String step, boolean streaming, Ping... pings) {
    PTransform<PBegin, PCollection<Ping>> source =
        Create.timestamped(Arrays.stream(pings).map(SequencesOnEngine::stamped).toList())
            .withCoder(RecordCoder.of(Ping.class));
    return pipeline
        .apply(step, source)
        .setIsBoundedInternal(streaming ? IsBounded.UNBOUNDED : IsBounded.BOUNDED);
  }

  private static Ping ping(String id, String at, String courier) {
    return new Ping(id, Instant.parse("2026-03-01T" + at + "Z"), courier);
  }

  /** An event with its time. */
  protected static TimestampedValue<Ping> stamped(Ping ping) {
    return TimestampedValue.of(ping, org.joda.time.Instant.ofEpochMilli(ping.at().toEpochMilli()));
  }

  private static final class KeepFn<T> extends DoFn<T, Void> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element T told) {
      TOLD.add(told);
    }
  }
}
