package dhara.serving.api;

import dhara.serving.views.ViewQuery;
import dhara.serving.views.ViewQuery.Comparison;
import dhara.serving.views.ViewQuery.Filter;
import dhara.serving.views.ViewQuery.Order;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The parameters of {@code GET /api/views/NAME} as a question to the store. Every parameter but
 * those in {@link #OWN} is a condition on a column.
 */
final class QueryParameters {

  /** The parameters that are no conditions. */
  static final Set<String> OWN =
      Set.of("from", "to", "order", "limit", "cursor", "asKnownAt", "columns", "format");

  private static final int LIMIT = 100;

  private final String view;
  private final Map<String, List<String>> parameters;

  private QueryParameters(String view, Map<String, List<String>> parameters) {
    this.view = view;
    this.parameters = parameters;
  }

  /**
   * Reads the parameters of a request.
   *
   * @throws Refusal if they are malformed; the store checks names of columns and types of values
   */
  static ViewQuery of(String view, Map<String, List<String>> parameters) {
    return new QueryParameters(view, parameters).query();
  }

  private ViewQuery query() {
    List<Filter> filters = new ArrayList<>();
    parameters.forEach(
        (name, values) -> {
          boolean stray = name.isEmpty() && values.stream().allMatch(String::isEmpty); // a=b&&c=d
          if (!OWN.contains(name) && !stray) {
            filters.add(filter(name, values));
          }
        });
    return new ViewQuery(
        view,
        list("columns"),
        filters,
        instant("from"),
        instant("to"),
        list("order").stream().map(QueryParameters::order).toList(),
        limit(),
        one("cursor"),
        instant("asKnownAt"));
  }

  private static Filter filter(String name, List<String> values) {
    int dot = name.indexOf('.');
    String column = dot < 0 ? name : name.substring(0, dot);
    Comparison comparison = dot < 0 ? Comparison.EQ : comparison(name, name.substring(dot + 1));
    if (values.isEmpty()) {
      throw Refusal.bad(name + " has no value; write COLUMN=VALUE");
    } else if (comparison == Comparison.IN) {
      return new Filter(
          column,
          comparison,
          values.size() > 1 ? values : Arrays.asList(values.get(0).split(",", -1)));
    }
    if (values.size() > 1) {
      throw Refusal.bad(
          name
              + " is given "
              + values.size()
              + " times; for one of several values write "
              + column
              + ".in=A,B");
    }
    return new Filter(column, comparison, values);
  }

  private static Comparison comparison(String name, String word) {
    for (Comparison comparison : Comparison.values()) {
      if (comparison.name().toLowerCase(Locale.ROOT).equals(word)) {
        return comparison;
      }
    }
    Set<String> words = new TreeSet<>();
    for (Comparison comparison : Comparison.values()) {
      words.add(comparison.name().toLowerCase(Locale.ROOT));
    }
    throw Refusal.bad(
        name
            + ": '"
            + word
            + "' compares nothing; write COLUMN=VALUE or COLUMN.OP=VALUE with one of "
            + String.join(", ", words));
  }

  private static Order order(String text) {
    boolean descending = text.startsWith("-");
    return new Order(descending ? text.substring(1) : text, descending);
  }

  private int limit() {
    String text = one("limit");
    if (text == null) {
      return LIMIT;
    }
    int limit;
    try {
      limit = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      limit = 0; // refused below like every number out of range
    }
    if (limit < 1 || limit > ViewQuery.MOST) {
      throw Refusal.bad(
          "limit="
              + text
              + ": must be a number from 1 to "
              + ViewQuery.MOST
              + "; use the cursor "
              + "in next for more rows");
    }
    return limit;
  }

  private @Nullable Instant instant(String name) {
    String text = one(name);
    if (text == null) {
      return null;
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new Refusal(
          Refusal.BAD_REQUEST,
          name + "=" + text + ": is no instant; write it as 2026-01-05T09:00:00Z",
          e);
    }
  }

  /** A list separated by commas; a parameter that is repeated goes on with the list. */
  private List<String> list(String name) {
    List<String> all = new ArrayList<>();
    for (String value : parameters.getOrDefault(name, List.of())) {
      for (String part : value.split(",", -1)) {
        if (!part.isBlank()) {
          all.add(part.strip());
        }
      }
    }
    return all;
  }

  private @Nullable String one(String name) {
    List<String> values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw Refusal.bad(name + " is given " + values.size() + " times; give it once");
    }
    return values.isEmpty() || values.get(0).isBlank() ? null : values.get(0);
  }
}
