package dhara.transforms.join;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.join.AsOfTest.Arrival;
import dhara.transforms.join.AsOfTest.Price;
import dhara.transforms.join.AsOfTest.Priced;
import dhara.transforms.join.AsOfTest.Sale;
import dhara.transforms.join.AsOfTest.Way;
import dhara.transforms.join.IntervalJoinTest.Click;
import dhara.transforms.join.IntervalJoinTest.Pair;
import dhara.transforms.join.IntervalJoinTest.View;
import dhara.transforms.order.Either;
import dhara.transforms.order.Fold;
import dhara.transforms.order.InOrder;
import dhara.transforms.restore.RestoredStream;
import dhara.transforms.restore.RestoredStream.Outcome;
import dhara.transforms.restore.RestoredStream.Timed;
import dhara.transforms.restore.RestoredStream.Wave;
import dhara.transforms.restore.Waves;
import dhara.transforms.revision.NumberRevisions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Joins in streams that fail: whichever side comes first or late, whatever comes twice, and
 * wherever the stream is restored, it settles on the matches of the definition.
 */
class JoinRestoreTest {

  private static final int CASES = 1_000;
  private static final Instant TEN = time("10:00:00");

  /** A join of an interval, and both sides. */
  private record Case(
      Kind kind,
      Matches matches,
      Duration before,
      Duration after,
      Duration lateness,
      Duration every,
      List<Click> clicks,
      List<View> views) {

    static Case of(Random random) {
      List<Kind> kinds = List.of(Kind.INNER, Kind.LEFT, Kind.SEMI, Kind.ANTI);
      Kind kind = kinds.get(random.nextInt(kinds.size()));
      boolean pairs = kind == Kind.INNER || kind == Kind.LEFT;
      List<Matches> possible =
          pairs
              ? List.of(Matches.ALL, Matches.NEAREST, Matches.LAST, Matches.LAST_ONCE)
              : List.of(Matches.ANY, Matches.LAST_ONCE);
      Matches matches = possible.get(random.nextInt(possible.size()));
      boolean last = matches == Matches.LAST || matches == Matches.LAST_ONCE;
      int span = 1 + random.nextInt(500);
      int users = 1 + random.nextInt(3);
      List<Click> clicks = new ArrayList<>();
      List<View> views = new ArrayList<>();
      for (int i = 2 + random.nextInt(25); i > 0; i--) {
        Instant at = TEN.plusNanos(500_000L * random.nextInt(2 * span));
        String id = "e" + random.nextInt(1_000) + "-" + i;
        String user = "user" + random.nextInt(users);
        if (random.nextBoolean()) {
          clicks.add(new Click(id, at, user));
        } else {
          views.add(new View(id, at, user));
        }
      }
      return new Case(
          kind,
          matches,
          Duration.ofMillis(random.nextInt(120)),
          Duration.ofMillis(last ? 0 : random.nextInt(120)),
          Duration.ofMillis(random.nextLong(3) * random.nextInt(200)),
          Duration.ofMillis(1 + random.nextInt(60)),
          clicks,
          views);
    }

    PTransform<PCollection<Either<View, Click>>, PCollection<Pair>> join() {
      Case of = this;
      return IntervalJoinTest.joined(
          views -> {
            var within =
                IntervalJoinTest.within(views, of.before, of.after)
                    .withLateness(of.lateness)
                    .settlingEvery(of.every);
            var chosen =
                switch (of.matches) {
                  case ALL, ANY -> within;
                  case NEAREST -> within.nearest();
                  case LAST -> within.lastTouch();
                  case LAST_ONCE -> within.lastTouch().eachRightOnce();
                };
            return switch (of.kind) {
              case INNER -> chosen.inner(Pair.class, IntervalJoinTest::pair);
              case LEFT -> chosen.left(Pair.class, IntervalJoinTest::pair);
              case SEMI -> alone(chosen.semi());
              case ANTI -> alone(chosen.anti());
            };
          });
    }

    private static PTransform<PCollection<Click>, PCollection<Pair>> alone(
        PTransform<PCollection<Click>, PCollection<Click>> join) {
      return new PTransform<>() {
        private static final long serialVersionUID = 1L;

        @Override
        public PCollection<Pair> expand(PCollection<Click> clicks) {
          return clicks
              .apply("Which", join)
              .apply(
                  "Alone",
                  MapElements.into(TypeDescriptor.of(Pair.class))
                      .via((Click click) -> IntervalJoinTest.pair(click, Optional.empty())))
              .setCoder(RecordCoder.of(Pair.class));
        }
      };
    }

    List<Pair> oracle() {
      List<Pair> expected = new ArrayList<>();
      for (int user = 0; user < 3; user++) {
        String of = "user" + user;
        NaiveJoin.of(
                clicks.stream().filter(click -> click.user().equals(of)).toList(),
                views.stream().filter(view -> view.user().equals(of)).toList(),
                kind,
                matches,
                before,
                after)
            .forEach(
                found ->
                    expected.add(
                        IntervalJoinTest.pair(found.left(), Optional.ofNullable(found.right()))));
      }
      return expected;
    }
  }

  @Test
  void matchesOfAnIntervalAreTheSameWhereverTheyAreRestored() throws Exception {
    int restores = 0;
    int found = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      Case of = Case.of(random);
      List<Either<View, Click>> events = new ArrayList<>();
      of.clicks.forEach(click -> events.add(Either.ofSecond(click)));
      of.views.forEach(view -> events.add(Either.ofFirst(view)));
      int lateness = (int) of.lateness.toMillis();
      Outcome<Pair> outcome =
          RestoredStream.of(
                  Either.coder(RecordCoder.of(View.class), RecordCoder.of(Click.class)),
                  Waves.unique(of.join()))
              .play(Waves.of(events, event -> lateness, 300, random), random);

      List<Pair> expected = of.oracle();
      assertThat("case " + seed, sorted(outcome.committed()), is(sorted(expected)));
      restores += outcome.restores();
      found += expected.size();
    }
    assertThat(restores, is(greaterThan(CASES)));
    assertThat(found, is(greaterThan(3 * CASES)));
  }

  private static List<Pair> sorted(List<Pair> pairs) {
    return pairs.stream()
        .sorted(Comparator.comparing(Pair::click).thenComparing(Pair::view))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(names = {"BY_KEY", "WHOLE"})
  void whatWasInForceIsTheSameWhereverItIsRestored(Way way) throws Exception {
    int restores = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      int span = 1 + random.nextInt(500);
      int items = 1 + random.nextInt(3);
      List<Sale> sales = new ArrayList<>();
      List<Price> prices = new ArrayList<>();
      for (int i = 2 + random.nextInt(25); i > 0; i--) {
        Instant at = TEN.plusNanos(500_000L * random.nextInt(2 * span));
        String id = "e" + random.nextInt(1_000) + "-" + i;
        String item = "item" + random.nextInt(items);
        if (random.nextBoolean()) {
          sales.add(new Sale(id, at, item));
        } else {
          prices.add(new Price(id, at, item, random.nextInt(9), random.nextInt(5) == 0));
        }
      }
      int lateness = random.nextInt(3) * random.nextInt(200);
      int horizon = random.nextInt(3) * random.nextInt(200);
      List<Wave<Arrival>> waves = arrivals(sales, horizon, prices, lateness, random);
      Outcome<Priced> outcome =
          RestoredStream.of(
                  RecordCoder.of(Arrival.class),
                  way.join(Duration.ofMillis(horizon), Duration.ofMillis(lateness)))
              .play(waves, random);

      List<Priced> expected = sales.stream().map(sale -> naive(sale, prices)).toList();
      assertThat("case " + seed, byId(outcome.committed()), is(byId(expected)));
      restores += outcome.restores();
    }
    assertThat(restores, is(greaterThan(CASES)));
  }

  /** What an answer is about. */
  record Sold(String sale) {}

  /** Which sale of its item it is. */
  record Nth(String id, Instant at, String item, long n) implements Event {}

  /** The same, and what the item cost. */
  record Priceable(long n, String price) {}

  /** How many sales of an item there were. */
  record SoFar(long sales) {}

  private record Counting() implements Fold<Sale, SoFar, Nth> {

    @Override
    public SoFar initial() {
      return new SoFar(0);
    }

    @Override
    public SoFar apply(SoFar before, Sale sale, Consumer<Nth> out) {
      SoFar now = new SoFar(before.sales + 1);
      out.accept(new Nth(sale.id(), sale.at(), sale.item(), now.sales));
      return now;
    }

    @Override
    public Duration keep() {
      return Duration.ofMinutes(10);
    }
  }

  /** An ordered fold at arrival, and its answers joined at arrival, as decisions about payments. */
  private static PTransform<PCollection<Arrival>, PCollection<Answer<Sold, Priceable>>> atArrival(
      Duration lateness, Duration every) {
    return AsOfTest.over(
        (sales, prices) ->
            sales
                .apply(
                    "Count",
                    InOrder.perKey(Sale::item)
                        .fold(new Counting(), SoFar.class, Nth.class)
                        .withLateness(lateness)
                        .settlingEvery(every)
                        .answers(
                            Sold.class,
                            Nth.class,
                            (item, nth) -> Answer.at(new Sold(nth.id()), nth.at(), nth))
                        .provisionally(true))
                .apply(
                    "Price",
                    AsOf.of(prices, lateness)
                        .withLateness(lateness)
                        .keyedByValue(Nth::item)
                        .<Sold, Priceable>intoAnswers(
                            Priceable.class, (nth, price) -> new Priceable(nth.n(), text(price)))
                        .provisionally(true))
                .apply(
                    "Number",
                    NumberRevisions.<Sold, Priceable>from(0)
                        .withClock(RestoredStream::wallMillis)
                        .atOnce(true)));
  }

  private static String text(Optional<Price> price) {
    return price.map(one -> "" + one.minor()).orElse("none");
  }

  @Test
  void answersAtArrivalAreSetRightInEveryStoreWhereverTheyAreRestored() throws Exception {
    int restores = 0;
    int revised = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      int span = 1 + random.nextInt(500);
      int items = 1 + random.nextInt(3);
      List<Sale> sales = new ArrayList<>();
      List<Price> prices = new ArrayList<>();
      for (int i = 2 + random.nextInt(25); i > 0; i--) {
        Instant at = TEN.plusNanos(500_000L * random.nextInt(2 * span));
        String id = "e" + random.nextInt(1_000) + "-" + i;
        String item = "item" + random.nextInt(items);
        if (random.nextBoolean()) {
          sales.add(new Sale(id, at, item));
        } else {
          prices.add(new Price(id, at, item, random.nextInt(9), random.nextInt(5) == 0));
        }
      }
      int lateness = random.nextInt(3) * random.nextInt(200);
      Outcome<Answer<Sold, Priceable>> outcome =
          RestoredStream.of(
                  RecordCoder.of(Arrival.class),
                  atArrival(Duration.ofMillis(lateness), Duration.ofMillis(1 + random.nextInt(60))))
              .play(arrivals(sales, lateness, prices, lateness, random), random);

      Map<Sold, Priceable> expected = new HashMap<>();
      for (Sale sale : sales) {
        long n =
            sales.stream()
                .filter(other -> other.item().equals(sale.item()))
                .filter(other -> Fold.ORDER.compare(other, sale) <= 0)
                .count();
        expected.put(new Sold(sale.id()), new Priceable(n, naive(sale, prices).price()));
      }
      assertThat("case " + seed, highest(outcome.committed()), is(expected));
      assertThat("case " + seed + ", written", highest(outcome.written()), is(expected));
      restores += outcome.restores();
      revised += outcome.committed().size() - expected.size();
    }
    assertThat(restores, is(greaterThan(CASES)));
    assertThat(revised, is(greaterThan(CASES)));
  }

  private static Map<Sold, Priceable> highest(List<Answer<Sold, Priceable>> answers) {
    Map<Sold, Answer<Sold, Priceable>> counting = new HashMap<>();
    for (Answer<Sold, Priceable> answer : answers) {
      counting.merge(
          answer.key(), answer, (one, next) -> next.revision() >= one.revision() ? next : one);
    }
    Map<Sold, Priceable> values = new HashMap<>();
    counting.forEach((key, answer) -> values.put(key, answer.value()));
    return values;
  }

  /** Both inputs in the order of their watermarks. */
  private static List<Wave<Arrival>> arrivals(
      List<Sale> sales, int horizon, List<Price> prices, int lateness, Random random) {
    List<Either<Sale, Price>> events = new ArrayList<>();
    sales.forEach(sale -> events.add(Either.ofFirst(sale)));
    prices.forEach(price -> events.add(Either.ofSecond(price)));
    return Waves.once(events, event -> event.first() == null ? lateness : horizon, 300, random)
        .stream()
        .map(
            wave ->
                new Wave<>(
                    wave.watermark(),
                    wave.elements().stream()
                        .map(
                            one ->
                                new Timed<>(
                                    new Arrival(one.value().first(), one.value().second()),
                                    one.at()))
                        .toList()))
        .toList();
  }

  /** The latest price that is not after the sale; at one time, the one with the greatest id. */
  private static Priced naive(Sale sale, List<Price> prices) {
    String price =
        prices.stream()
            .filter(one -> one.item().equals(sale.item()) && !one.at().isAfter(sale.at()))
            .max(Comparator.comparing(Event::at).thenComparing(Event::id))
            .filter(one -> !one.gone())
            .map(one -> "" + one.minor())
            .orElse("none");
    return new Priced(sale.id(), sale.at(), price);
  }

  private static List<Priced> byId(List<Priced> priced) {
    return priced.stream().sorted(Comparator.comparing(Priced::sale)).toList();
  }
}
