package dhara.serving.store;

import dhara.serving.views.ServedView;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How far the event time of each analysis has come, by its ledger: the lowest watermark of its
 * inputs, and the allowed lateness, by which answers are settled behind it. The past is kept beside
 * the rows, so that {@code asKnownAt} also tells whether a window was open then.
 */
final class Watermarks {

  /** Columns of the ledger. */
  private static final String WATERMARK = "watermark";

  private static final String SETTLED_UNTIL = "settled_until";

  /**
   * How far an analysis has come.
   *
   * @param watermark null if it is not known
   * @param lateness null if it is not known
   */
  record Mark(@Nullable Instant watermark, @Nullable Duration lateness) {

    static final Mark UNKNOWN = new Mark(null, null);

    /** Until when the answer of a window may be revised. */
    Instant revisableUntil(Instant end) {
      return lateness == null ? end : end.plus(lateness);
    }

    /**
     * The same in SQL, of {@code _end} and {@code _finished}; the names are those of the columns.
     * The instants are literals: a join with the table of marks would take longer to plan than most
     * queries take to run.
     */
    List<String> stateInSql() {
      if (watermark == null) {
        return List.of(
            "case when _finished then 'settled' else 'open' end as answer_state",
            "cast(null as timestamp) as revisable_until");
      }
      String at = "timestamp '" + StoredCells.local(watermark) + "'";
      long millis = lateness == null ? 0 : lateness.toMillis();
      String until = "(_end + to_milliseconds(" + millis + "))";
      return List.of(
          ("case when _finished or %1$s <= %2$s then 'settled' when _end <= %2$s then 'revisable'"
                  + " else 'open' end as answer_state")
              .formatted(until, at),
          "case when not _finished and _end <= %2$s and %1$s > %2$s then %1$s end as revisable_until"
              .formatted(until, at));
    }

    /** The state of an answer, and until when it may be revised; in the order of the columns. */
    Object[] state(@Nullable Instant end, boolean finished) {
      if (finished) {
        return new Object[] {"settled", null};
      } else if (end == null || watermark == null || watermark.isBefore(end)) {
        return new Object[] {"open", null};
      }
      Instant until = revisableUntil(end);
      return watermark.isBefore(until)
          ? new Object[] {"revisable", until}
          : new Object[] {"settled", null};
    }
  }

  private final Map<String, Mark> marks = new ConcurrentHashMap<>();

  Mark now(String analysis) {
    return marks.getOrDefault(analysis, Mark.UNKNOWN);
  }

  /** Creates the tables. */
  static void create(Statement statement) throws SQLException {
    statement.execute(
        "create table if not exists store.marks"
            + " (analysis varchar, watermark timestamp, lateness bigint)");
    statement.execute(
        "create table if not exists store.past_marks"
            + " (analysis varchar, known timestamp, watermark timestamp, lateness bigint)");
  }

  /** Reads what was stored. */
  void load(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("select analysis, watermark, lateness from store.marks")) {
      while (rows.next()) {
        marks.put(rows.getString(1), mark(rows, 2));
      }
    }
  }

  private static Mark mark(ResultSet rows, int first) throws SQLException {
    Instant watermark = StoredCells.instant(rows.getObject(first, LocalDateTime.class));
    long millis = rows.getLong(first + 1);
    return new Mark(watermark, rows.wasNull() ? null : Duration.ofMillis(millis));
  }

  /**
   * Reads the ledger after it has changed, within the transaction that changed it.
   *
   * @return what is to be {@linkplain #set set} when the transaction is committed; null if nothing
   *     has changed
   */
  @Nullable Mark refreshed(Connection connection, ServedView ledger, Instant known)
      throws SQLException {
    if (ledger.column(WATERMARK).isEmpty() || ledger.column(SETTLED_UNTIL).isEmpty()) {
      return null;
    }
    Mark mark = read(connection, ledger);
    if (Objects.equals(mark, now(ledger.analysis()))) {
      return null;
    }
    Long millis = mark.lateness == null ? null : mark.lateness.toMillis();
    execute(connection, "delete from store.marks where analysis = ?", ledger.analysis());
    execute(
        connection,
        "insert into store.marks values (?, ?, ?)",
        ledger.analysis(),
        mark.watermark,
        millis);
    execute(
        connection,
        "insert into store.past_marks values (?, ?, ?, ?)",
        ledger.analysis(),
        known,
        mark.watermark,
        millis);
    return mark;
  }

  private static Mark read(Connection connection, ServedView ledger) throws SQLException {
    String sql =
        "select %s, %s from store.\"%s\"".formatted(WATERMARK, SETTLED_UNTIL, ledger.table());
    Instant lowest = null;
    Duration longest = null;
    boolean unknown = false;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        Instant watermark = StoredCells.instant(rows.getObject(1, LocalDateTime.class));
        Instant settled = StoredCells.instant(rows.getObject(2, LocalDateTime.class));
        // Until its first one the lateness is not known, and 0 would settle answers too early.
        unknown |= watermark == null || settled == null;
        if (watermark != null && (lowest == null || watermark.isBefore(lowest))) {
          lowest = watermark;
        }
        if (watermark != null && settled != null) {
          Duration lateness = Duration.between(settled, watermark);
          longest = longest == null || lateness.compareTo(longest) > 0 ? lateness : longest;
        }
      }
    }
    return new Mark(unknown ? null : lowest, longest);
  }

  void set(String analysis, Mark mark) {
    marks.put(analysis, mark);
  }

  /** How far an analysis had come, as it was known at an instant. */
  static Mark at(Connection connection, String analysis, Instant known) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select watermark, lateness from store.past_marks"
                + " where analysis = ? and known <= ? order by known desc limit 1")) {
      StoredCells.set(statement, 1, analysis);
      StoredCells.set(statement, 2, known);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? mark(rows, 1) : Mark.UNKNOWN;
      }
    }
  }

  private static void execute(Connection connection, String sql, @Nullable Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        StoredCells.set(statement, i + 1, parameters[i]);
      }
      statement.executeUpdate();
    }
  }
}
