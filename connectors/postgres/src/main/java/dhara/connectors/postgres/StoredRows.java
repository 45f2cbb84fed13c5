package dhara.connectors.postgres;

import static dhara.connectors.postgres.PostgresAddress.quoted;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.RowFormat;
import dhara.connectors.RowJson;
import dhara.connectors.WrittenRow;
import dhara.connectors.postgres.TableShape.ColumnShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads rows of a table as they were written, with the columns that the table has. */
final class StoredRows {

  private static final int FETCHED = 5_000;

  /** The column of a row's place, before those of the row. */
  private static final String PLACE = "ctid::text";

  private final PostgresAddress address;
  private final String name;
  private final List<ColumnShape> columns = new ArrayList<>();
  private final List<PostgresType> types = new ArrayList<>();

  /** The columns of a withdrawal. */
  private final Set<String> ofWithdrawal;

  /**
   * @param name the name of the rows
   */
  StoredRows(PostgresAddress address, TableShape shape, String name) {
    this.address = address;
    this.name = name;
    for (ColumnShape column : shape.columns()) {
      if (!column.name().equals(PostgresTable.WRITTEN_IN)) {
        columns.add(column);
        types.add(PostgresType.named(column.type()));
      }
    }
    List<String> kept = new ArrayList<>(shape.key());
    kept.add("revision");
    ofWithdrawal = Set.copyOf(kept);
  }

  /** Takes rows. */
  @FunctionalInterface
  interface Taker {
    void take(WrittenRow row) throws InterruptedException;
  }

  /** A connection whose transactions see the database as it was at their first statement. */
  static Connection snapshot(PostgresAddress address) throws SQLException {
    Connection connection = address.connect();
    try {
      connection.setAutoCommit(false); // rows are fetched piece by piece only within a transaction
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Reads rows.
   *
   * @param where a condition with parameters; empty for all rows
   * @param parameters as texts
   */
  void read(Connection connection, String where, List<String> parameters, Taker taker)
      throws SQLException, InterruptedException {
    StringBuilder query = new StringBuilder("select ").append(PLACE);
    for (int i = 0; i < columns.size(); i++) {
      query.append(", ").append(types.get(i).read(quoted(columns.get(i).name())));
    }
    query.append(" from ").append(address.sql()).append(where.isEmpty() ? "" : " where " + where);
    try (PreparedStatement statement = connection.prepareStatement(query.toString())) {
      statement.setFetchSize(FETCHED);
      for (int i = 0; i < parameters.size(); i++) {
        statement.setString(i + 1, parameters.get(i));
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          taker.take(row(rows));
        }
      }
    }
  }

  private WrittenRow row(ResultSet rows) throws SQLException {
    ObjectNode row = RowJson.object();
    boolean withdrawn = false;
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(RowFormat.WITHDRAWN)) {
        withdrawn = rows.getBoolean(i + 2);
      } else {
        row.set(columns.get(i).name(), types.get(i).node(rows, i + 2));
      }
    }
    if (withdrawn) {
      row.retain(ofWithdrawal);
    }
    return new WrittenRow(name, row, withdrawn, 0, address.source() + " ctid=" + rows.getString(1));
  }
}
