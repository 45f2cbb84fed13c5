package dhara.transforms;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantilesTest {

  private static Quantiles inOrder(List<Double> values, int k) {
    Quantiles sum = Quantiles.NONE;
    for (double value : values) {
      sum = sum.plus(Quantiles.of(value, k));
    }
    return sum;
  }

  /** In a random order, in a random tree of parts, some of which went as bytes. */
  private static Quantiles inParts(List<Double> values, int k, Random random) {
    List<Double> shuffled = new ArrayList<>(values);
    Collections.shuffle(shuffled, random);
    List<Quantiles> parts = new ArrayList<>(List.of(Quantiles.NONE));
    for (int from = 0; from < shuffled.size(); ) {
      int to = Math.min(shuffled.size(), from + 1 + random.nextInt(shuffled.size()));
      parts.add(inOrder(shuffled.subList(from, to), k));
      from = to;
    }
    while (parts.size() > 1) {
      Quantiles left = parts.remove(random.nextInt(parts.size()));
      Quantiles right = parts.remove(random.nextInt(parts.size()));
      Quantiles sum = left.plus(right);
      parts.add(random.nextBoolean() ? sum : Quantiles.fromBytes(sum.toBytes()));
    }
    return parts.get(0);
  }

  /** Rounded, so that some are there more than once. */
  private static List<Double> values(int number, Random random) {
    return IntStream.range(0, number)
        .mapToObj(i -> (double) Math.round(Math.exp(7 + random.nextGaussian())))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"200, 1", "200, 2", "200, 17", "200, 199", "200, 200", "8, 8", "1000, 1000"})
  void upToKValuesAllIsExactAndOrderAndPartsChangeNoBit(int k, int number) {
    Random random = new Random(number);
    List<Double> values = values(number, random);
    double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
    Quantiles expected = inOrder(values, k);

    for (int i = 0; i < 20; i++) {
      Quantiles sum = inParts(values, k, random);
      assertThat(Arrays.equals(sum.toBytes(), expected.toBytes()), is(true));
      assertThat(sum, is(expected));
      assertThat(sum.isExact(), is(true));
      assertThat(sum.rankError(), is(0.0));
      assertThat(sum.count(), is((long) number));
      for (int percent = 1; percent <= 100; percent++) {
        // By whole numbers: 0.07 * 100 is more than 7.
        double exact = sorted[(percent * number + 99) / 100 - 1];
        assertThat(sum.quantile(percent / 100.0), is(exact));
        assertThat(sum.lowerBound(percent / 100.0), is(exact));
        assertThat(sum.upperBound(percent / 100.0), is(exact));
      }
      double median = sorted[number / 2];
      assertThat(sum.rank(median), is(closeTo(rank(sorted, median), 1e-12)));
    }
  }

  private static double rank(double[] sorted, double value) {
    return (double) Arrays.stream(sorted).filter(v -> v <= value).count() / sorted.length;
  }

  /**
   * Of each 100 answers one may be outside; of 400, more than 20 are, if so, once in 10^8 runs. The
   * coins are thrown by DataSketches, so that no seed could make this the same in every run.
   */
  @ParameterizedTest
  @CsvSource({"200, 201", "200, 5000", "50, 3000"})
  void beyondKTheRankErrorIsWithinTheBoundHoweverMerged(int k, int number) {
    Random random = new Random(k + number);
    double[] ranks = {0.01, 0.25, 0.5, 0.95, 0.99};
    int[] outside = new int[ranks.length];
    int[] outsideOfValues = new int[ranks.length];
    for (int set = 0; set < 400; set++) {
      List<Double> values = values(number, random);
      double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
      Quantiles sum = set % 2 == 0 ? inOrder(values, k) : inParts(values, k, random);
      assertThat(sum.isExact(), is(false));
      assertThat(sum.rankError(), is(closeTo(2.296 / Math.pow(k, 0.9723), 1e-12)));
      for (int i = 0; i < ranks.length; i++) {
        double exact = sorted[(int) Math.ceil(ranks[i] * number) - 1];
        if (Math.abs(sum.rank(exact) - rank(sorted, exact)) > sum.rankError()) {
          outside[i]++;
        }
        if (exact < sum.lowerBound(ranks[i]) || exact > sum.upperBound(ranks[i])) {
          outsideOfValues[i]++;
        }
      }
    }
    for (int i = 0; i < ranks.length; i++) {
      assertThat(outside[i], is(lessThanOrEqualTo(20)));
      assertThat(outsideOfValues[i], is(lessThanOrEqualTo(20)));
    }
  }

  @Test
  void numberLeastAndGreatestAreExactAlways() {
    Random random = new Random(3);
    List<Double> values = values(20_000, random);
    for (int i = 0; i < 10; i++) {
      Quantiles sum = inParts(values, 100, random);
      assertThat(sum.count(), is(20_000L));
      assertThat(sum.least(), is(Collections.min(values)));
      assertThat(sum.greatest(), is(Collections.max(values)));
      assertThat(sum.quantile(0), is(sum.least()));
      assertThat(sum.quantile(1), is(sum.greatest()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 150, 200, 201, 5000})
  void whatIsAddedStaysAsItWasAndSoDoesWhatIsAsked(int number) {
    Quantiles other = inOrder(values(number, new Random(number)), 200);
    byte[] before = other.toBytes();

    Quantiles sum = Quantiles.NONE.plus(other);
    for (int i = 0; i < 1000; i++) {
      sum = sum.plus(Quantiles.of(i));
    }
    Quantiles one = Quantiles.of(1).plus(other).plus(Quantiles.of(2));
    Quantiles many = inOrder(values(900, new Random(1)), 200).plus(other).plus(Quantiles.of(3));
    assertThat(sum.count(), is(number + 1000L));
    assertThat(one.count(), is(number + 2L));
    assertThat(many.count(), is(number + 901L));
    assertThat(sum.quantile(0.5), is(sum.quantile(0.5)));
    assertThat(other.lowerBound(0.5), is(lessThanOrEqualTo(other.upperBound(0.5))));
    assertThat(other.rank(other.greatest()), is(1.0));

    assertThat(Arrays.equals(other.toBytes(), before), is(true));
    assertThat(Quantiles.NONE.toBytes(), is(new byte[0]));
    assertThat(Quantiles.NONE.count(), is(0L));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 200, 201, 50_000})
  void bytesAndFunctionsCarryTheWhole(int number) {
    Quantiles sum = inOrder(values(number, new Random(number)), 200);
    Quantiles read = Quantiles.fromBytes(sum.toBytes());
    assertThat(read, is(sum));
    assertThat(read.hashCode(), is(sum.hashCode()));
    assertThat(read.count(), is((long) number));
    assertThat(read.isExact(), is(number <= 200));
    assertThat(SerializableUtils.clone(sum), is(sum));
    if (number > 0) {
      assertThat(read.quantile(0.37), is(sum.quantile(0.37)));
      assertThat(read.plus(Quantiles.of(5)).count(), is(number + 1L));
    }
  }

  @Test
  void nothingAddsNothingAndNoValuesHaveNoQuantileThatIsANumber() {
    Quantiles one = Quantiles.of(4);
    assertThat(one.plus(Quantiles.NONE), is(sameInstance(one)));
    assertThat(Quantiles.NONE.plus(Quantiles.NONE), is(Quantiles.NONE));
    assertThat(one, is(not(Quantiles.NONE)));
    assertThat(Quantiles.NONE.quantile(0.5), is(Double.NaN));
    assertThat(Quantiles.NONE.upperBound(0.5), is(Double.NaN));
    assertThat(Quantiles.NONE.rank(1), is(Double.NaN));
    assertThat(Quantiles.NONE.least(), is(Double.NaN));
    assertThat(Quantiles.NONE.greatest(), is(Double.NaN));
    assertThat(Quantiles.NONE.rankError(), is(0.0));
  }

  @Test
  void zerosAreOneInfinityIsAValueAndNaNIsRefused() {
    assertThat(Quantiles.of(-0.0), is(Quantiles.of(0.0)));
    assertThat(
        Quantiles.of(1).plus(Quantiles.of(Double.POSITIVE_INFINITY)).quantile(0.9),
        is(Double.POSITIVE_INFINITY));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> Quantiles.of(Double.NaN)).getMessage(),
        containsString("NaN"));
  }

  @Test
  void otherKsAreNotAddedUpAndImpossibleOnesAndRanksAreRefused() {
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> Quantiles.of(1, 200).plus(Quantiles.of(1, 100)))
            .getMessage(),
        containsString("k 200 and 100"));
    for (int k : new int[] {7, 65_536}) {
      assertThrows(IllegalArgumentException.class, () -> Quantiles.of(1, k));
    }
    for (double rank : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> Quantiles.of(1).quantile(rank));
    }
  }

  @Test
  void bytesOfNoneAreRefusedAndNeverReadPastTheirEnd() {
    Random random = new Random(7);
    for (int number : new int[] {1, 6, 3000}) {
      byte[] whole = inOrder(values(number, random), 20).toBytes();
      for (int length = 1; length < whole.length; length++) {
        byte[] cut = Arrays.copyOf(whole, length);
        if (whole[0] == 2 || (length - 3) % 8 != 0 || length == 3) {
          assertThrows(RuntimeException.class, () -> Quantiles.fromBytes(cut), "" + length);
        }
      }
      for (int i = 0; i < 2000; i++) {
        byte[] bytes = whole.clone();
        bytes[random.nextInt(Math.min(64, bytes.length))] ^= (byte) (1 << random.nextInt(8));
        try {
          assertThat(
              Quantiles.fromBytes(bytes).count(),
              is(both(greaterThan(Long.MIN_VALUE)).and(lessThanOrEqualTo(Long.MAX_VALUE))));
        } catch (RuntimeException e) {
          assertThat(e.getMessage(), not(equalTo("")));
        }
      }
    }
  }
}
