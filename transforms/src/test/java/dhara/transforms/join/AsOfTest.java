package dhara.transforms.join;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Arrivals;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reify;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AsOfTest {

  record Sale(String id, Instant at, String item) implements Event {}

  record Price(String id, Instant at, String item, long minor, boolean gone) implements Event {}

  /** A sale, and what its item cost: {@code 7}, or {@code none}. */
  record Priced(String sale, Instant at, String price) {}

  /** What arrives: one or the other. */
  record Arrival(@Nullable Sale sale, @Nullable Price price) {}

  static Arrival sale(String id, String at, String item) {
    return new Arrival(new Sale(id, time(at), item), null);
  }

  static Arrival price(String id, String at, String item, long minor) {
    return new Arrival(null, new Price(id, time(at), item, minor, false));
  }

  private static Arrival gone(String id, String at, String item) {
    return new Arrival(null, new Price(id, time(at), item, 0, true));
  }

  private static Priced priced(String sale, String at, String price) {
    return new Priced(sale, time(at), price);
  }

  /** The ways to join. */
  enum Way {
    BY_KEY,
    BY_KEY_IN_MEMORY,
    WHOLE;

    private PTransform<PCollection<Sale>, PCollection<Priced>> join(AsOf<Price> prices) {
      return switch (this) {
        case BY_KEY -> prices.keyedBy(Sale::item).into(Priced.class, AsOfTest::priced);
        case BY_KEY_IN_MEMORY ->
            prices.inMemory().keyedBy(Sale::item).into(Priced.class, AsOfTest::priced);
        case WHOLE ->
            prices.into(
                Priced.class,
                (Sale sale, InForce<Price> all) -> priced(sale, all.get(sale.item())));
      };
    }

    PTransform<PCollection<Arrival>, PCollection<Priced>> join(
        Duration horizon, Duration lateness) {
      return over(
          (sales, prices) ->
              sales.apply("Price", join(AsOf.of(prices, horizon).withLateness(lateness))));
    }
  }

  private static Priced priced(Sale sale, Optional<Price> price) {
    return new Priced(sale.id(), sale.at(), price.map(p -> "" + p.minor()).orElse("none"));
  }

  /** An action on both. */
  interface Both<OutT> {
    PCollection<OutT> apply(PCollection<Sale> sales, PCollection<Version<Price>> prices);
  }

  static <OutT> PTransform<PCollection<Arrival>, PCollection<OutT>> over(Both<OutT> both) {
    return new PTransform<>() {
      @Override
      public PCollection<OutT> expand(PCollection<Arrival> arrivals) {
        PCollection<Sale> sales =
            arrivals
                .apply("IsSale", Filter.by(arrival -> arrival.sale() != null))
                .apply("Sales", MapElements.into(TypeDescriptor.of(Sale.class)).via(Arrival::sale));
        PCollection<Version<Price>> prices =
            arrivals
                .apply("IsPrice", Filter.by(arrival -> arrival.price() != null))
                .apply(
                    "Prices", MapElements.into(TypeDescriptor.of(Price.class)).via(Arrival::price))
                .apply("Versions", Versioned.by(Price::item).removedWhere(Price::gone));
        return both.apply(sales, prices);
      }
    };
  }

  static Arrivals<Arrival> arrivals() {
    return Arrivals.of(RecordCoder.of(Arrival.class));
  }

  private static final Duration NO_WAIT = Duration.ZERO;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static void settles(
      Way way, Duration lateness, Arrivals<Arrival> arrivals, Priced... expected) {
    var join = way.join(Duration.ofMinutes(5), lateness);
    assertThat("streamed", arrivals.streamed(join), containsInAnyOrder(expected));
    assertThat("backfilled", arrivals.backfilled(join), containsInAnyOrder(expected));
  }

  @ParameterizedTest
  @EnumSource
  void aSaleHasThePriceThatWasInForceWhenItHappened(Way way) {
    settles(
        way,
        NO_WAIT,
        arrivals()
            .row("10:00:00", "10:00:10", price("p1", "10:00:10", "apple", 7))
            .row("10:00:00", "10:00:20", sale("before", "10:00:20", "apple"))
            .row("10:00:00", "10:00:30", price("p2", "10:00:30", "apple", 8))
            .row("10:00:00", "10:00:30", sale("at", "10:00:30", "apple"))
            .row("10:00:00", "10:00:31", sale("after", "10:00:31", "apple"))
            .row("10:01:00", "10:02:00", sale("much later", "10:02:00", "apple")),
        priced("before", "10:00:20", "7"),
        priced("at", "10:00:30", "8"),
        priced("after", "10:00:31", "8"),
        priced("much later", "10:02:00", "8"));
  }

  @ParameterizedTest
  @EnumSource
  void aSaleComesOutWithoutAPriceToo(Way way) {
    settles(
        way,
        NO_WAIT,
        arrivals()
            .row("10:00:00", "10:00:10", sale("first", "10:00:10", "apple"))
            .row("10:00:00", "10:00:20", price("p1", "10:00:20", "apple", 7))
            .row("10:00:00", "10:00:30", sale("other", "10:00:30", "pear")),
        priced("first", "10:00:10", "none"),
        priced("other", "10:00:30", "none"));
  }

  @ParameterizedTest
  @EnumSource
  void pricesMayComeAfterTheSaleAndInAnyOrder(Way way) {
    settles(
        way,
        NO_WAIT,
        arrivals()
            .row("10:00:00", "10:00:40", sale("a", "10:00:40", "apple"))
            .row("10:00:01", "10:00:50", price("p3", "10:00:50", "apple", 9))
            .row("10:00:02", "10:00:30", price("p2", "10:00:30", "apple", 8))
            .row("10:00:03", "10:00:20", price("p1", "10:00:20", "apple", 7)),
        priced("a", "10:00:40", "8"));
  }

  @ParameterizedTest
  @EnumSource
  void ofPricesWithOneTimeThatWithTheGreaterIdHolds(Way way) {
    settles(
        way,
        NO_WAIT,
        arrivals()
            .row("10:00:00", "10:00:20", price("b", "10:00:20", "apple", 8))
            .row("10:00:00", "10:00:20", price("a", "10:00:20", "apple", 7))
            .row("10:00:00", "10:00:20", sale("s", "10:00:20", "apple")),
        priced("s", "10:00:20", "8"));
  }

  @ParameterizedTest
  @EnumSource
  void aPriceThatIsRemovedHoldsNoMoreFromThenOn(Way way) {
    settles(
        way,
        NO_WAIT,
        arrivals()
            .row("10:00:00", "10:00:20", gone("p2", "10:00:20", "apple"))
            .row("10:00:00", "10:00:10", price("p1", "10:00:10", "apple", 7))
            .row("10:00:00", "10:00:15", sale("before", "10:00:15", "apple"))
            .row("10:00:00", "10:00:25", sale("after", "10:00:25", "apple"))
            .row("10:01:00", "10:01:10", price("p3", "10:01:10", "apple", 9))
            .row("10:01:00", "10:01:20", sale("again", "10:01:20", "apple")),
        priced("before", "10:00:15", "7"),
        priced("after", "10:00:25", "none"),
        priced("again", "10:01:20", "9"));
  }

  @ParameterizedTest
  @EnumSource
  void aPriceThatIsLateWithinTheLatenessIsApplied(Way way) {
    settles(
        way,
        MINUTE,
        arrivals()
            .row("10:00:00", "10:00:10", price("p1", "10:00:10", "apple", 7))
            .row("10:00:00", "10:00:30", sale("s", "10:00:30", "apple"))
            .row("10:01:20", "10:00:20", price("p2", "10:00:20", "apple", 8)),
        priced("s", "10:00:30", "8"));
  }

  /** Records that the source would separate by the same lateness, so they never reach the join. */
  @ParameterizedTest
  @EnumSource
  void aSaleWaitsNoLongerThanTheLateness(Way way) {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", price("p1", "10:00:10", "apple", 7))
            .row("10:00:00", "10:00:30", sale("s", "10:00:30", "apple"))
            .row("10:01:31", "10:00:20", price("too late", "10:00:20", "apple", 8));

    assertThat(
        arrivals.streamed(way.join(Duration.ofMinutes(5), MINUTE)),
        contains(priced("s", "10:00:30", "7")));
    assertThat(
        arrivals.backfilled(way.join(Duration.ofMinutes(5), MINUTE)),
        contains(priced("s", "10:00:30", "8")));
  }

  @ParameterizedTest
  @EnumSource
  void aLateSaleSeesWhatWasInForceWhenItHappened(Way way) {
    settles(
        way,
        NO_WAIT,
        arrivals()
            .row("10:00:00", "10:00:10", price("p1", "10:00:10", "apple", 7))
            .row("10:00:00", "10:01:00", price("p2", "10:01:00", "apple", 8))
            .row("10:05:00", "10:06:00", sale("on time", "10:06:00", "apple"))
            .row("10:05:20", "10:00:30", sale("late", "10:00:30", "apple")),
        priced("on time", "10:06:00", "8"),
        priced("late", "10:00:30", "7"));
  }

  @ParameterizedTest
  @EnumSource
  void salesKeepTheirTimesAndHoldTheWatermark(Way way) {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", price("p1", "10:00:10", "apple", 7))
            .row("10:00:00", "10:00:30", sale("a", "10:00:30", "apple"))
            .row("10:00:00", "10:01:30", sale("b", "10:01:30", "apple"))
            .row("10:01:25", "10:01:26", sale("c", "10:01:26", "pear"))
            .row("10:02:50", "10:03:00", sale("d", "10:03:00", "apple"));
    PTransform<PCollection<Arrival>, PCollection<String>> counts =
        over(
            (sales, prices) ->
                sales
                    .apply("Price", way.join(AsOf.of(prices, Duration.ZERO).withLateness(MINUTE)))
                    .apply("Times", Reify.timestamps())
                    .apply(
                        "Minute",
                        Window.<TimestampedValue<Priced>>into(
                                FixedWindows.of(org.joda.time.Duration.standardMinutes(1)))
                            .withAllowedLateness(org.joda.time.Duration.ZERO)
                            .discardingFiredPanes())
                    .apply(
                        "ItsTime",
                        MapElements.into(TypeDescriptor.of(Boolean.class))
                            .via(
                                p ->
                                    p.getTimestamp().getMillis()
                                        == p.getValue().at().toEpochMilli()))
                    .apply("Count", Count.perElement())
                    .apply("Show", ParDo.of(new ShowFn())));

    String[] expected = {"10:00 true 1", "10:01 true 2", "10:03 true 1"};
    assertThat(arrivals.streamed(counts), containsInAnyOrder(expected));
    assertThat(arrivals.backfilled(counts), containsInAnyOrder(expected));
  }

  private static final class ShowFn
      extends DoFn<org.apache.beam.sdk.values.KV<Boolean, Long>, String> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(ProcessContext context, BoundedWindow window) {
      context.output(
          "%s %s %d"
              .formatted(
                  ((IntervalWindow) window).start().toString().substring(11, 16),
                  context.element().getKey(),
                  context.element().getValue()));
    }
  }

  @Test
  void aWholeReferenceIsSeenInTheOrderOfItsKeys() {
    PTransform<PCollection<Arrival>, PCollection<Priced>> list =
        over(
            (sales, prices) ->
                sales.apply(
                    "List",
                    AsOf.of(prices, MINUTE)
                        .into(
                            Priced.class,
                            (Sale sale, InForce<Price> all) -> {
                              Map<String, Long> seen = new TreeMap<>();
                              List<String> keys = new ArrayList<>();
                              all.forEach(
                                  (key, price) -> {
                                    keys.add(key);
                                    seen.put(key, price.minor());
                                  });
                              return new Priced(sale.id(), sale.at(), keys + " " + seen);
                            })));
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:30", price("p3", "10:00:30", "fig", 3))
            .row("10:00:00", "10:00:10", price("p1", "10:00:10", "pear", 1))
            .row("10:00:00", "10:00:20", price("p2", "10:00:20", "apple", 2))
            .row("10:00:00", "10:00:40", gone("p4", "10:00:40", "pear"))
            .row("10:00:00", "10:00:25", sale("two", "10:00:25", "any"))
            .row("10:00:00", "10:00:45", sale("other two", "10:00:45", "any"));
    Priced[] expected = {
      priced("two", "10:00:25", "[apple, pear] {apple=2, pear=1}"),
      priced("other two", "10:00:45", "[apple, fig] {apple=2, fig=3}")
    };

    assertThat(arrivals.streamed(list), containsInAnyOrder(expected));
    assertThat(arrivals.backfilled(list), containsInAnyOrder(expected));
  }

  @Test
  void manyKeysAndVersionsGoThroughWhileOldOnesAreSwept() {
    var arrivals = arrivals();
    List<Priced> expected = new ArrayList<>();
    String text = "x".repeat(8000); // so that a few versions are enough for a bag to be swept
    for (int minute = 0; minute < 12; minute++) {
      for (int item = 0; item < 4; item++) {
        String at = "10:%02d:%02d".formatted(minute, item);
        String watermark = "10:%02d:00".formatted(minute);
        arrivals.row(watermark, at, price(text + at, at, "item" + item % 2, 100 * minute + item));
        arrivals.row(watermark, at, sale(at, at, "item" + item % 2));
        expected.add(priced(at, at, "" + (100 * minute + item)));
      }
    }

    for (Way way : Way.values()) {
      settles(way, NO_WAIT, arrivals, expected.toArray(Priced[]::new));
    }
  }

  /** Prices and sales come two minutes ahead, so each sweep leaves what waiting sales need. */
  @ParameterizedTest
  @EnumSource
  void sweepsLeaveTheVersionsThatWaitingFactsNeed(Way way) {
    var arrivals = arrivals();
    List<Priced> expected = new ArrayList<>();
    String text = "x".repeat(8000); // so that a few versions are enough for a bag to be swept
    for (int minute = 0; minute < 8; minute++) {
      String watermark = "10:%02d:00".formatted(minute);
      for (int second = 0; second < 60; second += 10) {
        String at = "10:%02d:%02d".formatted(minute + 2, second);
        String after = "10:%02d:%02d".formatted(minute + 2, second + 5);
        arrivals.row(watermark, at, price(text + at, at, "item", 100 * minute + second));
        arrivals.row(watermark, after, sale(after, after, "item"));
        expected.add(priced(after, after, "" + (100 * minute + second)));
      }
    }

    var join = way.join(Duration.ZERO, NO_WAIT);
    assertThat(arrivals.streamed(join), containsInAnyOrder(expected.toArray(Priced[]::new)));
  }

  /** A random table, without the records that a source would separate as late. */
  private record Table(
      Arrivals<Arrival> inTime,
      Arrivals<Arrival> all,
      List<Sale> sales,
      List<Price> prices,
      Set<String> late) {

    static Table of(long seed, Duration lateness, Duration horizon) {
      Random random = new Random(seed);
      Table table =
          new Table(arrivals(), arrivals(), new ArrayList<>(), new ArrayList<>(), new HashSet<>());
      Instant watermark = time("10:00:00");
      for (int n = 0; n < 120; n++) {
        watermark = watermark.plusMillis(random.nextInt(10) == 0 ? random.nextInt(30_000) : 0);
        Instant at = watermark.plusMillis(random.nextInt(150_000) - 90_000);
        String item = "item" + random.nextInt(5);
        boolean isSale = random.nextBoolean();
        if (isSale && watermark.isAfter(at.plus(horizon))) {
          continue; // what becomes of late facts is not the join's business
        }
        String on = clock(watermark);
        if (isSale) {
          Sale sale = new Sale("s" + n, at, item);
          table.sales.add(sale);
          table.inTime.row(on, clock(at), new Arrival(sale, null));
          table.all.row(on, clock(at), new Arrival(sale, null));
          continue;
        }
        Price price = new Price("p" + n, at, item, n, random.nextInt(6) == 0);
        table.prices.add(price);
        table.all.row(on, clock(at), new Arrival(null, price));
        if (watermark.isAfter(at.plus(lateness))) {
          table.late.add(price.id());
        } else {
          table.inTime.row(on, clock(at), new Arrival(null, price));
        }
      }
      return table;
    }

    private static String clock(Instant at) {
      return at.toString().substring(11).replace("Z", "");
    }

    /** For each sale the last price before it, the slow way. */
    Map<String, @Nullable Price> naive(boolean withLate) {
      Map<String, @Nullable Price> said = new HashMap<>();
      for (Sale sale : sales) {
        said.put(sale.id(), null);
        for (Price price : prices) {
          Price other = said.get(sale.id());
          if (price.item().equals(sale.item())
              && !price.at().isAfter(sale.at())
              && (withLate || !late.contains(price.id()))
              && (other == null
                  || price.at().isAfter(other.at())
                  || (price.at().equals(other.at()) && price.id().compareTo(other.id()) > 0))) {
            said.put(sale.id(), price);
          }
        }
      }
      return said;
    }

    Priced[] expected(boolean withLate) {
      Map<String, @Nullable Price> said = naive(withLate);
      return sales.stream()
          .map(
              sale ->
                  priced(
                      sale,
                      Optional.ofNullable(said.get(sale.id())).filter(price -> !price.gone())))
          .toArray(Priced[]::new);
    }
  }

  private record Drawn(Way way, long seed, Duration lateness) {}

  static Stream<Drawn> draws() {
    return Stream.of(Way.values())
        .flatMap(
            way ->
                Stream.of(
                    new Drawn(way, 1, NO_WAIT),
                    new Drawn(way, 2, Duration.ofSeconds(20)),
                    new Drawn(way, 3, MINUTE)));
  }

  @ParameterizedTest
  @MethodSource("draws")
  void streamAndBackfillDifferByWhatIsListedAsLateAndNothingElse(Drawn drawn) {
    Duration horizon = Duration.ofSeconds(45);
    Table table = Table.of(drawn.seed, drawn.lateness, horizon);
    var join = drawn.way.join(horizon, drawn.lateness);

    assertThat(table.inTime.streamed(join), containsInAnyOrder(table.expected(false)));
    assertThat(table.inTime.backfilled(join), containsInAnyOrder(table.expected(false)));
    assertThat(table.all.backfilled(join), containsInAnyOrder(table.expected(true)));

    int explained = 0;
    Map<String, @Nullable Price> streamed = table.naive(false);
    for (Map.Entry<String, @Nullable Price> of : table.naive(true).entrySet()) {
      Price said = of.getValue();
      if (said != null && !said.equals(streamed.get(of.getKey()))) {
        assertThat(table.late, hasItem(said.id()));
        explained++;
      }
    }
    if (drawn.lateness.isZero()) {
      assertThat("some prices were late, and missed", explained, is(greaterThan(1)));
    }
  }

  @Test
  void whatIsInWindowsAlreadyIsRefused() {
    Pipeline pipeline = Pipeline.create();
    PCollection<Sale> sales =
        pipeline
            .apply("Sales", Create.empty(RecordCoder.of(Sale.class)))
            .apply(
                "Minutes", Window.into(FixedWindows.of(org.joda.time.Duration.standardMinutes(1))));
    PCollection<Version<Price>> prices =
        pipeline
            .apply("Prices", Create.empty(RecordCoder.of(Price.class)))
            .apply(Versioned.by(Price::item));
    var join = Way.BY_KEY.join(AsOf.of(prices, MINUTE));

    Exception refusal =
        assertThrows(IllegalArgumentException.class, () -> sales.apply("Price", join));
    assertThat(refusal.getMessage(), containsString("facts are joined before"));
  }

  @Test
  void versionsWithAnotherCoderThanThatOfTheirRecordAreRefused() {
    Pipeline pipeline = Pipeline.create();
    PCollection<Sale> sales = pipeline.apply("Sales", Create.empty(RecordCoder.of(Sale.class)));
    PCollection<Version<Price>> prices =
        pipeline
            .apply("Prices", Create.empty(RecordCoder.of(Price.class)))
            .apply(Versioned.by(Price::item))
            .setCoder(NullableCoder.of(Version.coder(RecordCoder.of(Price.class))));
    var join = Way.BY_KEY.join(AsOf.of(prices, MINUTE));

    Exception refusal =
        assertThrows(IllegalArgumentException.class, () -> sales.apply("Price", join));
    assertThat(
        refusal.getMessage(), containsString("versions are encoded by Version.coder(…), but"));
  }

  @Test
  void aBackfillAsOfNowUsesTheNewestWhateverItsTime() {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:20", sale("before", "10:00:20", "apple"))
            .row("10:00:00", "10:00:10", price("p1", "10:00:10", "apple", 7))
            .row("10:00:00", "10:00:30", price("p2", "10:00:30", "apple", 8))
            .row("10:00:00", "10:00:20", sale("other", "10:00:20", "pear"))
            .row("10:00:00", "10:00:10", price("p3", "10:00:10", "pear", 9))
            .row("10:00:00", "10:00:30", gone("p4", "10:00:30", "pear"));
    for (Way way : Way.values()) {
      PTransform<PCollection<Arrival>, PCollection<Priced>> now =
          over((sales, prices) -> sales.apply("Price", way.join(AsOf.of(prices, MINUTE).newest())));

      assertThat(
          arrivals.backfilled(now),
          containsInAnyOrder(
              priced("before", "10:00:20", "8"), priced("other", "10:00:20", "none")));
      Exception refusal =
          assertThrows(IllegalArgumentException.class, () -> arrivals.streamed(now));
      assertThat(refusal.getMessage(), containsString("a stream has no newest version"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1_000})
  void aBackfillJoinsInAsManyGroupsAsWanted(int shards) {
    Arrivals<Arrival> arrivals =
        arrivals()
            .row("10:00:00", "10:00:01", price("p1", "10:00:01", "apple", 5))
            .row("10:00:00", "10:00:01", price("p2", "10:00:01", "pear", 7))
            .row("10:00:00", "10:00:02", sale("s1", "10:00:02", "apple"))
            .row("10:00:00", "10:00:02", sale("s2", "10:00:02", "pear"))
            .row("10:00:00", "10:00:03", price("p3", "10:00:03", "apple", 6))
            .row("10:00:00", "10:00:04", sale("s3", "10:00:04", "apple"));

    PTransform<PCollection<Arrival>, PCollection<Priced>> join =
        over(
            (sales, prices) ->
                sales.apply(
                    "Price",
                    AsOf.of(prices, MINUTE)
                        .withBackfillShards(shards)
                        .keyedBy(Sale::item)
                        .into(Priced.class, AsOfTest::priced)));
    assertThat(
        arrivals.backfilled(join),
        containsInAnyOrder(
            priced("s1", "10:00:02", "5"),
            priced("s2", "10:00:02", "7"),
            priced("s3", "10:00:04", "6")));
  }

  @Test
  void negativeTimesAreRefused() {
    PCollection<Version<Price>> prices =
        Pipeline.create()
            .apply("Prices", Create.empty(RecordCoder.of(Price.class)))
            .apply(Versioned.by(Price::item));

    assertThrows(IllegalArgumentException.class, () -> AsOf.of(prices, Duration.ofSeconds(-1)));
    AsOf<Price> of = AsOf.of(prices, MINUTE);
    assertThrows(IllegalArgumentException.class, () -> of.withLateness(Duration.ofSeconds(-1)));
    assertThrows(IllegalArgumentException.class, () -> of.withBackfillShards(0));
  }

  @Test
  void everyShardIsUsed() {
    Set<Integer> shards = new HashSet<>();
    for (int n = 0; n < 5000; n++) {
      shards.add(JoinBlocks.shard("key" + n, 256));
    }
    assertThat(shards, hasSize(256));
  }
}
