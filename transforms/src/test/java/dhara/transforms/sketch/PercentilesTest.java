package dhara.transforms.sketch;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.DDSketches;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PercentilesTest {

  private static final double[] PARTS = {0, 0.001, 0.01, 0.07, 0.25, 0.5, 0.95, 0.99, 0.999, 1};

  private static Percentiles inOrder(List<Double> values) {
    Percentiles sum = Percentiles.NONE;
    for (double value : values) {
      sum = sum.plus(Percentiles.of(value));
    }
    return sum;
  }

  /** In a random order, in a random tree of parts, some encoded and decoded. */
  private static Percentiles inParts(List<Double> values, Random random) {
    List<Double> shuffled = new ArrayList<>(values);
    Collections.shuffle(shuffled, random);
    List<Percentiles> parts = new ArrayList<>(List.of(Percentiles.NONE));
    for (int from = 0; from < shuffled.size(); ) {
      int to = Math.min(shuffled.size(), from + 1 + random.nextInt(shuffled.size()));
      parts.add(inOrder(shuffled.subList(from, to)));
      from = to;
    }
    while (parts.size() > 1) {
      Percentiles left = parts.remove(random.nextInt(parts.size()));
      Percentiles right = parts.remove(random.nextInt(parts.size()));
      Percentiles sum = left.plus(right);
      parts.add(random.nextBoolean() ? sum : Percentiles.fromBytes(sum.toBytes()));
    }
    return parts.get(0);
  }

  private static Arguments values(String name, ToDoubleFunction<Random> value) {
    return Arguments.of(name, value);
  }

  static Stream<Arguments> values() {
    return Stream.of(
        values("latencies", random -> Math.exp(5 + random.nextGaussian())),
        values("whole numbers", random -> random.nextInt(1000)),
        values("of either sign", random -> 1000 * random.nextGaussian()),
        values("negative", random -> -Math.exp(3 * random.nextGaussian())),
        values("mostly zero", random -> random.nextInt(3) == 0 ? random.nextGaussian() : 0),
        values(
            "of all magnitudes",
            random -> Math.scalb(1 + random.nextDouble(), random.nextInt(127) - 63)),
        values("one and the same", random -> 42.1),
        values("heavy tailed", random -> Math.pow(random.nextDouble(), -2)));
  }

  /** The least value that {@code part} of the sorted values does not exceed. */
  private static double exact(double[] sorted, double part) {
    // Parts are thousandths: by whole numbers, as 0.07 * 100 is more than 7.
    long thousandths = Math.round(1000 * part);
    return sorted[(int) Math.max(0, (thousandths * sorted.length + 999) / 1000 - 1)];
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("values")
  void everyPercentileIsWithinTheErrorWhateverTheNumberOfValues(
      String name, ToDoubleFunction<Random> value) {
    for (int number : new int[] {1, 2, 3, 10, 100, 1000, 20_000}) {
      Random random = new Random(number);
      List<Double> values = new ArrayList<>();
      for (int i = 0; i < number; i++) {
        values.add(value.applyAsDouble(random));
      }
      double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
      Percentiles sum = inOrder(values);

      assertThat(sum.count(), is((long) number));
      assertThat(sum.least(), is(sorted[0]));
      assertThat(sum.greatest(), is(sorted[number - 1]));
      for (double part : PARTS) {
        double exact = exact(sorted, part);
        assertThat(
            name + ", " + number + " values, " + part,
            Math.abs(sum.quantile(part) - exact),
            is(lessThanOrEqualTo(Percentiles.RELATIVE_ERROR * Math.abs(exact))));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("values")
  void orderAndPartsChangeNoBit(String name, ToDoubleFunction<Random> value) {
    for (int number : new int[] {1, 2, 17, 1000}) {
      Random random = new Random(number);
      List<Double> values = new ArrayList<>();
      for (int i = 0; i < number; i++) {
        values.add(value.applyAsDouble(random));
      }
      Percentiles expected = inOrder(values);
      for (int i = 0; i < 20; i++) {
        Percentiles sum = inParts(values, random);
        assertThat(name, Arrays.equals(sum.toBytes(), expected.toBytes()), is(true));
        assertThat(sum, is(expected));
        assertThat(sum.hashCode(), is(expected.hashCode()));
      }
    }
  }

  /** DDSketch is an independent implementation of the same idea: both are near each other. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("values")
  void aDdSketchOfTheSameErrorIsWithinBothErrors(String name, ToDoubleFunction<Random> value) {
    Random random = new Random(11);
    Percentiles ours = Percentiles.NONE;
    DDSketch theirs = DDSketches.unboundedDense(Percentiles.RELATIVE_ERROR);
    for (int i = 0; i < 10_001; i++) {
      double each = value.applyAsDouble(random);
      ours = ours.plus(Percentiles.of(each));
      theirs.accept(each);
    }
    for (double part : new double[] {0.01, 0.25, 0.5, 0.95, 0.99}) {
      double other = theirs.getValueAtQuantile(part);
      // Theirs is of the rank part * (n - 1), from 0, and so may be of a value before ours.
      double before = Math.min(ours.quantile(part - 0.0002), ours.quantile(part));
      double after = Math.max(ours.quantile(part + 0.0002), ours.quantile(part));
      double error =
          2.01 * Percentiles.RELATIVE_ERROR * Math.max(Math.abs(before), Math.abs(after));
      assertThat(
          name + " " + part, other, is(closeTo((before + after) / 2, error + (after - before))));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // value, what the median of three of them is
    "0, 0",
    "-0.0, 0",
    "1e-300, 0",
    "-1e-300, 0",
    "5.4e-20, 0",
    "1e30, 1e30",
    "-1e30, -1e30",
    "1.7976931348623157e308, 1.7976931348623157e308",
    "Infinity, Infinity",
    "-Infinity, -Infinity",
  })
  void valuesBeyondTheRangeAreTheExtremeOrZero(double value, double median) {
    Percentiles sum = inOrder(List.of(value, value, value));
    // Of values near zero the extremes are exact, and the median is between them.
    double expected = Math.max(sum.least(), Math.min(sum.greatest(), median));
    assertThat(sum.quantile(0.5), is(expected));
    assertThat(Percentiles.fromBytes(sum.toBytes()), is(sum));
  }

  @Test
  void hugeValuesLeaveTheOthersAsTheyAre() {
    List<Double> values = new ArrayList<>(Collections.nCopies(99, 250.0));
    values.add(1e300);
    values.add(Double.POSITIVE_INFINITY);
    values.add(Double.NEGATIVE_INFINITY);
    Percentiles sum = inOrder(values);
    assertThat(sum.quantile(0.5), is(closeTo(250, 1)));
    assertThat(sum.quantile(0.99), is(Double.POSITIVE_INFINITY));
    assertThat(sum.least(), is(Double.NEGATIVE_INFINITY));
  }

  @Test
  void aPartIsTakenAsItIsWritten() {
    List<Double> values = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      values.add((double) i);
    }
    Percentiles sum = inOrder(values);
    // As doubles, 0.07 * 100 is 7.000000000000001, and the answer would be 8.
    assertThat(Math.round(sum.quantile(0.07)), is(7L));
    assertThat(Math.round(sum.quantile(0.29)), is(29L));
    assertThat(sum.quantile(0), is(1.0));
    assertThat(sum.quantile(1), is(100.0));
  }

  @Test
  void noMatterHowManyValuesBucketsAreBounded() {
    Percentiles sum = Percentiles.NONE;
    for (int exponent = -1022; exponent < 1023; exponent++) {
      for (int i = 0; i < 128; i++) {
        double value = Math.scalb(1 + i / 128.0, exponent);
        sum = sum.plus(Percentiles.of(value)).plus(Percentiles.of(-value));
      }
    }
    assertThat(sum.count(), is(2L * 2045 * 128));
    // 32,771 buckets, of a distance and a count of 3 bytes at most each, and the extremes.
    assertThat(sum.toBytes().length, is(lessThanOrEqualTo(16 + 32_771 * 2 + 3 * 4)));
  }

  @Test
  void nothingAddsNothing() {
    Percentiles one = Percentiles.of(3);
    assertThat(Percentiles.NONE.plus(Percentiles.NONE), is(Percentiles.NONE));
    assertThat(one.plus(Percentiles.NONE), is(sameInstance(one)));
    assertThat(Percentiles.NONE.plus(one), is(one));
    assertThat(Percentiles.NONE.quantile(0.5), is(Double.NaN));
    assertThat(Percentiles.NONE.least(), is(Double.NaN));
    assertThat(Percentiles.NONE.count(), is(0L));
    assertThat(Percentiles.NONE.toBytes(), is(new byte[0]));
    assertThat(one, is(not(Percentiles.NONE)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9, 500})
  void whatIsAddedStaysAsItWas(int number) {
    Percentiles other = inOrder(Collections.nCopies(number, 7.0));
    byte[] before = other.toBytes();
    Percentiles sum = Percentiles.NONE.plus(other);
    Percentiles more = Percentiles.of(1).plus(other);
    for (int i = 0; i < 100; i++) {
      sum = sum.plus(Percentiles.of(i));
      more = more.plus(Percentiles.of(i));
    }
    assertThat(Arrays.equals(other.toBytes(), before), is(true));
    assertThat(Percentiles.NONE.count(), is(0L));
  }

  @Test
  void whatHasNoPlaceIsRefused() {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> Percentiles.of(Double.NaN)).getMessage(),
        containsString("NaN has no place"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> Percentiles.of(1).quantile(1.5))
            .getMessage(),
        containsString("0 to 1, not 1.5"));
  }

  /** The bytes are in savepoints: no version may read or write them otherwise. */
  @Test
  void theBytesStayWhatTheyAre() {
    assertThat(hex(Percentiles.of(1)), is("3ff0000000000000"));
    assertThat(
        hex(inOrder(List.of(1.0, 1.0, -2.5, 0.0))),
        is("c0040000000000003ff0000000000000e03e01a14101814002"));
  }

  private static String hex(Percentiles percentiles) {
    return HexFormat.of().formatHex(percentiles.toBytes());
  }

  @Test
  void otherBytesAreRefusedAndNeverReadPastTheirEnd() {
    Random random = new Random(7);
    byte[] whole = inOrder(List.of(1.0, 1.0, -2.5, 0.0, 1e9)).toBytes();
    for (int length = 1; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      try {
        // A value by itself, or fewer buckets; the coder knows how many bytes there are.
        assertThat(Percentiles.fromBytes(cut).count() < 5, is(true));
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage(), containsString("percentiles"));
      }
    }
    for (int i = 0; i < 5000; i++) {
      byte[] bytes = whole.clone();
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        assertThat(Percentiles.fromBytes(bytes).count() > 0, is(true));
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage(), is(not("")));
      }
    }
  }

  @Test
  void itTravelsWithAFunction() {
    for (int number : new int[] {0, 1, 1000}) {
      Percentiles sum = inOrder(Collections.nCopies(number, 2.5));
      assertThat(SerializableUtils.clone(sum), is(sum));
    }
  }
}
