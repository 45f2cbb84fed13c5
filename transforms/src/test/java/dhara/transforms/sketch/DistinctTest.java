package dhara.transforms.sketch;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DistinctTest {

  /** Every item by itself, in the order given. */
  private static Distinct inOrder(List<Integer> items, int lgRegisters) {
    Distinct sum = Distinct.NONE;
    for (int item : items) {
      sum = sum.plus(Distinct.of("item-" + item, lgRegisters));
    }
    return sum;
  }

  /**
   * In a random order, with repeated items, in a random tree of parts, some encoded and decoded.
   */
  private static Distinct inParts(List<Integer> items, int lgRegisters, Random random) {
    List<Integer> shuffled = new ArrayList<>(items);
    for (int i = 0; i < items.size() / 3; i++) {
      shuffled.add(items.get(random.nextInt(items.size())));
    }
    Collections.shuffle(shuffled, random);
    List<Distinct> parts = new ArrayList<>(List.of(Distinct.NONE));
    for (int from = 0; from < shuffled.size(); ) {
      int to = Math.min(shuffled.size(), from + 1 + random.nextInt(shuffled.size()));
      parts.add(inOrder(shuffled.subList(from, to), lgRegisters));
      from = to;
    }
    while (parts.size() > 1) {
      Distinct left = parts.remove(random.nextInt(parts.size()));
      Distinct right = parts.remove(random.nextInt(parts.size()));
      Distinct sum = left.plus(right);
      parts.add(random.nextBoolean() ? sum : Distinct.fromBytes(sum.toBytes()));
    }
    return parts.get(0);
  }

  private static List<Integer> items(int number) {
    return IntStream.range(0, number).boxed().toList();
  }

  @ParameterizedTest
  @CsvSource({
    "7, 15",
    "7, 16",
    "7, 17",
    "7, 3000",
    "12, 1",
    "12, 2",
    "12, 7",
    "12, 8",
    "12, 512",
    "12, 513",
    "12, 2000",
    "12, 20000",
    "14, 5000",
  })
  void orderRepetitionAndPartsChangeNoBit(int lgRegisters, int number) {
    Random random = new Random(number);
    Distinct expected = inOrder(items(number), lgRegisters);
    for (int i = 0; i < 20; i++) {
      Distinct sum = inParts(items(number), lgRegisters, random);
      assertThat(Arrays.equals(sum.toBytes(), expected.toBytes()), is(true));
      assertThat(sum.estimate(), is(expected.estimate()));
      for (int deviations = 1; deviations <= 3; deviations++) {
        assertThat(sum.lowerBound(deviations), is(expected.lowerBound(deviations)));
        assertThat(sum.upperBound(deviations), is(expected.upperBound(deviations)));
      }
      assertThat(sum, is(expected));
      assertThat(sum.hashCode(), is(expected.hashCode()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 100, 512})
  void fewItemsAreCountedOut(int number) {
    Distinct sum = inOrder(items(number), 12);
    assertThat(sum.count(), is((long) number));
    assertThat(sum.estimate(), is(closeTo(number, number * 3 * 0.409 / (1 << 13))));
  }

  /** 300 sets of other items: of three standard deviations, some 0.3 % may be out. */
  @ParameterizedTest
  @CsvSource({"12, 3000", "12, 50000", "10, 5000"})
  void theBoundsHoldTheTrueNumber(int lgRegisters, int number) {
    int[] outside = new int[4];
    double squares = 0;
    for (int set = 0; set < 300; set++) {
      Distinct sum = Distinct.NONE;
      for (int i = 0; i < number; i++) {
        sum = sum.plus(Distinct.of((long) set * number + i, lgRegisters));
      }
      for (int deviations = 1; deviations <= 3; deviations++) {
        if (number < sum.lowerBound(deviations) || number > sum.upperBound(deviations)) {
          outside[deviations]++;
        }
      }
      squares += Math.pow(sum.estimate() / number - 1, 2);
    }
    assertThat(outside[3], is(lessThanOrEqualTo(4)));
    assertThat(outside[2], is(lessThanOrEqualTo(30)));
    assertThat(outside[1], is(both(greaterThanOrEqualTo(1)).and(lessThanOrEqualTo(130))));
    assertThat(Math.sqrt(squares / 300), is(lessThan(1.2 * 1.039 / Math.sqrt(1 << lgRegisters))));
  }

  /** As near to the truth as DataSketches, over 200 sets: its composite estimator has tables. */
  @ParameterizedTest
  @ValueSource(ints = {600, 2000, 10_000, 100_000})
  void theErrorIsThatOfDataSketches(int number) {
    double squares = 0;
    double squaresOfTheirs = 0;
    for (int set = 0; set < 200; set++) {
      Distinct sum = Distinct.NONE;
      HllSketch theirs = new HllSketch(12, TgtHllType.HLL_8);
      for (int i = 0; i < number; i++) {
        long item = (long) set * number + i;
        sum = sum.plus(Distinct.of(item));
        theirs.update(item);
      }
      squares += Math.pow(sum.estimate() / number - 1, 2);
      squaresOfTheirs += Math.pow(theirs.getCompositeEstimate() / number - 1, 2);
    }
    assertThat(squares, is(lessThan(1.1 * squaresOfTheirs)));
  }

  /** The bytes are in savepoints: no version may read or write them otherwise. */
  @Test
  void theBytesStayWhatTheyAre() {
    assertThat(hex(Distinct.of("a")), is("0c00043b822f"));
    assertThat(hex(Distinct.of("a", 9).plus(Distinct.of(1, 9))), is("0900043b822f06fbf22b"));
    assertThat(
        HexFormat.of().formatHex(sha256(inOrder(items(1000), 12).toBytes())),
        is("45214835d8a4716241dbbd9a5d83d3ff150518b96071025158229a3ccb42fec3"));
  }

  private static String hex(Distinct distinct) {
    return HexFormat.of().formatHex(distinct.toBytes());
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9, 500, 5000})
  void whatIsAddedStaysAsItWas(int number) {
    Distinct other = inOrder(items(number), 12);
    byte[] before = other.toBytes();

    Distinct sum = Distinct.NONE.plus(other);
    for (int i = 0; i < 1000; i++) {
      sum = sum.plus(Distinct.of(i));
    }
    Distinct one = Distinct.of("one").plus(other).plus(Distinct.of("two"));
    Distinct many = inOrder(items(7000), 12).plus(other).plus(Distinct.of("three"));

    assertThat(sum, is(not(one)));
    assertThat(one, is(not(many)));
    assertThat(Arrays.equals(other.toBytes(), before), is(true));
    assertThat(Distinct.NONE.toBytes(), is(new byte[0]));
    assertThat(Distinct.NONE.estimate(), is(0.0));
  }

  @Test
  void nothingAddsNothing() {
    Distinct one = Distinct.of("a");
    Distinct two = one.plus(Distinct.of("b"));
    assertThat(Distinct.NONE.plus(Distinct.NONE), is(Distinct.NONE));
    assertThat(one.plus(Distinct.NONE), is(sameInstance(one)));
    assertThat(two.plus(Distinct.NONE).count(), is(2L));
    assertThat(Distinct.NONE.upperBound(3), is(0.0));
    assertThat(one, is(not(Distinct.NONE)));
  }

  @Test
  void theEmptyTextIsAnItemAndANumberIsNotItsText() {
    Distinct sum = Distinct.of("").plus(Distinct.of("")).plus(Distinct.of("1"));
    assertThat(sum.count(), is(2L));
    assertThat(sum.plus(Distinct.of(1)).count(), is(3L));
    assertThat(Distinct.of("").count(), is(1L));
  }

  @Test
  void countsOfOtherPrecisionsAreNotAddedUp() {
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> Distinct.of("a", 12).plus(Distinct.of("a", 14)))
            .getMessage(),
        containsString("2^12 and 2^14 registers"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> Distinct.of("a", 22)).getMessage(),
        containsString("not 2^22"));
  }

  @Test
  void bytesOfNoneAreRefusedAndNeverReadPastTheirEnd() {
    Random random = new Random(7);
    for (int number : new int[] {1, 6, 50, 1000}) {
      byte[] whole = inOrder(items(number), 11).toBytes();
      for (int length = 1; length < whole.length; length++) {
        byte[] cut = Arrays.copyOf(whole, length);
        try {
          // Some of the hashes are a distinct count too; the coder knows how many bytes there are.
          assertThat(Distinct.fromBytes(cut).count(), is((length - 2) / 4L));
        } catch (IllegalArgumentException e) {
          assertThat(e.getMessage(), containsString("no distinct count has " + length + " bytes"));
        }
      }
      for (int i = 0; i < 2000; i++) {
        byte[] bytes = whole.clone();
        bytes[random.nextInt(Math.min(64, bytes.length))] ^= (byte) (1 << random.nextInt(8));
        try {
          assertThat(Distinct.fromBytes(bytes).count(), is(greaterThanOrEqualTo(0L)));
        } catch (RuntimeException e) {
          assertThat(e.getMessage(), not(equalTo("")));
        }
      }
    }
  }

  @Test
  void itTravelsWithAFunction() {
    for (int number : new int[] {0, 1, 1000}) {
      Distinct sum = inOrder(items(number), 12);
      assertThat(SerializableUtils.clone(sum), is(sum));
    }
  }
}
