package dhara.transforms.join;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.Arrivals;
import dhara.transforms.order.Either;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both sides arrive in one table: as a stream and as a backfill. */
class IntervalJoinTest {

  private static final Duration TEN = Duration.ofMinutes(10);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  record Click(String id, Instant at, String user) implements Event {}

  record View(String id, Instant at, String user) implements Event {}

  record Pair(String click, String view) {}

  record User(String user) {}

  record Counts(long clicks) {}

  private static Either<View, Click> click(String id, String at) {
    return Either.ofSecond(new Click(id, time(at), "asha"));
  }

  private static Either<View, Click> view(String id, String at) {
    return Either.ofFirst(new View(id, time(at), "asha"));
  }

  /** A table in which the time of an element is that of its event. */
  private static final class Table {

    private final Arrivals<Either<View, Click>> arrivals =
        Arrivals.of(Either.coder(RecordCoder.of(View.class), RecordCoder.of(Click.class)));

    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    final Table row(String watermark, Either<View, Click>... events) {
      arrivals.bundle(time(watermark), List.of(events), Event::at);
      return this;
    }
  }

  /** Splits the arrivals into both sides, and joins them. */
  static <O> PTransform<PCollection<Either<View, Click>>, PCollection<O>> joined(
      Function<IntervalJoin<View>, PTransform<PCollection<Click>, PCollection<O>>> join) {
    return new PTransform<>() {
      private static final long serialVersionUID = 1L;

      @Override
      public PCollection<O> expand(PCollection<Either<View, Click>> both) {
        PCollection<View> views =
            side("Views", both, either -> either.first() != null, Either::first, View.class);
        PCollection<Click> clicks =
            side("Clicks", both, either -> either.second() != null, Either::second, Click.class);
        return clicks.apply("Join", join.apply(IntervalJoin.of(views)));
      }
    };
  }

  private static <T extends Record & Event> PCollection<T> side(
      String step,
      PCollection<Either<View, Click>> both,
      SerializableFunction<Either<View, Click>, Boolean> is,
      SerializableFunction<Either<View, Click>, T> of,
      Class<T> type) {
    return both.apply(step + "Only", Filter.by(is))
        .apply(step, MapElements.into(TypeDescriptor.of(type)).via(of))
        .setCoder(RecordCoder.of(type));
  }

  static IntervalJoin.Of<Click, View, String> within(
      IntervalJoin<View> join, Duration before, Duration after) {
    return join.within(before, after).perKey(Click::user, View::user);
  }

  static Pair pair(Click click, View view) {
    return new Pair(click.id(), view.id());
  }

  static Pair pair(Click click, Optional<View> view) {
    return new Pair(click.id(), view.map(View::id).orElse("-"));
  }

  private static <O> void settles(
      Table table,
      Function<IntervalJoin<View>, PTransform<PCollection<Click>, PCollection<O>>> join,
      List<O> expected) {
    assertThat(table.arrivals.streamed(joined(join)), containsInAnyOrder(expected.toArray()));
    assertThat(table.arrivals.backfilled(joined(join)), containsInAnyOrder(expected.toArray()));
  }

  private static Pair pair(String click, String view) {
    return new Pair(click, view);
  }

  @Test
  void aMatchIsFoundWhicheverSideComesFirst() {
    settles(
        new Table()
            .row("10:00:00", click("c1", "10:05:00"))
            .row("10:04:00", view("v1", "10:04:00"))
            .row("10:12:00", view("v2", "10:20:00"))
            .row("10:12:00", click("c2", "10:21:00")),
        join -> within(join, TEN, Duration.ZERO).inner(Pair.class, IntervalJoinTest::pair),
        List.of(pair("c1", "v1"), pair("c2", "v2")));
  }

  @Test
  void theEndsOfTheIntervalBelongToIt() {
    Table table =
        new Table()
            .row(
                "10:00:00",
                view("far", "10:09:59.999"),
                view("first", "10:10:00"),
                view("same", "10:20:00"),
                click("c", "10:20:00"),
                view("last", "10:21:00"),
                view("beyond", "10:21:00.001"));
    settles(
        table,
        join -> within(join, TEN, MINUTE).inner(Pair.class, IntervalJoinTest::pair),
        List.of(pair("c", "first"), pair("c", "same"), pair("c", "last")));
    settles(
        table,
        join -> within(join, TEN, MINUTE).nearest().inner(Pair.class, IntervalJoinTest::pair),
        List.of(pair("c", "same")));
  }

  @Test
  void keysDoNotMix() {
    settles(
        new Table()
            .row("10:00:00", Either.ofFirst(new View("v", time("10:00:00"), "ravi")))
            .row("10:00:00", click("c", "10:00:01")),
        join -> within(join, TEN, TEN).left(Pair.class, IntervalJoinTest::pair),
        List.of(pair("c", "-")));
  }

  @Test
  void nothingCameIsToldWhenTheIntervalHasPassedAndTheLatenessToo() {
    Table table =
        new Table()
            .row("10:00:00", click("c1", "10:00:00"))
            .row("10:00:00", click("c2", "10:00:30"))
            // Within the lateness: the interval of c1 has passed, but this is in that of c2.
            .row("10:02:05", view("v", "10:01:10"));
    settles(
        table,
        join ->
            within(join, Duration.ZERO, MINUTE)
                .withLateness(MINUTE)
                .left(Pair.class, IntervalJoinTest::pair),
        List.of(pair("c1", "-"), pair("c2", "v")));
    settles(
        table,
        join -> within(join, Duration.ZERO, MINUTE).withLateness(MINUTE).anti(),
        List.of(new Click("c1", time("10:00:00"), "asha")));
    settles(
        table,
        join -> within(join, Duration.ZERO, MINUTE).withLateness(MINUTE).semi(),
        List.of(new Click("c2", time("10:00:30"), "asha")));
  }

  @Test
  void aSemiJoinGivesAnEventOnce() {
    settles(
        new Table()
            .row("10:00:00", view("v1", "10:00:00"), view("v2", "10:00:01"))
            .row("10:00:00", click("c", "10:00:02"), view("v3", "10:00:03")),
        join -> within(join, MINUTE, MINUTE).semi(),
        List.of(new Click("c", time("10:00:02"), "asha")));
  }

  @Test
  void theLastTouchIsTheLatestThatIsNotAfterIt() {
    Table table =
        new Table()
            .row("10:00:00", view("v2", "10:02:00"))
            .row("10:00:00", click("c1", "10:02:00"), click("c2", "10:03:00"))
            .row("10:00:00", view("v1", "10:01:00"), view("v3", "10:03:01"))
            .row("10:01:00", click("c3", "10:02:30"));
    settles(
        table,
        join ->
            within(join, TEN, Duration.ZERO).lastTouch().left(Pair.class, IntervalJoinTest::pair),
        List.of(pair("c1", "v2"), pair("c3", "v2"), pair("c2", "v2")));
    settles(
        table,
        join ->
            within(join, TEN, Duration.ZERO)
                .lastTouch()
                .eachRightOnce()
                .left(Pair.class, IntervalJoinTest::pair),
        List.of(pair("c1", "v2"), pair("c3", "v1"), pair("c2", "-")));
  }

  @Test
  void theNearestIsTheEarlierOfTwoAtOneDistance() {
    settles(
        new Table()
            .row("10:00:00", view("b", "10:00:50"), view("a", "10:00:50"))
            .row("10:00:00", view("after", "10:01:10"), view("next", "10:01:39"))
            .row("10:00:00", click("c1", "10:01:00"), click("c2", "10:01:01"))
            .row("10:00:00", click("c3", "10:01:25")),
        join -> within(join, MINUTE, MINUTE).nearest().inner(Pair.class, IntervalJoinTest::pair),
        List.of(pair("c1", "a"), pair("c2", "after"), pair("c3", "next")));
  }

  @Test
  void aMatchIsCountedInTheWindowOfItsLeftEventHoweverLateItIsFound() {
    Table table =
        new Table()
            .row("10:00:00", click("c1", "10:00:30"))
            .row("10:00:50", click("c2", "10:05:00"))
            .row("10:08:00", view("v1", "10:10:15"))
            .row("10:20:00", click("c3", "10:30:00"));
    Windows minutes = Windows.tumbling(MINUTE);
    List<Answer<User, Counts>> expected =
        List.of(counted("10:00:00"), counted("10:05:00"), counted("10:30:00"));
    PTransform<PCollection<Either<View, Click>>, PCollection<Answer<User, Counts>>> counts =
        new PTransform<>() {
          private static final long serialVersionUID = 1L;

          @Override
          public PCollection<Answer<User, Counts>> expand(PCollection<Either<View, Click>> both) {
            return both.apply(
                    "Left",
                    joined(
                        join ->
                            within(join, Duration.ZERO, TEN)
                                .left(Pair.class, IntervalJoinTest::pair)))
                .apply(
                    "Count",
                    Answers.in(minutes)
                        .perKey(
                            User.class,
                            pair -> new User("all"),
                            TallyFn.of(Counts.class, pair -> new Counts(1))));
          }
        };

    assertThat(firsts(table.arrivals.streamed(counts)), containsInAnyOrder(expected.toArray()));
    assertThat(firsts(table.arrivals.backfilled(counts)), containsInAnyOrder(expected.toArray()));
  }

  /** The window has no lateness, so it must be answered once. */
  private static Answer<User, Counts> counted(String start) {
    return new Answer<>(new User("all"), time(start), time(start).plus(MINUTE), 0, new Counts(1));
  }

  private static List<Answer<User, Counts>> firsts(List<Answer<User, Counts>> answers) {
    return answers.stream()
        .map(a -> new Answer<>(a.key(), a.start(), a.end(), 0, a.value()))
        .toList();
  }

  @Test
  void theSourceSeparatesJustTheEventsThatWouldBeTooLateOnBothSides() {
    Lateness lateness = Lateness.of(IntervalJoin.windows(TEN, MINUTE, MINUTE));
    long at = time("10:00:00").toEpochMilli();
    assertThat(lateness.late(at, at + 60_000), is(false));
    assertThat(lateness.late(at, at + 60_001), is(true));

    // The watermark at which each side may still come.
    for (List<Either<View, Click>> sides :
        List.of(
            List.of(view("v", "10:00:00"), click("c", "10:00:00")),
            List.of(click("c", "10:00:00"), view("v", "10:00:00")))) {
      settles(
          new Table().row("09:00:00", sides.get(0)).row("10:01:00", sides.get(1)),
          join ->
              within(join, TEN, Duration.ZERO)
                  .withLateness(MINUTE)
                  .left(Pair.class, IntervalJoinTest::pair),
          List.of(pair("c", "v")));
    }
  }

  @Test
  void anEventBeyondTheLatenessIsInNoMatch() {
    Table table =
        new Table()
            .row("10:00:00", click("c", "10:00:10"))
            .row("10:05:00", view("v", "10:00:05"))
            .row("10:05:00", click("d", "10:00:06"));
    assertThat(
        table.arrivals.streamed(
            joined(join -> within(join, MINUTE, MINUTE).left(Pair.class, IntervalJoinTest::pair))),
        containsInAnyOrder(pair("c", "-")));
  }

  @ParameterizedTest
  @EnumSource(Matches.class)
  void aStreamAndABackfillSettleOnTheDefinition(Matches matches) {
    Random random = new Random(16);
    Duration after = matches.name().startsWith("LAST") ? Duration.ZERO : Duration.ofSeconds(7);
    List<Click> clicks = new ArrayList<>();
    List<View> views = new ArrayList<>();
    List<Either<View, Click>> both = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      Instant at = time("10:00:00").plusMillis(random.nextInt(120_000));
      String user = "user" + random.nextInt(5);
      if (random.nextBoolean()) {
        clicks.add(new Click("e" + i, at, user));
        both.add(Either.ofSecond(clicks.get(clicks.size() - 1)));
      } else {
        views.add(new View("e" + i, at, user));
        both.add(Either.ofFirst(views.get(views.size() - 1)));
      }
    }
    Table table = new Table();
    arrive(both, table, random);
    boolean any = matches == Matches.ANY;
    List<Pair> expected = new ArrayList<>();
    for (String user : List.of("user0", "user1", "user2", "user3", "user4")) {
      NaiveJoin.of(
              clicks.stream().filter(c -> c.user().equals(user)).toList(),
              views.stream().filter(v -> v.user().equals(user)).toList(),
              any ? Kind.ANTI : Kind.LEFT,
              matches,
              Duration.ofSeconds(9),
              after)
          .forEach(m -> expected.add(pair(m.left(), Optional.ofNullable(m.right()))));
    }
    settles(
        table,
        join -> {
          var of = within(join, Duration.ofSeconds(9), after).withLateness(Duration.ofSeconds(20));
          return switch (matches) {
            case ALL -> of.left(Pair.class, IntervalJoinTest::pair);
            case NEAREST -> of.nearest().left(Pair.class, IntervalJoinTest::pair);
            case LAST -> of.lastTouch().left(Pair.class, IntervalJoinTest::pair);
            case LAST_ONCE ->
                of.lastTouch().eachRightOnce().left(Pair.class, IntervalJoinTest::pair);
            case ANY -> misses(of);
          };
        },
        expected);
  }

  private static PTransform<PCollection<Click>, PCollection<Pair>> misses(
      IntervalJoin.Of<Click, View, String> of) {
    return new PTransform<>() {
      private static final long serialVersionUID = 1L;

      @Override
      public PCollection<Pair> expand(PCollection<Click> clicks) {
        return clicks
            .apply("Anti", of.anti())
            .apply(
                "Pair",
                MapElements.into(TypeDescriptor.of(Pair.class))
                    .via(click -> pair(click, Optional.empty())))
            .setCoder(RecordCoder.of(Pair.class));
      }
    };
  }

  /** In any order within twenty seconds, in bundles of any size. */
  private static void arrive(List<Either<View, Click>> both, Table table, Random random) {
    Map<Instant, List<Either<View, Click>>> order = new TreeMap<>();
    for (Either<View, Click> event : both) {
      order
          .computeIfAbsent(event.at().plusMillis(random.nextInt(20_000)), at -> new ArrayList<>())
          .add(event);
    }
    List<Either<View, Click>> bundle = new ArrayList<>();
    Instant watermark = time("09:00:00");
    for (Map.Entry<Instant, List<Either<View, Click>>> at : order.entrySet()) {
      bundle.addAll(at.getValue());
      if (random.nextInt(4) == 0) {
        Collections.shuffle(bundle, random);
        table.arrivals.bundle(watermark, bundle, Event::at);
        bundle = new ArrayList<>();
        watermark = at.getKey();
      }
    }
    if (!bundle.isEmpty()) {
      table.arrivals.bundle(watermark, bundle, Event::at);
    }
  }

  @Test
  void impossibleSettingsAreRefused() {
    IntervalJoin<View> join =
        IntervalJoin.of(Pipeline.create().apply(Create.empty(RecordCoder.of(View.class))));
    Map<String, Runnable> wrong =
        Map.of(
            "swap the sides", () -> join.within(MINUTE.negated(), MINUTE),
            "say within(PT10M, ZERO)", () -> within(join, TEN, MINUTE).lastTouch(),
            "say lastTouch().eachRightOnce()",
                () -> within(join, TEN, MINUTE).nearest().eachRightOnce(),
            "the lateness is negative",
                () -> within(join, TEN, MINUTE).withLateness(MINUTE.negated()));
    wrong.forEach(
        (reason, setting) -> {
          Exception refused = assertThrows(IllegalArgumentException.class, setting::run);
          assertThat(refused.getMessage(), containsString(reason));
        });
  }
}
