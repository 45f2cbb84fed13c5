package dhara.serving.rows;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import org.checkerframework.checker.nullness.qual.Nullable;

/** How a value is written as JSON and as text. */
public final class Cells {

  /** Writes JSON; decimals in plain digits, as {@code 0.0000001} and not as {@code 1E-7}. */
  public static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN).build();

  private static final DateTimeFormatter MILLIS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
  private static final DateTimeFormatter MICROS =
      new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

  /** About 290,000 years from 1970: what a store of microseconds can hold and add to. */
  private static final long FARTHEST = 9_150_000_000_000_000_000L;

  private Cells() {}

  /**
   * Microseconds since 1970; what is finer is cut off.
   *
   * @throws ArithmeticException if the instant is too far away for a count of microseconds
   */
  public static long micros(Instant instant) {
    // Java's own difference of two instants goes by nanoseconds, and ends in the year 2262.
    long micros =
        Math.addExact(
            Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
    if (micros > FARTHEST || micros < -FARTHEST) {
      throw new ArithmeticException(instant + " is too far away");
    }
    return micros;
  }

  /** {@code 2026-01-05T09:00:00.000Z}, or with six digits if it has microseconds. */
  public static String text(Instant instant) {
    return (instant.truncatedTo(ChronoUnit.MILLIS).equals(instant) ? MILLIS : MICROS)
        .format(instant);
  }

  /** An instant, or null. */
  public static @Nullable String textOrNull(@Nullable Instant instant) {
    return instant == null ? null : text(instant);
  }

  /**
   * A value as text, without quotes.
   *
   * @param value of one of the classes of {@link dhara.serving.views.ColumnType}
   */
  public static String text(Object value) {
    if (value instanceof Instant instant) {
      return text(instant);
    }
    if (value instanceof BigDecimal decimal) {
      return plain(decimal).toPlainString();
    }
    return value.toString();
  }

  /** Without zeros at its end, so that 12 is not 12.00 from one place and 12 from another. */
  private static BigDecimal plain(BigDecimal decimal) {
    return decimal.signum() == 0 ? BigDecimal.ZERO : decimal.stripTrailingZeros();
  }

  /** Writes a value, nested JSON as it is. A double that JSON cannot express becomes null. */
  public static void write(JsonGenerator json, @Nullable Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof String text) {
      json.writeString(text);
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof Double number) {
      if (Double.isFinite(number)) {
        json.writeNumber(number);
      } else {
        json.writeNull();
      }
    } else if (value instanceof BigDecimal number) {
      json.writeNumber(plain(number));
    } else if (value instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else if (value instanceof Instant instant) {
      json.writeString(text(instant));
    } else if (value instanceof JsonNode node) {
      json.writeTree(node);
    } else {
      throw new IllegalArgumentException("no value of a column: " + value.getClass());
    }
  }
}
