package dhara.serving.views;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A view: rows of one kind with the same columns.
 *
 * @param name {@code order-metrics.metrics}, or what {@code --view=NAME=…} calls it
 * @param analysis the analysis; empty if it is not known
 * @param output the output, {@code dead-letters}, {@code late} or {@code ledger}; empty if it is
 *     not known
 * @param domain the field of the analysis, such as {@code commerce}; empty if it is not known
 * @param summary what the analysis answers, in one sentence; may be empty
 * @param kind what its rows are
 * @param table the name in SQL: {@code order_metrics_metrics}
 * @param columns key, window, revision, value, then those of {@link ViewColumn.Role#STATE} (answers
 *     only)
 */
public record ServedView(
    String name,
    String analysis,
    String output,
    String domain,
    String summary,
    Kind kind,
    String table,
    List<ViewColumn> columns) {

  /** What the rows of a view are. */
  public enum Kind {
    /** Answers, which are revised and withdrawn. */
    ANSWERS,
    /** Answers to act on; each incident is one row. */
    EFFECTS,
    /** Late events. */
    LATE,
    /** Dead letters. */
    DEAD_LETTERS,
    /** A ledger: a row for each input. */
    LEDGER;

    /** Its name in the API: {@code dead-letters}. */
    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public ServedView {
    columns = List.copyOf(columns);
  }

  /** A column by its name. */
  public Optional<ViewColumn> column(String column) {
    return columns.stream().filter(each -> each.name().equals(column)).findFirst();
  }

  /** The columns of a role. */
  public List<ViewColumn> columns(ViewColumn.Role role) {
    return columns.stream().filter(column -> column.role() == role).toList();
  }
}
