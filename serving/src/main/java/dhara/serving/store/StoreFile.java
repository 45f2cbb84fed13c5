package dhara.serving.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.options.BadOption;
import dhara.serving.views.ServedView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.duckdb.DuckDBConnection;

/**
 * The file of the store, and what it holds beside rows: the definitions of the views, the positions
 * up to which places are read, and what the store must not forget. One process at a time opens it.
 */
final class StoreFile implements AutoCloseable {

  private static final String NAME = "answers.duckdb";

  /** Its own tables, beside those of views. */
  static final Set<String> TABLES =
      Set.of("memory", "positions", "definitions", "horizons", "marks", "past_marks");

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What must survive a restart.
   *
   * @param change the id of the last change
   * @param known when the last commit was known
   * @param began since when the store knows the past
   */
  record Memory(long change, Instant known, Instant began) {}

  private final DuckDBConnection writer;

  /** Its sessions are duplicates of this one, which nobody else uses. */
  private final DuckDBConnection root;

  private StoreFile(DuckDBConnection root, DuckDBConnection writer) {
    this.root = root;
    this.writer = writer;
  }

  /**
   * Opens the store in a folder, and creates it if there is none.
   *
   * @param memory the most memory that it takes, such as {@code 1GB}
   * @throws BadOption if another process has it open, or the memory is no size
   */
  static StoreFile open(Path folder, String memory) throws IOException, SQLException {
    Files.createDirectories(folder);
    Path file = folder.resolve(NAME);
    DuckDBConnection root;
    try {
      root = DuckDBConnection.newConnection("jdbc:duckdb:" + file, false, new Properties());
    } catch (SQLException e) {
      boolean locked = String.valueOf(e.getMessage()).contains("lock");
      throw new BadOption(
          "--data",
          folder,
          locked
              ? "another process has it open; stop that one, or name another folder"
              : "cannot be opened: " + e.getMessage(),
          e);
    } catch (Exception e) {
      throw new SQLException(file + " cannot be opened", e);
    }
    try {
      DuckDBConnection writer = root.duplicate();
      StoreFile store = new StoreFile(root, writer);
      store.set(folder, memory);
      store.create();
      return store;
    } catch (SQLException | RuntimeException e) {
      root.close();
      throw e;
    }
  }

  /** What a user's SQL must not do is switched off for the whole process, and stays so. */
  private void set(Path folder, String memory) throws SQLException {
    try (Statement statement = writer.createStatement()) {
      try {
        statement.execute("set memory_limit = '" + memory.replace("'", "''") + "'");
      } catch (SQLException e) {
        throw new BadOption("--memory", memory, "is no size of memory, e.g. --memory=1GB", e);
      }
      statement.execute(
          "set temp_directory = '" + folder.resolve("spill").toString().replace("'", "''") + "'");
      statement.execute("set autoinstall_known_extensions = false");
      statement.execute("set autoload_known_extensions = false");
      statement.execute("set allow_community_extensions = false");
      statement.execute("set enable_external_access = false");
      statement.execute("set TimeZone = 'UTC'");
      // A reader of SQL takes some rows only; else all of them would be made first.
      statement.execute("set global jdbc_stream_results = true");
      statement.execute("set lock_configuration = true");
    }
  }

  private void create() throws SQLException {
    try (Statement statement = writer.createStatement()) {
      statement.execute("create schema if not exists store");
      statement.execute(
          "create table if not exists store.memory (change bigint, known timestamp, began timestamp)");
      statement.execute(
          "create table if not exists store.positions"
              + " (view varchar, place varchar, name varchar, position varchar,"
              + " primary key (view, place, name))");
      statement.execute(
          "create table if not exists store.definitions (view varchar primary key, definition varchar)");
      statement.execute(
          "create table if not exists store.horizons (view varchar primary key, horizon timestamp)");
      Watermarks.create(statement);
      statement.execute(
          "insert into store.memory select %d, timestamp 'epoch', timestamp '%s' where not exists (from store.memory)"
              .formatted(
                  // Not 0, so that ids of a store that was thrown away mean nothing in this one.
                  TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()),
                  StoredCells.local(Instant.now())));
    }
  }

  /** The connection that writes. */
  DuckDBConnection writer() {
    return writer;
  }

  /** A new session. */
  Connection session() throws SQLException {
    synchronized (root) {
      return root.duplicate();
    }
  }

  Memory memory() throws SQLException {
    try (Statement statement = writer.createStatement();
        ResultSet row = statement.executeQuery("select change, known, began from store.memory")) {
      row.next();
      return new Memory(
          row.getLong(1),
          StoredCells.instant(row.getObject(2, LocalDateTime.class)),
          StoredCells.instant(row.getObject(3, LocalDateTime.class)));
    }
  }

  void remember(long change, Instant known) throws SQLException {
    execute("update store.memory set change = ?, known = ?", change, known);
  }

  /** The definition of a view when it was served last; null if it was not. */
  @Nullable ServedView defined(String view) throws SQLException {
    try (PreparedStatement statement =
        writer.prepareStatement("select definition from store.definitions where view = ?")) {
      statement.setString(1, view);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? JSON.readValue(rows.getString(1), ServedView.class) : null;
      }
    } catch (JsonProcessingException e) {
      throw new SQLException("the store holds a definition that cannot be read", e);
    }
  }

  /** The name of the view whose table this is, in this run or an earlier one; null if none. */
  @Nullable String viewOf(String table) throws SQLException {
    try (Statement statement = writer.createStatement();
        ResultSet rows = statement.executeQuery("select definition from store.definitions")) {
      while (rows.next()) {
        ServedView view = JSON.readValue(rows.getString(1), ServedView.class);
        if (view.table().equals(table)) {
          return view.name();
        }
      }
      return null;
    } catch (JsonProcessingException e) {
      throw new SQLException("the store holds a definition that cannot be read", e);
    }
  }

  void define(ServedView view) throws SQLException {
    try {
      execute(
          "insert or replace into store.definitions values (?, ?)",
          view.name(),
          JSON.writeValueAsString(view));
    } catch (JsonProcessingException e) {
      throw new SQLException("the definition of " + view.name() + " cannot be written", e);
    }
  }

  /** Up to where a place is read. */
  Map<String, String> positions(String view, String place) throws SQLException {
    Map<String, String> positions = new TreeMap<>();
    try (PreparedStatement statement =
        writer.prepareStatement(
            "select name, position from store.positions where view = ? and place = ?")) {
      statement.setString(1, view);
      statement.setString(2, place);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          positions.put(rows.getString(1), rows.getString(2));
        }
      }
    }
    return positions;
  }

  /** Keeps the positions of loads, in the order in which they came. */
  void keep(List<ViewLoad> loads) throws SQLException {
    Map<List<String>, String> latest = new LinkedHashMap<>();
    for (ViewLoad load : loads) {
      load.positions()
          .forEach((name, at) -> latest.put(List.of(load.view(), load.place(), name), at));
    }
    if (latest.isEmpty()) {
      return;
    }
    List<String> values = new ArrayList<>();
    latest.forEach(
        (key, at) -> {
          values.addAll(key);
          values.add(at);
        });
    String rows = "(?, ?, ?, ?), ".repeat(latest.size());
    execute(
        "insert or replace into store.positions values " + rows.substring(0, rows.length() - 2),
        values.toArray());
  }

  /** The end of the windows of a view that are rolled up or dropped; null if none are. */
  @Nullable Instant horizon(String view) throws SQLException {
    try (PreparedStatement statement =
        writer.prepareStatement("select horizon from store.horizons where view = ?")) {
      statement.setString(1, view);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? StoredCells.instant(rows.getObject(1, LocalDateTime.class)) : null;
      }
    }
  }

  void horizon(String view, Instant horizon) throws SQLException {
    execute("insert or replace into store.horizons values (?, ?)", view, horizon);
  }

  long execute(String sql, @Nullable Object... parameters) throws SQLException {
    try (PreparedStatement statement = writer.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        StoredCells.set(statement, i + 1, parameters[i]);
      }
      return statement.executeUpdate();
    }
  }

  @Override
  public void close() throws SQLException {
    writer.close();
    root.close();
  }
}
