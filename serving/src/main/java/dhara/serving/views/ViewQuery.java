package dhara.serving.views;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A question to one view.
 *
 * @param view its name
 * @param columns the columns wanted, in this order; empty means all
 * @param filters all must hold
 * @param from only windows that start at or after it; null means all
 * @param to only windows that start before it; null means all
 * @param order what to sort by first; the rest is by window and key, so that pages do not overlap
 * @param limit how many rows at most, 1 to {@link #MOST}
 * @param cursor {@link ViewPage#next} of the page before; null for the first page
 * @param asKnownAt what the view said at this instant; null means now
 * @param atMost how long it may take; null means as long as it needs
 */
public record ViewQuery(
    String view,
    List<String> columns,
    List<Filter> filters,
    @Nullable Instant from,
    @Nullable Instant to,
    List<Order> order,
    int limit,
    @Nullable String cursor,
    @Nullable Instant asKnownAt,
    @Nullable Duration atMost) {

  /** The greatest limit. */
  public static final int MOST = 10_000;

  public ViewQuery {
    columns = List.copyOf(columns);
    filters = List.copyOf(filters);
    order = List.copyOf(order);
  }

  /** A question that may take as long as it needs. */
  public ViewQuery(
      String view,
      List<String> columns,
      List<Filter> filters,
      @Nullable Instant from,
      @Nullable Instant to,
      List<Order> order,
      int limit,
      @Nullable String cursor,
      @Nullable Instant asKnownAt) {
    this(view, columns, filters, from, to, order, limit, cursor, asKnownAt, null);
  }

  /** The first hundred rows of a view. */
  public static ViewQuery of(String view) {
    return new ViewQuery(view, List.of(), List.of(), null, null, List.of(), 100, null, null);
  }

  /** The same as it was known at another instant; null for now. */
  public ViewQuery asKnownAt(@Nullable Instant newAsKnownAt) {
    return new ViewQuery(
        view, columns, filters, from, to, order, limit, cursor, newAsKnownAt, atMost);
  }

  /** The same, which may take so long. */
  public ViewQuery within(Duration newAtMost) {
    return new ViewQuery(
        view, columns, filters, from, to, order, limit, cursor, asKnownAt, newAtMost);
  }

  /** How a column is compared with texts. */
  public enum Comparison {
    EQ,
    NE,
    GT,
    GE,
    LT,
    LE,
    /** One of several texts. */
    IN,
    /** A pattern of SQL, where {@code %} stands for any text; for columns of text. */
    LIKE
  }

  /**
   * A condition on a column.
   *
   * @param texts what to compare with, converted to the column's type; one, except for {@link
   *     Comparison#IN}
   */
  public record Filter(String column, Comparison comparison, List<String> texts) {
    public Filter {
      texts = List.copyOf(texts);
    }
  }

  /** A column to sort by; nulls come last. */
  public record Order(String column, boolean descending) {}
}
