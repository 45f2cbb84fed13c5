package dhara.transforms.tally;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Averages, rates, sets of ids, the best of many, exact sums; their laws are in TallyLawsTest. */
class TallyComponentsTest {

  @ParameterizedTest
  @CsvSource({
    // sum, count, half up, half even, as a double
    "0, 0, 0, 0, 0",
    "7, 2, 4, 4, 3.5",
    "5, 2, 3, 2, 2.5",
    "-5, 2, -3, -2, -2.5",
    "1, 3, 0, 0, 0.3333333333333333",
    "9223372036854775807, 1, 9223372036854775807, 9223372036854775807, 9.223372036854775807e18",
  })
  void anAverageIsExactUntilItIsRounded(
      long sum, long count, long halfUp, long halfEven, double asDouble) {
    Average average = new Average(sum, count);
    assertThat(average.rounded(), is(halfUp));
    assertThat(average.rounded(RoundingMode.HALF_EVEN), is(halfEven));
    assertThat(average.asDouble(), is(asDouble));
  }

  @Test
  void anAverageThatOverflowsIsAnError() {
    assertThrows(ArithmeticException.class, () -> Average.of(Long.MAX_VALUE).plus(Average.of(1)));
  }

  @Test
  void aRateIsOfThoseThatCount() {
    Rate rate = Rate.of(true).plus(Rate.of(false)).plus(Rate.of(false)).plus(Rate.of(false));
    assertThat(rate, is(new Rate(1, 4)));
    assertThat(rate.share(), is(0.25));
    assertThat(rate.percent(), is(25.0));
    assertThat(Rate.NONE.share(), is(0.0));
    assertThat(new Rate(3, 2).percent(), is(150.0));
  }

  private static Ids ids(int most, String... texts) {
    Ids sum = Ids.NONE;
    for (String text : texts) {
      sum = sum.plus(Ids.of(text, most));
    }
    return sum;
  }

  @Test
  void idsAreExactUpToTheBound() {
    Ids three = ids(3, "b", "a", "b", "", "a");
    assertThat(three.sorted(), contains("", "a", "b"));
    assertThat(three.count(), is(3L));
    assertThat(three.isExact(), is(true));
    assertThat(Ids.NONE.count(), is(0L));
    assertThat(Ids.of("a", 3).sorted(), contains("a"));
  }

  @Test
  void beyondTheBoundTheFirstInTheirOrderAreKept() {
    Ids four = ids(3, "d", "b", "a", "c");
    assertThat(four.sorted(), contains("a", "b", "c"));
    assertThat(four.count(), is(3L));
    assertThat(four.isExact(), is(false));
    assertThat(ids(3, "a", "b").plus(ids(3, "c", "d")), is(four));
    // Both are of as many as are kept, and only one of them of more.
    assertThat(ids(3, "a", "b", "c").equals(four), is(false));
    assertThat(ids(3, "a", "b", "c").plus(four), is(four));
    assertThat(four.toString(), is("at least [a, b, c]"));
  }

  @Test
  void idsThatAreWrittenAlikeAreOne() {
    assertThat(ids(9, "a\ud800", "a?", "\ud83d\ude00").sorted(), contains("a?", "\ud83d\ude00"));
  }

  /** Beside a sorted set, in parts of all sizes, in two orders, read back and not. */
  @Test
  void idsAreThoseOfASetHoweverTheyAreDivided() {
    Random random = new Random(7);
    for (int different : new int[] {2, 8, 9, 40, 5_000}) {
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < 2 * different; i++) {
        int number = random.nextInt(different);
        texts.add(number % 5 == 0 ? "ü\ud83d\ude00" + number : "C" + number);
      }
      Ids parts = Ids.NONE;
      for (int from = 0; from < texts.size(); ) {
        int to = Math.min(texts.size(), from + 1 + random.nextInt(different));
        Ids part = ids(different, texts.subList(from, to).toArray(String[]::new));
        parts = parts.plus(random.nextBoolean() ? Ids.fromBytes(part.toBytes()) : part);
        from = to;
      }
      assertThat(parts.sorted(), is(List.copyOf(new TreeSet<>(texts))));
      Collections.shuffle(texts, random);
      Ids whole = ids(different, texts.toArray(String[]::new));
      assertThat(parts.toBytes(), is(whole.toBytes()));
      assertThat(Ids.fromBytes(parts.toBytes()).count(), is(whole.count()));
    }
  }

  @Test
  void idsWithOneHashAreWrittenInOneOrder() {
    Map<Integer, String> hashes = new HashMap<>();
    String one = "";
    String other = null;
    for (int i = 0; other == null; i++) {
      one = "C" + i;
      byte[] bytes = one.getBytes(StandardCharsets.UTF_8);
      other = hashes.put(TextTable.hash(bytes, 0, bytes.length), one);
    }
    assertThat(ids(3, one, other).count(), is(2L));
    assertThat(ids(3, one, other), is(ids(3, other, one)));
    assertThat(ids(3, one, other, "x").toBytes(), is(ids(3, "x", other, one).toBytes()));
  }

  @Test
  void whatIsAddedToACopyIsNotInTheOther() {
    Ids read = Ids.fromBytes(ids(9, "a", "b").toBytes());
    Ids copy = Ids.NONE.plus(read).plus(Ids.of("c", 9));
    assertThat(copy.count(), is(3L));
    assertThat(read.sorted(), contains("a", "b"));
    assertThat(Ids.NONE.plus(copy).plus(Ids.of("d", 9)).count(), is(4L));
    assertThat(copy.sorted(), contains("a", "b", "c"));
    assertThat(Ids.NONE.count(), is(0L));
  }

  @Test
  void idsOfOtherBoundsDoNotAddUp() {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> Ids.of("a", 3).plus(Ids.of("a", 4)))
            .getMessage(),
        containsString("at most 3 and 4 ids"));
    assertThrows(IllegalArgumentException.class, () -> Ids.of("a", 0));
  }

  @Test
  void bytesThatAreNoIdsAreRefused() {
    byte[] whole = ids(3, "a", "bc").toBytes();
    for (int length = 1; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      try {
        assertThat(Ids.fromBytes(cut).count() < 2, is(true));
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage(), containsString("a set of ids"));
      }
    }
  }

  @Test
  void theBestAreThoseOfAllSortedAndCut() {
    Random random = new Random(3);
    for (int most : new int[] {1, 3, 100}) {
      List<Integer> all = new ArrayList<>();
      Best<Integer> best = Best.none();
      for (int i = 0; i < 50; i++) {
        int each = random.nextInt(20);
        all.add(each);
        best = best.plus(Best.of(each, most));
      }
      Collections.sort(all);
      assertThat(best.values(), is(all.subList(0, Math.min(most, all.size()))));
    }
    assertThrows(IllegalArgumentException.class, () -> Best.of(1, 2).plus(Best.of(1, 3)));
    assertThrows(IllegalArgumentException.class, () -> Best.of(1, 0));
  }

  private static ExactSum sum(List<Double> numbers) {
    ExactSum sum = ExactSum.NONE;
    for (double number : numbers) {
      sum = sum.plus(ExactSum.of(number));
    }
    return sum;
  }

  /** Of all magnitudes and both signs: as BigDecimal adds them up and rounds once. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10, 1000})
  void anExactSumIsTheDoubleThatIsNearest(int number) {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      List<Double> numbers = new ArrayList<>();
      BigDecimal exact = BigDecimal.ZERO;
      for (int i = 0; i < number; i++) {
        double each =
            seed % 2 == 0
                ? random.nextGaussian()
                : Math.scalb(random.nextGaussian(), random.nextInt(1900) - 950);
        numbers.add(each);
        exact = exact.add(new BigDecimal(each));
      }
      // What cancels, and what is too small for a sum of doubles to see.
      numbers.add(1e100);
      numbers.add(-1e100);
      assertThat(sum(numbers).sum(), is(exact.doubleValue()));
      assertThat(ExactSum.fromBytes(sum(numbers).toBytes()).sum(), is(exact.doubleValue()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        0,
        -0.0,
        1,
        -1,
        0.1,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        Double.MAX_VALUE,
        1e-308
      })
  void oneNumberIsItself(double number) {
    ExactSum one = ExactSum.of(number);
    assertThat(one.sum() == number, is(true));
    assertThat(ExactSum.fromBytes(one.toBytes()).sum() == number, is(true));
    assertThat(ExactSum.fromBytes(one.toBytes()), is(one));
    assertThat(one.plus(one).sum() == 2 * number, is(true));
    assertThat(one.plus(one).average() == (2 * number) / 2, is(true));
  }

  @Test
  void exactSumsKnowWhatDoublesForget() {
    ExactSum sum = sum(List.of(0.1, 0.2, 0.3));
    assertThat(0.1 + 0.2 + 0.3 == 0.6, is(false));
    assertThat(sum.sum(), is(0.6));
    assertThat(sum.count(), is(3L));
    assertThat(sum(List.of(1e16, 1.0, -1e16)).sum(), is(1.0));
    assertThat(
        sum(List.of(Double.MAX_VALUE, Double.MAX_VALUE)).sum(), is(Double.POSITIVE_INFINITY));
    assertThat(ExactSum.NONE.average(), is(0.0));
    assertThrows(IllegalArgumentException.class, () -> ExactSum.of(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> ExactSum.of(Double.NEGATIVE_INFINITY));
  }

  @Test
  void theyTravelWithAFunction() {
    assertThat(SerializableUtils.clone(ids(2, "a", "b", "c")), is(ids(2, "a", "b", "c")));
    assertThat(SerializableUtils.clone(sum(List.of(0.5, 1.0))), is(sum(List.of(0.5, 1.0))));
    assertThat(SerializableUtils.clone(new Average(3, 2)), is(new Average(3, 2)));
  }
}
