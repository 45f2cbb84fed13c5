package dhara.serving.views;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * A column of a view.
 *
 * @param name in snake case, unique in its view
 * @param type the type of its values
 * @param role what it is for
 */
public record ViewColumn(String name, ColumnType type, Role role) {

  /** What a column is for. */
  public enum Role {
    /** With the window it names the answer. */
    KEY,
    /** {@code window_start} and {@code window_end}. */
    WINDOW,
    /** {@code revision}: the answer with the highest counts. */
    REVISION,
    /** What is answered. */
    VALUE,
    /**
     * Computed when the row is read: {@code answer_state} ({@code open}, {@code revisable} or
     * {@code settled}) and {@code revisable_until}.
     */
    STATE;

    /** Its name in the API: {@code key}. */
    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
