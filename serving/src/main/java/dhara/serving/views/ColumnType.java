package dhara.serving.views;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The type of a column, and the class of its values in Java. Every value may be null. */
public enum ColumnType {
  /** {@link String}. */
  TEXT,
  /** {@link Long}. */
  LONG,
  /** {@link Double}; never NaN or infinite. */
  DOUBLE,
  /** {@link java.math.BigDecimal}, up to 38 digits. */
  DECIMAL,
  /** {@link Boolean}. */
  BOOLEAN,
  /** {@link java.time.Instant}, to the microsecond. */
  INSTANT,
  /** A list or an object, as a {@link com.fasterxml.jackson.databind.JsonNode}. */
  JSON;

  /** Its name in the API: {@code text}. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
