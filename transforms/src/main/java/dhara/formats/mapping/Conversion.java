package dhara.formats.mapping;

import dhara.formats.text.Notation;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The conversion after the colon of a mapping: how a field's text becomes a value.
 *
 * @param kind which conversion
 * @param pattern a pattern for {@link DateTimeFormatter}
 * @param zone of {@code local}
 * @param digits of {@code decimal}: the value is the field times 10 to this power
 * @param notation of {@code decimal}: the notation of its texts; null for JSON notation
 */
public record Conversion(
    Kind kind,
    @Nullable String pattern,
    @Nullable String zone,
    int digits,
    @Nullable Notation notation)
    implements Serializable {

  /** The kinds of conversions. */
  public enum Kind {
    ISO("iso"),
    EPOCH_SECONDS("epochSeconds"),
    EPOCH_MILLIS("epochMillis"),
    EPOCH_MICROS("epochMicros"),
    EPOCH_NANOS("epochNanos"),
    LOCAL("local"),
    ZONED("zoned"),
    DECIMAL("decimal");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    public boolean isTime() {
      return this != DECIMAL;
    }

    boolean takesArguments() {
      return this == LOCAL || this == ZONED || this == DECIMAL;
    }
  }

  /** Times without a conversion. */
  public static final Conversion ISO = new Conversion(Kind.ISO, null, null, 0, null);

  private static final int MOST_DIGITS = 18;

  private static final String KNOWN =
      "iso, epochSeconds, epochMillis, epochMicros, epochNanos, local(ZONE), local(PATTERN;ZONE),"
          + " zoned(PATTERN), decimal(DIGITS), decimal(DIGITS;POINT) and decimal(DIGITS;POINT;GROUP)";

  /**
   * Reads {@code epochMillis} or {@code local(yyyy-MM-dd HH:mm;Europe/London)}.
   *
   * @throws IllegalArgumentException with the problem and the fix
   */
  static Conversion of(String text) {
    int open = text.indexOf('(');
    String word = (open < 0 ? text : text.substring(0, open)).strip();
    Kind kind =
        Arrays.stream(Kind.values())
            .filter(k -> k.word.equals(word))
            .findFirst()
            .orElseThrow(() -> unknown(text, word));
    if (open < 0) {
      if (kind.takesArguments()) {
        throw new IllegalArgumentException(
            "'" + text + "' needs something in parentheses; the conversions are " + KNOWN);
      }
      return new Conversion(kind, null, null, 0, null);
    }
    if (!text.endsWith(")") || !kind.takesArguments()) {
      throw unknown(text, word);
    }
    String arguments = text.substring(open + 1, text.length() - 1);
    return switch (kind) {
      case LOCAL -> local(arguments);
      case ZONED -> new Conversion(kind, checkedPattern(arguments), null, 0, null);
      default -> decimal(arguments);
    };
  }

  private static IllegalArgumentException unknown(String text, String word) {
    List<String> words = Arrays.stream(Kind.values()).map(k -> k.word).toList();
    return new IllegalArgumentException(
        "'"
            + text
            + "' is no conversion; did you mean '"
            + Names.nearest(word, words)
            + "'? There are "
            + KNOWN
            + ". Quote a field name that holds a colon: \"a:b\"");
  }

  private static Conversion local(String arguments) {
    int semicolon = arguments.lastIndexOf(';');
    String zone = arguments.substring(semicolon + 1).strip();
    try {
      ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "'" + zone + "' is no time zone; name one such as Europe/London: local(PATTERN;ZONE)", e);
    }
    String pattern = semicolon < 0 ? null : checkedPattern(arguments.substring(0, semicolon));
    return new Conversion(Kind.LOCAL, pattern, zone, 0, null);
  }

  private static String checkedPattern(String pattern) {
    try {
      formatter(pattern);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'"
              + pattern
              + "' is no pattern of a date ("
              + e.getMessage()
              + "); write one such as yyyy-MM-dd HH:mm:ss",
          e);
    }
    return pattern;
  }

  private static Conversion decimal(String arguments) {
    String[] parts = arguments.split(";", -1);
    int digits = checkedDigits(parts[0].strip(), arguments);
    if (parts.length == 1) {
      return new Conversion(Kind.DECIMAL, null, null, digits, null);
    }
    char point = mark(parts[1], arguments);
    char group = parts.length == 2 ? Notation.NO_GROUP : mark(parts[2], arguments);
    if (parts.length > 3 || point == group) {
      throw noNotation(arguments);
    }
    return new Conversion(Kind.DECIMAL, null, null, digits, new Notation(point, group));
  }

  /**
   * A decimal point or group separator, which must not be mistaken for another part of a number.
   */
  private static char mark(String text, String arguments) {
    char mark = text.length() == 1 ? text.charAt(0) : '0';
    if (Character.isLetterOrDigit(mark) || mark == '-' || mark == '+') {
      throw noNotation(arguments);
    }
    return mark;
  }

  private static IllegalArgumentException noNotation(String arguments) {
    return new IllegalArgumentException(
        "'decimal("
            + arguments
            + ")' does not say how numbers are written; write decimal(2;,) to read 12,34,"
            + " decimal(2;,;.) for 1.234,56 or decimal(2;.;,) for 1,234.56");
  }

  private static int checkedDigits(String digits, String arguments) {
    if (!digits.matches("\\d{1,2}") || Integer.parseInt(digits) > MOST_DIGITS) {
      throw new IllegalArgumentException(
          "'decimal("
              + arguments
              + ")' takes a number of digits from 0 to "
              + MOST_DIGITS
              + ", e.g. decimal(2) to read 12.34 as 1234");
    }
    return Integer.parseInt(digits);
  }

  /** A strict formatter, for which February 30th is an error. */
  public static DateTimeFormatter formatter(String pattern) {
    String years = withoutEra(pattern);
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern(years)
        .toFormatter(Locale.ENGLISH)
        .withResolverStyle(ResolverStyle.STRICT);
  }

  /**
   * Replaces the year of an era (y) by the year (u), because a strict formatter would also require
   * the era (G).
   */
  private static String withoutEra(String pattern) {
    StringBuilder years = new StringBuilder(pattern.length());
    boolean quoted = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      quoted ^= c == '\'';
      if (c == 'G' && !quoted) {
        return pattern;
      }
      years.append(c == 'y' && !quoted ? 'u' : c);
    }
    return years.toString();
  }

  @Override
  public String toString() {
    return switch (kind) {
      case LOCAL -> "local(" + (pattern == null ? "" : pattern + ";") + zone + ")";
      case ZONED -> "zoned(" + pattern + ")";
      case DECIMAL -> "decimal(" + digits + (notation == null ? "" : ";" + notation.marks()) + ")";
      default -> kind.word;
    };
  }
}
