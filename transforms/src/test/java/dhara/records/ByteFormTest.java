package dhara.records;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.Row;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

/** Components that write themselves. */
class ByteFormTest {

  /** A set of small numbers. */
  static final class Bitmap implements ByteForm {

    private final BitSet bits;

    private Bitmap(BitSet bits) {
      this.bits = bits;
    }

    static Bitmap of(int... numbers) {
      BitSet bits = new BitSet();
      for (int number : numbers) {
        bits.set(number);
      }
      return new Bitmap(bits);
    }

    @Override
    public byte[] toBytes() {
      return bits.toByteArray();
    }

    static Bitmap fromBytes(byte[] bytes) throws IOException {
      if (bytes.length > 0 && bytes[bytes.length - 1] == 0) {
        throw new IllegalArgumentException("a bitmap does not end with a zero");
      }
      if (bytes.length > 100) {
        throw new IOException("too long");
      }
      return new Bitmap(BitSet.valueOf(bytes));
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bitmap that && bits.equals(that.bits);
    }

    @Override
    public int hashCode() {
      return bits.hashCode();
    }

    @Override
    public String toString() {
      return bits.toString();
    }
  }

  private record Seen(
      long count,
      Bitmap seats,
      @Nullable Bitmap rows,
      List<Bitmap> days,
      Map<Bitmap, Long> counts,
      Optional<Bitmap> last) {}

  private static final Seen SEEN =
      new Seen(
          7,
          Bitmap.of(1, 9),
          null,
          List.of(Bitmap.of(), Bitmap.of(3)),
          Map.of(Bitmap.of(2), 4L, Bitmap.of(5, 700), 5L),
          Optional.of(Bitmap.of(63)));

  @Test
  void itComesBackEqualWhereverATypeMayBe() throws Exception {
    RecordCoder<Seen> coder = RecordCoder.of(Seen.class);
    byte[] bytes = CoderUtils.encodeToByteArray(coder, SEEN);
    assertThat(CoderUtils.decodeFromByteArray(coder, bytes), is(SEEN));
    Seen other = new Seen(7, Bitmap.of(1), Bitmap.of(2), List.of(), Map.of(), Optional.empty());
    assertThat(CoderUtils.clone(coder, other), is(other));
    assertThat(other, is(not(SEEN)));
  }

  private record Seats(long count, Bitmap seats) {}

  @Test
  void itsBytesFollowTheirLength() throws Exception {
    assertThat(
        CoderUtils.encodeToByteArray(RecordCoder.of(Seats.class), new Seats(3, Bitmap.of(0, 9))),
        is(new byte[] {4, 6, 2, 1, 2}));
  }

  @Test
  void itMayBePartOfAKey() throws Exception {
    RecordCoder<Seen> coder = RecordCoder.of(Seen.class);
    coder.verifyDeterministic();
    assertThat(coder.consistentWithEquals(), is(true));
  }

  @Test
  void aRowHasItsBytes() {
    RecordCoder<Seats> coder = RecordCoder.of(Seats.class);
    Row row = coder.getToRowFunction().apply(new Seats(3, Bitmap.of(0, 9)));
    assertThat(row.getSchema().getField("seats").getType(), is(FieldType.BYTES));
    assertThat(row.getBytes("seats"), is(new byte[] {1, 2}));
    assertThat(coder.getFromRowFunction().apply(row), is(new Seats(3, Bitmap.of(0, 9))));
  }

  @Test
  void aNullAndBytesThatItRefusesAreErrors() {
    RecordCoder<Seats> coder = RecordCoder.of(Seats.class);
    assertThat(
        assertThrows(
                CoderException.class, () -> CoderUtils.encodeToByteArray(coder, new Seats(3, null)))
            .getMessage(),
        containsString("ByteFormTest$Seats.seats is null; mark the component @Nullable"));
    assertThat(
        assertThrows(
                CoderException.class,
                () -> CoderUtils.decodeFromByteArray(coder, new byte[] {4, 6, 2, 1, 0}))
            .getMessage(),
        is("no " + Seats.class.getName() + ": a bitmap does not end with a zero"));
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> RecordSchemas.fromRow(Seats.class).apply(row(new byte[101])))
            .getMessage(),
        startsWith(Seats.class.getName() + ".seats: a bitmap does not end"));
    byte[] ones = new byte[101];
    Arrays.fill(ones, (byte) 1);
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> RecordSchemas.fromRow(Seats.class).apply(row(ones)))
            .getMessage(),
        containsString("fromBytes failed: too long"));
  }

  private static Row row(byte[] seats) {
    return Row.withSchema(RecordSchemas.schema(Seats.class)).addValues(1L, seats).build();
  }

  static final class OneWay implements ByteForm {
    @Override
    public byte[] toBytes() {
      return new byte[0];
    }
  }

  static final class OtherWay implements ByteForm {
    @Override
    public byte[] toBytes() {
      return new byte[0];
    }

    static @Nullable OtherWay fromBytes(byte[] bytes) {
      return null;
    }
  }

  @Test
  void aClassWithoutItsWayBackIsNamed() throws Exception {
    record There(OneWay way) {}
    record Nowhere(OtherWay way) {}
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> RecordCoder.of(There.class))
            .getMessage(),
        containsString(
            "There.way ("
                + OneWay.class.getName()
                + "): a ByteForm without its way back; declare in "
                + OneWay.class.getName()
                + ": static OneWay fromBytes(byte[] bytes)"));
    RecordCoder<Nowhere> nowhere = RecordCoder.of(Nowhere.class);
    byte[] bytes = CoderUtils.encodeToByteArray(nowhere, new Nowhere(new OtherWay()));
    assertThat(
        assertThrows(CoderException.class, () -> CoderUtils.decodeFromByteArray(nowhere, bytes))
            .getMessage(),
        containsString("fromBytes gave null"));
  }
}
