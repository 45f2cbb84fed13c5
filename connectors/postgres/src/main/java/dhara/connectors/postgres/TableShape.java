package dhara.connectors.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A table as it is in the database.
 *
 * @param oid its identity: a table that was dropped and created anew has another one
 * @param rows about how many it has; 0 if PostgreSQL does not know
 * @param columns in their order
 * @param key the columns of its primary key, in their order; empty if it has none
 * @param keyName the name of the primary key; empty if it has none
 */
record TableShape(
    long oid, long rows, List<ColumnShape> columns, List<String> key, String keyName) {

  private static final String COLUMNS =
      """
      select c.oid::bigint, c.reltuples::bigint, a.attname, format_type(a.atttypid, a.atttypmod),
        a.attnotnull, a.atthasdef or a.attidentity <> ''
      from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid
      where n.nspname = ? and c.relname = ? and c.relkind in ('r', 'p')
        and a.attnum > 0 and not a.attisdropped
      order by a.attnum
      """;

  private static final String KEY =
      """
      select k.conname, a.attname
      from pg_constraint k
        cross join unnest(k.conkey) with ordinality as u(attnum, place)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum
      where k.conrelid = ?::oid and k.contype = 'p'
      order by u.place
      """;

  /**
   * A column.
   *
   * @param type as {@code format_type} names it
   * @param required whether it is never null
   * @param given whether a row that does not name it gets a value
   */
  record ColumnShape(String name, String type, boolean required, boolean given) {}

  /** The table of an address; empty if there is none. */
  static Optional<TableShape> of(Connection connection, PostgresAddress address)
      throws SQLException {
    List<ColumnShape> columns = new ArrayList<>();
    long oid = 0;
    long rows = 0;
    try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
      query.setString(1, address.schema());
      query.setString(2, address.table());
      try (ResultSet found = query.executeQuery()) {
        while (found.next()) {
          oid = found.getLong(1);
          rows = Math.max(0, found.getLong(2));
          columns.add(
              new ColumnShape(
                  found.getString(3),
                  found.getString(4),
                  found.getBoolean(5),
                  found.getBoolean(6)));
        }
      }
    }
    if (columns.isEmpty()) {
      return Optional.empty();
    }
    List<String> key = new ArrayList<>();
    String keyName = "";
    try (PreparedStatement query = connection.prepareStatement(KEY)) {
      query.setLong(1, oid);
      try (ResultSet found = query.executeQuery()) {
        while (found.next()) {
          keyName = found.getString(1);
          key.add(found.getString(2));
        }
      }
    }
    return Optional.of(new TableShape(oid, rows, columns, key, keyName));
  }

  /** Whether it has a column. */
  boolean has(String column) {
    return columns.stream().anyMatch(each -> each.name().equals(column));
  }
}
