package dhara.serving.store;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.serving.views.ServedView;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewColumn.Role;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A row on its way into the store.
 *
 * @param id names what it replaces: the first 128 bits of the SHA-256 of its identifying values
 * @param revision the row with the highest counts
 * @param withdrawn whether it removes the row with its id
 * @param values of the columns of key, window and value, in their order; a withdrawal has no values
 */
public record StoredRow(UUID id, long revision, boolean withdrawn, List<@Nullable Object> values) {

  /**
   * The revision of a withdrawal without one, as other programs write it to a topic: it removes
   * every row before it.
   */
  public static final long ALL_BEFORE = -1;

  private static final Set<Role> STORED = Set.of(Role.KEY, Role.WINDOW, Role.VALUE);

  /** The columns of a view that have values here, in their order. */
  public static List<ViewColumn> columns(ServedView view) {
    return view.columns().stream().filter(column -> STORED.contains(column.role())).toList();
  }

  /**
   * The id of identifying values; equal values of one type give equal ids, wherever they are from.
   */
  public static UUID id(List<@Nullable Object> identifying) {
    StringBuilder text = new StringBuilder(64);
    for (Object value : identifying) {
      // A length before each text, so that no two lists give the same text.
      String each = value == null ? null : canonical(value);
      text.append(each == null ? -1 : each.length()).append(':').append(each == null ? "" : each);
    }
    try {
      ByteBuffer hash =
          ByteBuffer.wrap(
              MessageDigest.getInstance("SHA-256")
                  .digest(text.toString().getBytes(StandardCharsets.UTF_8)));
      return new UUID(hash.getLong(), hash.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String canonical(Object value) {
    if (value instanceof BigDecimal decimal) {
      return decimal.stripTrailingZeros().toPlainString();
    }
    return value instanceof JsonNode json ? json.toString() : String.valueOf(value);
  }

  /** A number that rows with equal values share, and others hardly ever. */
  long content() {
    long hash = withdrawn ? 1 : 0;
    for (Object value : values) {
      long each = value == null ? 0 : canonical(value).hashCode();
      hash = (hash ^ each) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return hash;
  }

  /** The values of some columns, in the order of the view. */
  List<@Nullable Object> valuesOf(ServedView view, Set<Role> roles) {
    List<@Nullable Object> some = new ArrayList<>();
    List<ViewColumn> columns = columns(view);
    for (int i = 0; i < columns.size(); i++) {
      if (roles.contains(columns.get(i).role())) {
        some.add(values.get(i));
      }
    }
    return some;
  }

  /** The value of a column; null if the view has none of this name. */
  @Nullable Instant instant(ServedView view, String column) {
    List<ViewColumn> columns = columns(view);
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(column)) {
        return (Instant) values.get(i);
      }
    }
    return null;
  }
}
