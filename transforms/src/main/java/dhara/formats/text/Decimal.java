package dhara.formats.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads the text of a decimal number, {@code -12.50} or {@code 1.25e1}, without rounding. It is
 * scratch space of one reader: call {@link #read} first, then get the value in a unit.
 *
 * <p><b>Speed</b> ({@code TextBenchmark}): 22 ns for a price, where {@code BigDecimal} takes 26 ns.
 * It is kept because it creates no object, and no exception for a text that is no number.
 */
public final class Decimal {

  /** The outcome of the last conversion. */
  public enum Outcome {
    EXACT,
    /** Digits below the unit were lost; the value was rounded down. */
    CUT,
    /** Out of the range of a long. */
    OVERFLOW
  }

  /** This many digits always fit into a long. */
  private static final int FAST_DIGITS = 18;

  /** More digits, or zeros from the exponent, are refused because of their cost. */
  private static final int MOST_DIGITS = 1000;

  private static final int MOST_EXPONENT = 1_000_000;

  private static final long[] TENS = new long[FAST_DIGITS + 1];

  private static final double[] EXACT_TENS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  static {
    TENS[0] = 1;
    for (int i = 1; i < TENS.length; i++) {
      TENS[i] = 10 * TENS[i - 1];
    }
  }

  private final @Nullable Notation notation;
  private final Text plain = new Text();
  private char[] plainChars = new char[32];
  private Text text = plain;
  private long mantissa;
  private int digits;
  private int exponent;
  private boolean negative;
  private Outcome outcome = Outcome.EXACT;

  /** Reads numbers in JSON notation. */
  public Decimal() {
    this(null);
  }

  /** Reads numbers in a notation; JSON numbers are still read in JSON notation. */
  public Decimal(@Nullable Notation notation) {
    this.notation = notation;
  }

  /** Whether the text is a number. */
  public boolean read(Text from) {
    return (notation == null || from.number) ? readPlain(from) : readNoted(from, notation);
  }

  private boolean readNoted(Text from, Notation in) {
    int room = from.end - from.start;
    if (plainChars.length < room) {
      plainChars = new char[2 * room];
    }
    int length = in.plain(from, plainChars);
    plain.set(from.field, plainChars, 0, Math.max(length, 0));
    return length > 0 && readPlain(plain);
  }

  private boolean readPlain(Text from) {
    text = from;
    char[] chars = from.chars;
    int i = from.start;
    int end = from.end;
    negative = i < end && chars[i] == '-';
    if (negative || (i < end && chars[i] == '+')) {
      i++;
    }
    mantissa = 0;
    digits = 0;
    int seen = 0;
    int point = -1;
    for (; i < end; i++) {
      int digit = chars[i] - '0';
      if (digit >= 0 && digit <= 9) {
        seen++;
        if (digits > 0 || digit > 0) {
          digits++;
          mantissa = mantissa * 10 + digit; // overflows beyond FAST_DIGITS, and is not used then
        }
      } else if (chars[i] == '.' && point < 0) {
        point = i;
      } else {
        break;
      }
    }
    exponent = point < 0 ? 0 : point + 1 - i;
    return seen > 0 && (i == end || readExponent(chars, i, end));
  }

  private boolean readExponent(char[] chars, int from, int end) {
    int i = from + 1;
    if ((chars[from] | 0x20) != 'e' || i == end) {
      return false;
    }
    boolean below = chars[i] == '-';
    if (below || chars[i] == '+') {
      i++;
    }
    if (i == end) {
      return false;
    }
    int power = 0;
    for (; i < end; i++) {
      int digit = chars[i] - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      power = Math.min(power * 10 + digit, MOST_EXPONENT);
    }
    exponent += below ? -power : power;
    return true;
  }

  /** The outcome of the last conversion. */
  public Outcome outcome() {
    return outcome;
  }

  /** The number times 10 to the power of {@code scale}, rounded down; see {@link #outcome}. */
  public long times10ToThe(int scale) {
    outcome = Outcome.EXACT;
    if (digits == 0) {
      return 0;
    }
    int shift = exponent + scale;
    if (digits > FAST_DIGITS) {
      return slowly(scale);
    }
    long value = negative ? -mantissa : mantissa;
    if (shift == 0) {
      return value;
    }
    if (shift > 0) {
      if (shift > FAST_DIGITS || Math.multiplyHigh(mantissa, TENS[shift]) != 0) {
        outcome = Outcome.OVERFLOW;
        return 0;
      }
      long product = value * TENS[shift];
      if ((product < 0) != negative) {
        outcome = Outcome.OVERFLOW;
      }
      return product;
    }
    if (-shift > FAST_DIGITS) {
      outcome = Outcome.CUT;
      return negative ? -1 : 0;
    }
    long cut = Math.floorDiv(value, TENS[-shift]);
    if (cut * TENS[-shift] != value) {
      outcome = Outcome.CUT;
    }
    return cut;
  }

  /** Slow path for many digits: trailing zeros, or values near the limits of a long. */
  private long slowly(int scale) {
    BigDecimal number = toBigDecimal();
    if (number == null) {
      outcome = Outcome.OVERFLOW;
      return 0;
    }
    BigDecimal scaled = number.scaleByPowerOfTen(scale);
    BigInteger whole = scaled.setScale(0, RoundingMode.FLOOR).unscaledValue();
    if (whole.bitLength() > 63) {
      outcome = Outcome.OVERFLOW;
    } else if (new BigDecimal(whole).compareTo(scaled) != 0) {
      outcome = Outcome.CUT;
    }
    return whole.longValue();
  }

  /** The number with its written scale; null if it has, or expands to, more than 1,000 digits. */
  public @Nullable BigDecimal toBigDecimal() {
    int length = text.end - text.start;
    if (length > MOST_DIGITS || Math.abs(exponent) > MOST_DIGITS) {
      return null;
    }
    return new BigDecimal(text.chars, text.start, length);
  }

  /** The nearest double; infinite beyond the largest. */
  public double toDouble() {
    int power = Math.abs(exponent);
    if (digits <= FAST_DIGITS && mantissa < 1L << 53 && power < EXACT_TENS.length) {
      // Both are exact as doubles, so the one operation is correctly rounded.
      double whole = negative ? -(double) mantissa : mantissa;
      return exponent < 0 ? whole / EXACT_TENS[power] : whole * EXACT_TENS[power];
    }
    return Double.parseDouble(text.toString());
  }

  /** The nearest float; infinite beyond the largest. */
  public float toFloat() {
    return Float.parseFloat(text.toString());
  }
}
