package dhara.connectors.postgres;

import static dhara.connectors.postgres.PostgresAddress.quoted;

import dhara.connectors.Connector.Rows;
import dhara.connectors.Endpoint;
import dhara.connectors.RowFormat;
import dhara.connectors.postgres.TableShape.ColumnShape;
import dhara.options.BadOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.schemas.Schema;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A table that rows are written to, created before the pipeline runs if it does not exist.
 *
 * <p>Its columns are those of the rows, in their order, then two more:
 *
 * <ul>
 *   <li>{@code withdrawn}, where rows can be withdrawn: a withdrawal stays as a row without values,
 *       so that no lower revision of its key can come back. Readers say {@code where not
 *       withdrawn}.
 *   <li>{@code written_in}, the transaction that wrote the row last; it has an index. {@link
 *       TableFeed} finds changes by it.
 * </ul>
 *
 * <p>The primary key is the key of a row: key and window of an answer, the incident of an effect,
 * the input of a ledger; of a dead letter or a late event its input, source and position. So a
 * bundle that is retried writes nothing twice. Columns of values may be null, because a withdrawal
 * has none, and neither has JSON for a NaN.
 */
final class PostgresTable {

  /** The column of the transaction that wrote a row last. */
  static final String WRITTEN_IN = "written_in";

  private static final String INPUT = "input";
  private static final String MARK =
      quoted(RowFormat.WITHDRAWN) + " boolean not null default false";
  private static final String TRANSACTION =
      quoted(WRITTEN_IN) + " xid8 not null default pg_current_xact_id()";

  private final Endpoint endpoint;
  private final PostgresAddress address;
  private final List<StoredColumn> columns;
  private final boolean revised;
  private final boolean withdraws;

  private PostgresTable(
      Endpoint endpoint,
      PostgresAddress address,
      List<StoredColumn> columns,
      boolean revised,
      boolean withdraws) {
    this.endpoint = endpoint;
    this.address = address;
    this.columns = columns;
    this.revised = revised;
    this.withdraws = withdraws;
  }

  /**
   * A table for rows.
   *
   * @throws BadOption if their columns cannot be those of a table
   */
  static PostgresTable of(Endpoint endpoint, PostgresAddress address, Rows<?> rows) {
    RowFormat<?> format = rows.format();
    Set<String> key = new HashSet<>(format.keyColumns());
    boolean revised = rows.upserts() && format.revisionColumn().isPresent();
    if (!rows.upserts() && format.columns().contains(INPUT)) {
      key.add(INPUT); // two inputs may have read the same place
    }
    List<StoredColumn> columns = new ArrayList<>();
    for (Schema.Field field : format.schema().getFields()) {
      String name = field.getName();
      boolean keyed = key.contains(name);
      if (name.equals(WRITTEN_IN) || name.length() > PostgresAddress.LONGEST_NAME) {
        throw endpoint.bad("the rows have a column " + name + ", which no table can have");
      } else if (keyed && field.getType().getNullable()) {
        throw endpoint.bad(name + " is part of the key and may be null, which no primary key can");
      }
      boolean revision = revised && name.equals(format.revisionColumn().orElse(""));
      columns.add(
          new StoredColumn(name, PostgresType.of(field.getType()), keyed, keyed || revision));
    }
    return new PostgresTable(endpoint, address, columns, revised, format.withdraws());
  }

  /** The statement that writes rows. */
  TableUpsert upsert() {
    return new TableUpsert(address.sql(), columns, revised, withdraws);
  }

  /**
   * Checks that the table can take the rows, or can be created; changes nothing.
   *
   * @throws BadOption if not
   */
  void check() {
    Optional<String> problem = PostgresQuestions.ask(endpoint, address, this::problem);
    if (problem.isPresent()) {
      throw endpoint.bad(problem.get());
    }
  }

  private Optional<String> problem(Connection connection) throws SQLException {
    Optional<TableShape> there = TableShape.of(connection, address);
    if (there.isEmpty()) {
      return uncreatable(connection);
    }
    Optional<String> differences = differences(there.get());
    return differences.isPresent() ? differences : unwritable(connection);
  }

  /** The statement that adapts an existing table; empty if the rows fit into it. */
  private Optional<String> differences(TableShape there) {
    List<String> mends = new ArrayList<>();
    Map<String, ColumnShape> named = new TreeMap<>();
    there.columns().forEach(column -> named.put(column.name(), column));
    for (StoredColumn column : columns) {
      ColumnShape shape = named.remove(column.name());
      if (shape == null) {
        mends.add("add column " + column.definition());
      } else if (!shape.type().equals(column.type().sql())) {
        mends.add(
            "alter column %s type %s using %s::%s"
                .formatted(column.sql(), column.type().sql(), column.sql(), column.type().sql()));
      } else if (shape.required() && !column.required()) {
        mends.add("alter column " + column.sql() + " drop not null");
      }
    }
    if (named.remove(WRITTEN_IN) == null) {
      mends.add("add column " + TRANSACTION);
    }
    if (withdraws && named.remove(RowFormat.WITHDRAWN) == null) {
      mends.add("add column " + MARK);
    }
    named.values().stream()
        .filter(other -> other.required() && !other.given())
        .forEach(other -> mends.add("alter column " + quoted(other.name()) + " drop not null"));
    List<String> key = columns.stream().filter(StoredColumn::key).map(StoredColumn::name).toList();
    if (!new HashSet<>(key).equals(new HashSet<>(there.key()))) {
      if (!there.key().isEmpty()) {
        mends.add("drop constraint " + quoted(there.keyName()));
      }
      mends.add("add " + primaryKey());
    }
    return mends.isEmpty()
        ? Optional.empty()
        : Optional.of(
            address.qualified()
                + " has other columns than the rows; name another table, or mend it: alter table "
                + address.qualified()
                + " "
                + String.join(", ", mends));
  }

  private Optional<String> unwritable(Connection connection) throws SQLException {
    String schema = lacking(connection, "has_schema_privilege", address.schema(), "usage");
    if (!schema.isEmpty()) {
      return Optional.of(ungranted(connection, schema, "schema " + address.schema()));
    }
    String table =
        lacking(connection, "has_table_privilege", address.sql(), "select", "insert", "update");
    return table.isEmpty()
        ? Optional.empty()
        : Optional.of(ungranted(connection, table, address.qualified()));
  }

  private Optional<String> uncreatable(Connection connection) throws SQLException {
    if (answer(connection, "select to_regnamespace(?)::text", address.schema()) == null) {
      return Optional.of(
          "there is no schema %s; create it: create schema %s"
              .formatted(address.schema(), address.schema()));
    }
    String rights =
        lacking(connection, "has_schema_privilege", address.schema(), "usage", "create");
    return rights.isEmpty()
        ? Optional.empty()
        : Optional.of(ungranted(connection, rights, "schema " + address.schema()));
  }

  /** The rights that the user does not have, separated by commas. */
  private static String lacking(
      Connection connection, String function, String object, String... rights) throws SQLException {
    List<String> lacking = new ArrayList<>();
    for (String right : rights) {
      String has =
          answer(connection, "select " + function + "(?::text, '" + right + "')::text", object);
      if (!"true".equals(has)) {
        lacking.add(right);
      }
    }
    return String.join(", ", lacking);
  }

  private String ungranted(Connection connection, String rights, String object)
      throws SQLException {
    String user = connection.getMetaData().getUserName();
    return "%s may not write to %s; grant it: grant %s on %s to %s"
        .formatted(user, address.qualified(), rights, object, quoted(user));
  }

  /** The answer to a question about one name. */
  private static @Nullable String answer(Connection connection, String query, String name)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      try (ResultSet found = statement.executeQuery()) {
        found.next();
        return found.getString(1);
      }
    }
  }

  /**
   * Creates the table if it does not exist.
   *
   * @throws BadOption if it cannot be created
   */
  void create() {
    boolean unused =
        PostgresQuestions.ask(
            endpoint,
            address,
            connection -> {
              connection.setAutoCommit(false);
              try (PreparedStatement lock =
                      connection.prepareStatement("select pg_advisory_xact_lock(hashtext(?))");
                  Statement statement = connection.createStatement()) {
                // "If not exists" fails when two runs create a table at the same time.
                lock.setString(1, address.qualified());
                lock.execute();
                if (TableShape.of(connection, address).isEmpty()) {
                  statement.execute(definition());
                  statement.execute(
                      "create index on " + address.sql() + " (" + quoted(WRITTEN_IN) + ")");
                }
              }
              connection.commit();
              return true;
            });
  }

  private String definition() {
    List<String> parts = new ArrayList<>();
    columns.forEach(column -> parts.add(column.definition()));
    if (withdraws) {
      parts.add(MARK);
    }
    parts.add(TRANSACTION);
    parts.add(primaryKey());
    return "create table " + address.sql() + " (" + String.join(", ", parts) + ")";
  }

  private String primaryKey() {
    return "primary key ("
        + String.join(
            ", ", columns.stream().filter(StoredColumn::key).map(StoredColumn::sql).toList())
        + ")";
  }
}
