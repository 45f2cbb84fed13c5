package dhara.formats;

import dhara.events.DeadLetter.Reason;
import dhara.formats.text.BadEvent;
import dhara.formats.text.Decimal;
import dhara.formats.text.Notation;
import dhara.formats.text.Text;
import java.math.BigDecimal;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The readers of numbers and truth values. */
final class NumberReaders {

  private NumberReaders() {}

  /** Whole numbers of any width: the number times a power of ten, exactly. */
  static final class Whole extends ComponentReader {
    private static final int FEW_DIGITS = 18;

    private final Class<?> type;
    private final long least;
    private final long most;
    private final int digits;
    private final Decimal decimal;

    Whole(Class<?> type, int digits, @Nullable Notation notation) {
      this.type = type;
      this.digits = digits;
      decimal = new Decimal(notation);
      int unused = type == byte.class ? 56 : type == short.class ? 48 : type == int.class ? 32 : 0;
      least = Long.MIN_VALUE >> unused;
      most = Long.MAX_VALUE >> unused;
    }

    @Override
    String refusal() {
      return "is no number";
    }

    @Override
    void read(Text text, Values values, int slot) throws BadEvent {
      if (digits != 0 || text.end - text.start > FEW_DIGITS || !readFew(text, values, slot)) {
        readAny(text, values, slot);
      }
    }

    /** Whether numbers are read in JSON notation. */
    boolean hasNoDecimals() {
      return digits == 0;
    }

    /** Reads up to 18 digits; false if the number is out of range. */
    boolean readDigits(byte[] bytes, int start, int end, Values values, int slot) {
      long value = 0;
      for (int i = start; i < end; i++) {
        value = value * 10 + bytes[i] - '0';
      }
      values.longs[slot] = value;
      return value <= most;
    }

    /** Fast path for a few digits, which nearly all numbers are. */
    private boolean readFew(Text text, Values values, int slot) {
      char[] chars = text.chars;
      long value = 0;
      for (int i = text.start; i < text.end; i++) {
        int digit = chars[i] - '0';
        if (digit < 0 || digit > 9) {
          return false;
        }
        value = value * 10 + digit;
      }
      values.longs[slot] = value;
      return value <= most;
    }

    private void readAny(Text text, Values values, int slot) throws BadEvent {
      if (!decimal.read(text)) {
        throw text.bad(Reason.WRONG_TYPE, refusal());
      }
      long value = decimal.times10ToThe(digits);
      if (decimal.outcome() == Decimal.Outcome.CUT) {
        throw text.bad(
            Reason.OUT_OF_RANGE,
            digits == 0 ? "is no whole number" : "has more than " + digits + " decimals");
      }
      if (decimal.outcome() == Decimal.Outcome.OVERFLOW || value < least || value > most) {
        throw text.bad(Reason.OUT_OF_RANGE, "is beyond what fits " + type.getName());
      }
      values.longs[slot] = value;
    }

    @Override
    Object boxed(Values values, int slot) {
      long value = values.longs[slot];
      if (type == long.class) {
        return value;
      }
      if (type == int.class) {
        return (int) value;
      }
      return type == short.class ? (Object) (short) value : (Object) (byte) value;
    }
  }

  /** Doubles and floats; a float is kept as the double it equals. */
  static final class Real extends ComponentReader {
    private final boolean isFloat;
    private final Decimal decimal;

    Real(boolean isFloat, @Nullable Notation notation) {
      this.isFloat = isFloat;
      decimal = new Decimal(notation);
    }

    @Override
    String refusal() {
      return "is no number";
    }

    @Override
    void read(Text text, Values values, int slot) throws BadEvent {
      if (!decimal.read(text)) {
        throw text.bad(Reason.WRONG_TYPE, refusal());
      }
      double value = isFloat ? decimal.toFloat() : decimal.toDouble();
      if (Double.isInfinite(value)) {
        throw text.bad(
            Reason.OUT_OF_RANGE, "is beyond what fits " + (isFloat ? "float" : "double"));
      }
      values.longs[slot] = Double.doubleToRawLongBits(value);
    }

    @Override
    Object boxed(Values values, int slot) {
      double value = Double.longBitsToDouble(values.longs[slot]);
      return isFloat ? (Object) (float) value : (Object) value;
    }
  }

  /** {@code true}, {@code false}, 1 and 0. */
  static final class Truth extends ComponentReader {

    @Override
    String refusal() {
      return "is neither true nor false";
    }

    @Override
    void read(Text text, Values values, int slot) throws BadEvent {
      if (is("true", text) || is("1", text)) {
        values.longs[slot] = 1;
      } else if (is("false", text) || is("0", text)) {
        values.longs[slot] = 0;
      } else {
        throw text.bad(Reason.WRONG_TYPE, refusal());
      }
    }

    private static boolean is(String word, Text text) {
      if (text.end - text.start != word.length()) {
        return false;
      }
      for (int i = 0; i < word.length(); i++) {
        if (Character.toLowerCase(text.chars[text.start + i]) != word.charAt(i)) {
          return false;
        }
      }
      return true;
    }

    @Override
    Object boxed(Values values, int slot) {
      return values.longs[slot] != 0;
    }
  }

  /** Decimals of up to 1,000 digits, with the scale in which they are written. */
  static final class BigDecimals extends ComponentReader.OfObject<BigDecimal> {
    private final int digits;
    private final Decimal decimal;

    BigDecimals(int digits, @Nullable Notation notation) {
      this.digits = digits;
      decimal = new Decimal(notation);
    }

    @Override
    String refusal() {
      return "is no number";
    }

    @Override
    @Nullable BigDecimal value(Text text) throws BadEvent {
      if (!decimal.read(text)) {
        return null;
      }
      BigDecimal value = decimal.toBigDecimal();
      if (value == null) {
        throw text.bad(Reason.OUT_OF_RANGE, "has more than 1,000 digits");
      }
      return digits == 0 ? value : value.scaleByPowerOfTen(digits);
    }
  }
}
