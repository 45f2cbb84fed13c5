package dhara.records;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.NanosDuration;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Simple component types. Primitives appear here boxed. */
enum Scalar implements ComponentType {
  BOOLEAN(FieldType.BOOLEAN) {
    @Override
    public void write(Object value, RecordOutput out) {
      out.putBoolean((Boolean) value);
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      return in.getBoolean();
    }
  },
  BYTE(FieldType.BYTE) {
    @Override
    public void write(Object value, RecordOutput out) {
      out.putByte((Byte) value);
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      return in.getByte();
    }
  },
  SHORT(FieldType.INT16) {
    @Override
    public void write(Object value, RecordOutput out) {
      out.putShort((Short) value);
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      return in.getShort();
    }
  },
  /** A string of length one in rows, because SQL and sinks have no character type. */
  CHAR(FieldType.STRING) {
    @Override
    public void write(Object value, RecordOutput out) {
      out.putChar((Character) value);
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      return in.getChar();
    }

    @Override
    public Object toRow(Object value) {
      return value.toString();
    }

    @Override
    public Object fromRow(Object value) {
      String text = (String) value;
      if (text.length() != 1) {
        throw new IllegalArgumentException("a char is one UTF-16 unit, not \"" + text + "\"");
      }
      return text.charAt(0);
    }

    @Override
    public boolean sameInRow() {
      return false;
    }
  },
  INT(FieldType.INT32) {
    @Override
    public void write(Object value, RecordOutput out) {
      out.putInt((Integer) value);
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      return in.getInt();
    }
  },
  LONG(FieldType.INT64) {
    @Override
    public void write(Object value, RecordOutput out) {
      out.putLong((Long) value);
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      return in.getLong();
    }
  },
  FLOAT(FieldType.FLOAT) {
    @Override
    public void write(Object value, RecordOutput out) {
      out.putFloat((Float) value);
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      return in.getFloat();
    }

    @Override
    public boolean consistentWithEquals() {
      return false;
    }

    @Override
    public void findNonDeterministic(String path, Consumer<String> found) {
      found.accept(path + FLOATING);
    }
  },
  DOUBLE(FieldType.DOUBLE) {
    @Override
    public void write(Object value, RecordOutput out) {
      out.putDouble((Double) value);
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      return in.getDouble();
    }

    @Override
    public boolean consistentWithEquals() {
      return false;
    }

    @Override
    public void findNonDeterministic(String path, Consumer<String> found) {
      found.accept(path + FLOATING);
    }
  },
  STRING(FieldType.STRING) {
    @Override
    public void write(Object value, RecordOutput out) {
      out.putString((String) value);
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      return in.getString();
    }
  },
  /**
   * With nanoseconds in bytes; in rows with microseconds, which is the finest timestamp of SQL and
   * the sinks.
   */
  INSTANT(FieldType.logicalType(SqlTypes.TIMESTAMP)) {
    @Override
    public void write(Object value, RecordOutput out) {
      Instant at = (Instant) value;
      out.putLong(at.getEpochSecond());
      out.putCount(at.getNano());
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      long seconds = in.getLong();
      return RecordInput.instant(seconds, in.getNanos());
    }

    @Override
    public Object toRow(Object value) {
      if (!((Instant) value).truncatedTo(ChronoUnit.MICROS).equals(value)) {
        throw new IllegalArgumentException(
            value
                + " is finer than the microseconds of a row's timestamp; cut it off first, with"
                + " truncatedTo(ChronoUnit.MICROS)");
      }
      return value;
    }

    @Override
    public boolean sameInRow() {
      return false;
    }
  },
  LOCAL_DATE(FieldType.logicalType(SqlTypes.DATE)) {
    @Override
    public void write(Object value, RecordOutput out) {
      out.putLong(((LocalDate) value).toEpochDay());
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      long day = in.getLong();
      try {
        return LocalDate.ofEpochDay(day);
      } catch (DateTimeException e) {
        throw new CoderException("no date is " + day + " days from the epoch", e);
      }
    }
  },
  DURATION(FieldType.logicalType(new NanosDuration())) {
    @Override
    public void write(Object value, RecordOutput out) {
      Duration duration = (Duration) value;
      out.putLong(duration.getSeconds());
      out.putCount(duration.getNano());
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      long seconds = in.getLong();
      return Duration.ofSeconds(seconds, in.getNanos());
    }
  },
  /** With its scale: 1.0 and 1.00 are not equal and have different bytes. */
  DECIMAL(FieldType.DECIMAL) {
    @Override
    public void write(Object value, RecordOutput out) {
      BigDecimal decimal = (BigDecimal) value;
      out.putInt(decimal.scale());
      out.putBytes(decimal.unscaledValue().toByteArray());
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      int scale = in.getInt();
      byte[] unscaled = in.getBytes();
      if (unscaled.length == 0) {
        throw new CoderException("a decimal has no digits");
      }
      return new BigDecimal(new BigInteger(unscaled), scale);
    }
  },
  BYTES(FieldType.BYTES) {
    @Override
    public void write(Object value, RecordOutput out) {
      out.putBytes((byte[]) value);
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      return in.getBytes();
    }

    @Override
    public boolean consistentWithEquals() {
      return false;
    }
  };

  private static final String FLOATING =
      " is a floating-point number: 0.0 and -0.0 are one number in two encodings, and sums differ"
          + " by the order of their parts; use a long in a smaller unit, or BigDecimal";

  private static final Map<Class<?>, Scalar> BY_CLASS =
      Map.ofEntries(
          Map.entry(boolean.class, BOOLEAN),
          Map.entry(Boolean.class, BOOLEAN),
          Map.entry(byte.class, BYTE),
          Map.entry(Byte.class, BYTE),
          Map.entry(short.class, SHORT),
          Map.entry(Short.class, SHORT),
          Map.entry(char.class, CHAR),
          Map.entry(Character.class, CHAR),
          Map.entry(int.class, INT),
          Map.entry(Integer.class, INT),
          Map.entry(long.class, LONG),
          Map.entry(Long.class, LONG),
          Map.entry(float.class, FLOAT),
          Map.entry(Float.class, FLOAT),
          Map.entry(double.class, DOUBLE),
          Map.entry(Double.class, DOUBLE),
          Map.entry(String.class, STRING),
          Map.entry(Instant.class, INSTANT),
          Map.entry(LocalDate.class, LOCAL_DATE),
          Map.entry(Duration.class, DURATION),
          Map.entry(BigDecimal.class, DECIMAL),
          Map.entry(byte[].class, BYTES));

  @SuppressWarnings("ImmutableEnumChecker") // it is immutable, and does not say so
  private final FieldType fieldType;

  Scalar(FieldType fieldType) {
    this.fieldType = fieldType;
  }

  /** The scalar of a class, or null if there is none. */
  static @Nullable Scalar of(Class<?> type) {
    return BY_CLASS.get(type);
  }

  @Override
  public FieldType fieldType() {
    return fieldType;
  }

  @Override
  public Object toRow(Object value) {
    return value;
  }

  @Override
  public Object fromRow(Object value) {
    return value;
  }

  @Override
  public boolean sameInRow() {
    return true;
  }

  @Override
  public boolean consistentWithEquals() {
    return true;
  }

  @Override
  public void findNonDeterministic(String path, Consumer<String> found) {}

  @Override
  public @Nullable String findNull(String path, @Nullable Object value) {
    return value == null ? path : null;
  }
}
