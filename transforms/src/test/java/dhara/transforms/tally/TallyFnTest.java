package dhara.transforms.tally;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.Event;
import dhara.transforms.sketch.Distinct;
import dhara.transforms.sketch.Percentiles;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.testing.CombineFnTester;
import org.apache.beam.sdk.util.SerializableUtils;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Records whose components define how they add up. */
class TallyFnTest {

  /** A payment. */
  record Payment(String id, Instant at, String payer, long minor, boolean ok, @Nullable String code)
      implements Event {}

  /** An amount and who paid it: dearest first, then by name. */
  record Amount(long minor, String payer) implements Comparable<Amount> {
    @Override
    public int compareTo(Amount other) {
      return Comparator.comparingLong(Amount::minor)
          .reversed()
          .thenComparing(Amount::payer)
          .compare(this, other);
    }
  }

  /** Each kind of component. */
  record Sums(
      long payments,
      int small,
      BigDecimal exact,
      @Min long leastMinor,
      @Max int greatestMinor,
      @Max double greatestShare,
      @Max boolean anyFailed,
      @Min boolean allOk,
      @Nullable @Max Instant lastAt,
      @Nullable @Min String firstPayer,
      @Nullable @First Payment first,
      @Nullable @Last Payment last,
      Rate succeeded,
      Average average,
      Ids payers,
      Best<Amount> largest,
      Distinct distinct,
      Percentiles minor,
      Map<String, Long> failures,
      Failed failed,
      @Nullable Failed nothing,
      @Nullable Long late) {

    static Sums of(Payment p) {
      return new Sums(
          1,
          p.minor() < 200 ? 1 : 0,
          new BigDecimal("0.10"),
          p.minor(),
          (int) p.minor(),
          p.minor() / 1000.0,
          !p.ok(),
          p.ok(),
          p.at(),
          p.payer(),
          p,
          p,
          Rate.of(p.ok()),
          Average.of(p.minor()),
          Ids.of(p.payer(), 100),
          Best.of(new Amount(p.minor(), p.payer()), 2),
          Distinct.of(p.payer()),
          Percentiles.of(p.minor()),
          p.code() == null ? Map.of() : Map.of(p.code(), 1L),
          p.ok() ? new Failed(0, Distinct.NONE) : new Failed(1, Distinct.of(p.payer())),
          null,
          p.minor() == 300 ? 1L : null);
    }
  }

  /** A record in the record. */
  record Failed(long payments, Distinct payers) {}

  private static final Payment[] PAYMENTS = {
    payment("p1", "10:00:03", "asha", 300, null),
    payment("p2", "10:00:01", "bhanu", 100, "U30"),
    payment("p3", "10:00:01", "asha", 150, "U30"),
    payment("p4", "10:00:09", "chitra", 300, null),
    payment("p5", "10:00:09", "asha", 120, "U16"),
  };

  private static Payment payment(
      String id, String time, String payer, long minor, @Nullable String code) {
    return new Payment(
        id, Instant.parse("2026-01-05T" + time + "Z"), payer, minor, code == null, code);
  }

  @Test
  void eachComponentAddsUpAsItSays() {
    Ids payers = Ids.of("asha", 100).plus(Ids.of("bhanu", 100)).plus(Ids.of("chitra", 100));
    Distinct distinct = Distinct.of("asha").plus(Distinct.of("bhanu")).plus(Distinct.of("chitra"));
    Percentiles minor = Percentiles.NONE;
    for (Payment payment : PAYMENTS) {
      minor = minor.plus(Percentiles.of(payment.minor()));
    }

    CombineFnTester.testCombineFn(
        TallyFn.of(Sums.class, Sums::of),
        new ArrayList<>(List.of(PAYMENTS)),
        new Sums(
            5,
            3,
            new BigDecimal("0.50"),
            100,
            300,
            0.3,
            true,
            false,
            Instant.parse("2026-01-05T10:00:09Z"),
            "asha",
            PAYMENTS[1],
            PAYMENTS[4],
            new Rate(2, 5),
            new Average(970, 5),
            payers,
            new Best<>(2, List.of(new Amount(300, "asha"), new Amount(300, "chitra"))),
            distinct,
            minor,
            Map.of("U30", 2L, "U16", 1L),
            new Failed(3, Distinct.of("asha").plus(Distinct.of("bhanu"))),
            null,
            2L));
  }

  @Test
  void noEventsHaveTheValuesOfNothing() {
    assertThat(
        TallyFn.of(Sums.class, Sums::of).createAccumulator(),
        is(
            new Sums(
                0,
                0,
                BigDecimal.ZERO,
                Long.MAX_VALUE,
                Integer.MIN_VALUE,
                Double.NEGATIVE_INFINITY,
                false,
                true,
                null,
                null,
                null,
                null,
                Rate.NONE,
                Average.NONE,
                Ids.NONE,
                Best.none(),
                Distinct.NONE,
                Percentiles.NONE,
                Map.of(),
                new Failed(0, Distinct.NONE),
                null,
                null)));
  }

  @Test
  void anAnswerMayBeAnotherRecord() {
    record Share(double failed) {}
    CombineFnTester.testCombineFn(
        TallyFn.of(
            Rated.class,
            (Payment p) -> new Rated(Rate.of(!p.ok())),
            Share.class,
            sum -> new Share(sum.failed().share())),
        new ArrayList<>(List.of(PAYMENTS)),
        new Share(0.6));
  }

  record Rated(Rate failed) {}

  @Test
  void itTravelsToAWorker() {
    TallyFn<Payment, Rated, Rated> fn =
        SerializableUtils.clone(TallyFn.of(Rated.class, p -> new Rated(Rate.of(p.ok()))));
    Rated sum = fn.createAccumulator();
    for (Payment payment : PAYMENTS) {
      sum = fn.addInput(sum, payment);
    }
    assertThat(sum, is(new Rated(new Rate(2, 5))));
  }

  record Long1(long sum) {}

  @Test
  void aSumThatOverflowsIsAnErrorAndNoNumber() {
    TallyFn<Long, Long1, Long1> fn = TallyFn.of(Long1.class, Long1::new);
    Long1 sum = fn.addInput(fn.createAccumulator(), Long.MAX_VALUE);
    assertThrows(ArithmeticException.class, () -> fn.addInput(sum, 1L));
  }

  /** The operands of a sum are not modified, in maps and nullable components too. */
  @Test
  void aRightOperandDoesNotChangeWhenTheSumGrows() {
    record Held(Map<String, Distinct> byKey, @Nullable Failed failed) {}
    List<Held> parts = new ArrayList<>();
    for (String user : List.of("a", "b", "c")) {
      Held part = new Held(Map.of("k", Distinct.of(user)), new Failed(1, Distinct.of(user)));
      // Two of them, so that each has mutable parts.
      parts.add(
          TallyFn.of(Held.class, (Held h) -> h)
              .addInput(
                  part,
                  new Held(Map.of("k", Distinct.of(user + 2)), new Failed(1, Distinct.of("x")))));
    }
    TallyFn<Held, Held, Held> fn = TallyFn.of(Held.class, h -> h);
    List<String> before = parts.stream().map(Held::toString).toList();

    Held sum = fn.mergeAccumulators(List.of(fn.createAccumulator(), parts.get(1), parts.get(2)));
    sum = fn.mergeAccumulators(List.of(sum, parts.get(0)));

    assertThat(sum.byKey().get("k").count(), is(6L));
    assertThat(parts.stream().map(Held::toString).toList(), is(before));
  }

  record OfDouble(double sum) {}

  record OfText(String text) {}

  record OfList(List<String> texts) {}

  record OfShort(@Nullable @Max BigDecimal most) {}

  record NotNullable(@Max Instant last) {}

  record Unordered(@Nullable @Max Rate most) {}

  record Timeless(@Nullable @First Amount first) {}

  record Twice(@Min @Max long both) {}

  record WithoutNone(Lonely lonely) {}

  record Lonely(long sum) implements Tally<Lonely> {
    @Override
    public Lonely plus(Lonely other) {
      return new Lonely(sum + other.sum);
    }
  }

  record Positive(@Max long most) {
    Positive {
      if (most < 0) {
        throw new IllegalArgumentException("most is negative");
      }
    }
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(OfDouble.class, "OfDouble.sum (double): a sum of floating-point numbers"),
        Arguments.of(OfText.class, "OfText.text (java.lang.String): it may be a long, an int"),
        Arguments.of(OfList.class, "OfList.texts (java.util.List<java.lang.String>): it may be"),
        Arguments.of(OfShort.class, "1.0 and 1.00 are equal in order and not the same"),
        Arguments.of(NotNullable.class, "last (java.time.Instant): mark it @Nullable too"),
        Arguments.of(Unordered.class, "it has no order: implement Comparable"),
        Arguments.of(Timeless.class, "it has no time and id: implement Event"),
        Arguments.of(Twice.class, "it cannot be marked twice"),
        Arguments.of(WithoutNone.class, "static final Lonely NONE = …"),
        Arguments.of(Positive.class, "refuses the values of no events: most is negative"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  <T extends Record> void aComponentThatDoesNotSayHowItAddsUpIsRefused(
      Class<T> type, String reason) {
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> TallyFn.<Object, T>of(type, event -> type.cast(event)))
            .getMessage(),
        containsString(reason));
  }
}
