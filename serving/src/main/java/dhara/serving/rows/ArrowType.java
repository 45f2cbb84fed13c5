package dhara.serving.rows;

import com.google.flatbuffers.FlatBufferBuilder;
import dhara.serving.views.ColumnType;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.arrow.flatbuf.Bool;
import org.apache.arrow.flatbuf.Decimal;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Utf8;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The type of a column in Arrow: text and JSON are utf8, longs int64, doubles float64, instants
 * timestamps in microseconds of UTC. Decimals are decimal128, or decimal256 if one is too long,
 * with the scale of the value that has most digits after the point.
 *
 * @param type what the column holds
 * @param scale of decimals; otherwise 0
 * @param width of decimals, in bytes; otherwise 0
 */
record ArrowType(ColumnType type, int scale, int width) {

  private static final int NARROW = 16;
  private static final int WIDE = 32;

  /** The digits that fit into any decimal of this width. */
  private static final int NARROW_DIGITS = 38;

  private static final int WIDE_DIGITS = 76;

  /**
   * The type of a column.
   *
   * @param decimals the values of a column of decimals, without nulls
   */
  static ArrowType of(ColumnType type, Supplier<Stream<BigDecimal>> decimals) {
    if (type != ColumnType.DECIMAL) {
      return new ArrowType(type, 0, 0);
    }
    int scale = Math.max(0, decimals.get().mapToInt(BigDecimal::scale).max().orElse(0));
    int digits =
        decimals.get().mapToInt(value -> value.precision() - value.scale() + scale).max().orElse(1);
    if (digits > WIDE_DIGITS) {
      return new ArrowType(ColumnType.TEXT, 0, 0);
    }
    return new ArrowType(type, scale, digits <= NARROW_DIGITS ? NARROW : WIDE);
  }

  /** The tag of its message. */
  byte tag() {
    return switch (type) {
      case TEXT, JSON -> Type.Utf8;
      case LONG -> Type.Int;
      case DOUBLE -> Type.FloatingPoint;
      case DECIMAL -> Type.Decimal;
      case BOOLEAN -> Type.Bool;
      case INSTANT -> Type.Timestamp;
    };
  }

  /** Writes its message, and tells where. */
  int write(FlatBufferBuilder flat) {
    return switch (type) {
      case TEXT, JSON -> {
        Utf8.startUtf8(flat);
        yield Utf8.endUtf8(flat);
      }
      case LONG -> Int.createInt(flat, Long.SIZE, true);
      case DOUBLE -> FloatingPoint.createFloatingPoint(flat, Precision.DOUBLE);
      case DECIMAL ->
          Decimal.createDecimal(
              flat, width == NARROW ? NARROW_DIGITS : WIDE_DIGITS, scale, width * Byte.SIZE);
      case BOOLEAN -> {
        Bool.startBool(flat);
        yield Bool.endBool(flat);
      }
      case INSTANT ->
          Timestamp.createTimestamp(flat, TimeUnit.MICROSECOND, flat.createString("UTC"));
    };
  }

  /** The buffers of a column: which values are there, where texts begin, the values. */
  List<byte[]> buffers(List<? extends @Nullable Object> values) {
    byte[] present = bits(values, true);
    return switch (type) {
      case TEXT, JSON -> {
        byte[] ends = new byte[(values.size() + 1) * Integer.BYTES];
        ByteBuffer offsets = littleEndian(ends).putInt(0);
        ByteArrayOutputStream texts = new ByteArrayOutputStream();
        for (Object value : values) {
          if (value != null) {
            texts.writeBytes(Cells.text(value).getBytes(StandardCharsets.UTF_8));
          }
          offsets.putInt(texts.size());
        }
        yield List.of(present, ends, texts.toByteArray());
      }
      case BOOLEAN -> List.of(present, bits(values, false));
      case LONG, DOUBLE, INSTANT -> {
        byte[] bytes = new byte[values.size() * Long.BYTES];
        ByteBuffer data = littleEndian(bytes);
        values.forEach(value -> data.putLong(value == null ? 0 : number(value)));
        yield List.of(present, bytes);
      }
      case DECIMAL -> {
        byte[] bytes = new byte[values.size() * width];
        ByteBuffer data = littleEndian(bytes);
        values.forEach(value -> data.put(ArrowSheet.littleEndian(unscaled(value), width)));
        yield List.of(present, bytes);
      }
    };
  }

  private static long number(Object value) {
    if (value instanceof Instant instant) {
      return Cells.micros(instant);
    }
    return value instanceof Double number ? Double.doubleToRawLongBits(number) : (Long) value;
  }

  private BigInteger unscaled(@Nullable Object value) {
    return value == null ? BigInteger.ZERO : ((BigDecimal) value).setScale(scale).unscaledValue();
  }

  /** A bit for each value: whether it is there, or whether it is true. */
  private static byte[] bits(List<? extends @Nullable Object> values, boolean present) {
    byte[] bits = new byte[(values.size() + Byte.SIZE - 1) / Byte.SIZE];
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      if (present ? value != null : Boolean.TRUE.equals(value)) {
        bits[i / Byte.SIZE] |= (byte) (1 << (i % Byte.SIZE));
      }
    }
    return bits;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
