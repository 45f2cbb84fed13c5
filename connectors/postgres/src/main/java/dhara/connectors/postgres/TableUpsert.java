package dhara.connectors.postgres;

import static dhara.connectors.postgres.PostgresAddress.quoted;

import dhara.connectors.RowFormat;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The statement that writes rows to a table, each over a stored row of its key whose revision is
 * lower. At equal revisions the later row counts, as in a topic; a row that is equal to the stored
 * one changes nothing, so a bundle that is retried is not seen as a change.
 *
 * <p>The rows of a statement are one parameter, a JSON array, which PostgreSQL splits into columns,
 * so numbers and times are written as in files. The statement is also the transaction.
 *
 * @param table in a statement
 * @param columns those of the rows
 * @param revised whether a revision decides; otherwise the later row counts
 * @param withdraws whether rows can be withdrawals
 */
record TableUpsert(String table, List<StoredColumn> columns, boolean revised, boolean withdraws)
    implements Serializable {

  private static final String THERE = "there.";
  private static final String GIVEN = "excluded.";

  /** The statement. */
  String sql() {
    String mark = quoted(RowFormat.WITHDRAWN);
    return "insert into "
        + table
        + " as there ("
        + columns.stream().map(StoredColumn::sql).collect(Collectors.joining(", "))
        + (withdraws ? ", " + mark : "")
        + ") select "
        + columns.stream()
            .map(column -> column.type().stored("given." + column.sql()))
            .collect(Collectors.joining(", "))
        + (withdraws ? ", coalesce(given." + mark + ", false)" : "")
        + " from json_to_recordset(?::json) as given ("
        + columns.stream()
            .map(column -> column.sql() + " " + column.type().inJson())
            .collect(Collectors.joining(", "))
        + (withdraws ? ", " + mark + " boolean" : "")
        + ") on conflict ("
        + columns.stream()
            .filter(StoredColumn::key)
            .map(StoredColumn::sql)
            .collect(Collectors.joining(", "))
        + ") do update set "
        + columns.stream()
            .filter(column -> !column.key())
            .map(column -> column.sql() + " = " + GIVEN + column.sql())
            .collect(Collectors.joining(", "))
        + (withdraws ? ", " + mark + " = " + GIVEN + mark : "")
        + ", "
        + quoted(PostgresTable.WRITTEN_IN)
        + " = pg_current_xact_id() where "
        + replaces(mark);
  }

  private String values(String prefix) {
    return columns.stream()
        .filter(column -> !column.key())
        .map(column -> prefix + column.sql())
        .collect(Collectors.joining(", "));
  }

  private String replaces(String mark) {
    String differs =
        "(%s%s) is distinct from (%s%s)"
            .formatted(
                values(THERE),
                withdraws ? ", " + THERE + mark : "",
                values(GIVEN),
                withdraws ? ", " + GIVEN + mark : "");
    String revision = quoted("revision");
    return revised
        ? "%1$s < %2$s or (%1$s = %2$s and %3$s)"
            .formatted(THERE + revision, GIVEN + revision, differs)
        : differs;
  }

  /**
   * Writes rows in one transaction.
   *
   * @param rows JSON objects, no two of which have one key
   */
  void write(Connection connection, Collection<String> rows) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql())) {
      statement.setString(1, "[" + String.join(",", rows) + "]");
      int unused = statement.executeUpdate();
    }
  }
}
