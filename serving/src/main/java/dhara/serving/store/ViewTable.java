package dhara.serving.store;

import dhara.serving.rows.Cells;
import dhara.serving.store.Merging.Merged;
import dhara.serving.store.Watermarks.Mark;
import dhara.serving.views.ColumnType;
import dhara.serving.views.ServedView;
import dhara.serving.views.ServedView.Kind;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewColumn.Role;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * The tables of a view, and how rows are merged into them. It belongs to the thread that writes.
 *
 * <pre>
 *   store.T          rows that count                          main.T: the view of it for SQL
 *   store.T$past     rows that counted, and until when
 *   store.T$gone     what was withdrawn, and its revision, which an older row must not undo
 *   temp.T$in        rows of a commit
 * </pre>
 *
 * <p>There is no index: of a stream's upserts nearly all belong to the newest windows, so a join
 * that is limited to the windows of the commit reads few of DuckDB's row groups, by their least and
 * greatest values. An index over ten million keys costs a gigabyte, and space of deleted rows in an
 * indexed table is not used again.
 */
final class ViewTable {

  /** Columns that every table has before those of the view. */
  private static final String HIDDEN =
      "_id uuid, _revision bigint, _known timestamp, _finished boolean, _rank tinyint,"
          + " _tier tinyint, _content bigint, _end timestamp";

  /** Where what an analysis reads and does not answer has its time. */
  private static final Map<Kind, String> ENDS =
      Map.of(
          Kind.ANSWERS, "window_end",
          Kind.EFFECTS, "window_end",
          Kind.LATE, "at",
          Kind.DEAD_LETTERS, "seen_at");

  /**
   * Whose rows have a time that is part of what names them. That of a dead letter is when it was
   * seen, and another one when it is seen again; so is the window of an incident.
   */
  private static final Set<Kind> NAMED_BY_END = Set.of(Kind.ANSWERS, Kind.LATE);

  /**
   * A row that counts now.
   *
   * @param values of the stored columns
   * @param finished whether no further revisions come
   * @param end when its window ends; null if it has none
   */
  record Upsert(
      List<@Nullable Object> values, long revision, boolean finished, @Nullable Instant end) {}

  /**
   * The rows of a commit that had an effect.
   *
   * @param removals the values of key and window of rows that are gone
   * @param whole false if there are too many of them to be listed
   * @param conflicts how many rows of files differ from those that were there, at the same revision
   */
  record Outcome(
      List<Upsert> upserts, List<List<@Nullable Object>> removals, boolean whole, long conflicts) {

    static Outcome tooMuch(long conflicts) {
      return new Outcome(List.of(), List.of(), false, conflicts);
    }

    int size() {
      return upserts.size() + removals.size();
    }
  }

  private static final Set<Role> NAMING = Set.of(Role.KEY, Role.WINDOW);

  private final DuckDBConnection connection;
  private final ServedView view;
  private final List<ViewColumn> stored;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private final boolean past;
  private long rows;
  private long pastRows;
  private long gone;
  private @Nullable Instant newest;
  private volatile Size committed = new Size(0, 0, null);

  /**
   * What the tables hold.
   *
   * @param rows that count
   * @param past that counted and are kept
   * @param newest the latest end of a window; null if there is none
   */
  record Size(long rows, long past, @Nullable Instant newest) {}

  private ViewTable(DuckDBConnection connection, ServedView view, boolean past) {
    this.connection = connection;
    this.view = view;
    this.stored = StoredRow.columns(view);
    this.past = past && (view.kind() == Kind.ANSWERS || view.kind() == Kind.EFFECTS);
  }

  /**
   * Creates the tables of a view that are not there yet.
   *
   * @param past whether superseded rows are kept
   * @param mark how far the analysis has come
   */
  static ViewTable of(DuckDBConnection connection, ServedView view, boolean past, Mark mark)
      throws SQLException {
    ViewTable table = new ViewTable(connection, view, past);
    String columns =
        table.stored.stream()
            .map(column -> ", " + quoted(column.name()) + " " + StoredCells.sqlType(column.type()))
            .collect(Collectors.joining());
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists %s (%s%s)".formatted(table.live(), HIDDEN, columns));
      statement.execute(
          "create table if not exists %s (%s%s, _until timestamp)"
              .formatted(table.superseded(), HIDDEN, columns));
      statement.execute(
          "create table if not exists %s (_id uuid, _revision bigint, _rank tinyint, _end timestamp)"
              .formatted(table.withdrawn()));
      statement.execute(
          "create or replace temp table %s (%s%s, _withdrawn boolean, _clears boolean)"
              .formatted(table.incomingName(), HIDDEN, columns));
    }
    table.show(mark);
    table.recount();
    return table;
  }

  /** Counts what the tables hold, at the start and after a transaction that failed. */
  void recount() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      rows = number(statement, "select count(*) from " + live());
      pastRows = number(statement, "select count(*) from " + superseded());
      gone = number(statement, "select count(*) from " + withdrawn());
      try (ResultSet latest = statement.executeQuery("select max(_end) from " + live())) {
        latest.next();
        newest = StoredCells.instant(latest.getObject(1, LocalDateTime.class));
      }
    }
    publish();
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  ServedView view() {
    return view;
  }

  String live() {
    return "store." + quoted(view.table());
  }

  String superseded() {
    return "store." + quoted(view.table() + "$past");
  }

  String withdrawn() {
    return "store." + quoted(view.table() + "$gone");
  }

  private String incomingName() {
    return quoted(view.table() + "$in");
  }

  private String incoming() {
    return "temp." + incomingName();
  }

  /** What the tables hold, as it is committed. */
  Size committed() {
    return committed;
  }

  /** Makes known what the writer has changed; call it after the commit. */
  void publish() {
    committed = new Size(rows, pastRows, newest);
  }

  /** The names of the stored columns, quoted, each after a comma and a prefix. */
  String columns(String prefix) {
    return stored.stream()
        .map(column -> ", " + prefix + quoted(column.name()))
        .collect(Collectors.joining());
  }

  /**
   * Defines the view for SQL anew, within the transaction that has changed the watermark.
   *
   * @param mark how far the analysis has come
   */
  void show(Mark mark) throws SQLException {
    List<String> columns = new ArrayList<>();
    for (ViewColumn column : view.columns()) {
      if (column.role() == Role.REVISION) {
        columns.add("_revision as " + quoted(column.name()));
      } else if (column.role() != Role.STATE) {
        columns.add(quoted(column.name()));
      }
    }
    if (hasState()) {
      columns.addAll(mark.stateInSql());
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create or replace view main.%s as select %s from %s"
              .formatted(quoted(view.table()), String.join(", ", columns), live()));
    }
  }

  /** Whether its rows have a state, which depends on the watermark. */
  boolean hasState() {
    return !view.columns(Role.STATE).isEmpty();
  }

  /** When a row ends, for retention and for the search of rows; null if it has no time. */
  @Nullable Instant end(StoredRow row) {
    String column = ENDS.get(view.kind());
    return column == null ? null : row.instant(view, column);
  }

  /**
   * Merges rows into the tables, within the transaction of the connection.
   *
   * @param known when they are known, on the wall clock
   * @param most the most rows of the outcome
   */
  Outcome merge(Merging merging, Instant known, int most) throws SQLException {
    Map<UUID, Merged> in = merging.rows();
    Span span = append(in, known);
    if (merging.clears()) {
      supersede(known, span, "i._clears");
    }
    // Nearly every commit of a stream belongs to the newest windows, or begins one.
    boolean joins = rows > 0 && !(span.known && newest != null && span.least.isAfter(newest));
    Set<UUID> lost = new HashSet<>();
    long conflicts =
        joins && in.values().stream().anyMatch(merged -> !merged.ordered()) ? conflicts(span) : 0;
    if (joins) {
      lost.addAll(
          ids(
              lostTo(
                  live(),
                  "c._content = i._content and c._finished >= i._finished and not i._withdrawn or",
                  span)));
    }
    if (gone > 0) {
      lost.addAll(ids(lostTo(withdrawn(), "", Span.NONE)));
    }
    if (joins) {
      supersede(known, span, "true");
    }
    if (gone > 0) {
      gone -=
          update(
              "delete from %s c using %s i where c._id = i._id".formatted(withdrawn(), incoming()));
    }
    if (in.values().stream().anyMatch(merged -> merged.row().withdrawn())) {
      gone +=
          update(
              "insert into %s select _id, _revision, _rank, _end from %s where _withdrawn and _revision >= 0"
                  .formatted(withdrawn(), incoming()));
    }
    rows +=
        update(
            "insert into %s select %s%s from %s where not _withdrawn"
                .formatted(live(), names(""), columns(""), incoming()));
    if (span.greatest != null && (newest == null || span.greatest.isAfter(newest))) {
      newest = span.greatest;
    }
    return outcome(in, lost, most, conflicts);
  }

  /**
   * The ends of the rows of a commit.
   *
   * @param known whether a row with the id of one of them must end within the span
   * @param least null if none has an end
   * @param greatest null if none has an end
   */
  private record Span(boolean known, @Nullable Instant least, @Nullable Instant greatest) {

    static final Span NONE = new Span(false, null, null);

    /** The condition on rows that may have the id of one of the commit. */
    String within() {
      return known ? " and c._end between ? and ?" : "";
    }
  }

  private Span append(Map<UUID, Merged> in, Instant known) throws SQLException {
    update("delete from " + incoming());
    Instant least = null;
    Instant greatest = null;
    boolean all = true;
    try (DuckDBAppender to = connection.createAppender("temp", "main", view.table() + "$in")) {
      for (Merged merged : in.values()) {
        StoredRow row = merged.row();
        Instant end = end(row);
        to.beginRow();
        to.append(row.id());
        to.append(row.revision());
        to.appendEpochMicros(Cells.micros(known));
        to.append(merged.finished());
        to.append((byte) merged.rank());
        to.append((byte) 0);
        to.append(row.content());
        StoredCells.append(to, ColumnType.INSTANT, end);
        for (int i = 0; i < stored.size(); i++) {
          StoredCells.append(to, stored.get(i).type(), row.values().get(i));
        }
        to.append(row.withdrawn());
        to.append(merged.clears());
        to.endRow();
        all &= end != null;
        if (end != null && (least == null || end.isBefore(least))) {
          least = end;
        }
        if (end != null && (greatest == null || end.isAfter(greatest))) {
          greatest = end;
        }
      }
    }
    return new Span(all && least != null && NAMED_BY_END.contains(view.kind()), least, greatest);
  }

  /**
   * Deletes the rows of the commit that lose to one of a table. An equal row loses, unless its run
   * has finished and that of the other one had not.
   */
  private Sql lostTo(String table, String same, Span span) {
    return new Sql(
        ("delete from %s i using %s c where c._id = i._id%s and not i._clears"
                + " and (c._revision > i._revision or (c._revision = i._revision and (%s"
                + " c._rank > i._rank or (c._rank = 0 and i._rank = 0%s)))) returning i._id")
            .formatted(
                incoming(),
                table,
                span.within(),
                same,
                same.isEmpty() ? "" : " and not i._withdrawn and c._content > i._content"),
        span,
        null);
  }

  /**
   * How many rows of files contradict a row that is there, also of a file: two runs have written
   * into one place. Which of them counts does not depend on their order.
   */
  private long conflicts(Span span) throws SQLException {
    Sql sql =
        new Sql(
            ("select count(*) from %s i join %s c on c._id = i._id%s"
                    + " where c._revision = i._revision and c._rank = 0 and i._rank = 0"
                    + " and c._content <> i._content and not i._withdrawn and not i._clears")
                .formatted(incoming(), live(), span.within()),
            span,
            null);
    try (ResultSet count = bound(sql).executeQuery()) {
      count.next();
      return count.getLong(1);
    }
  }

  /** Removes the rows that those of the commit replace, and keeps them as superseded. */
  private void supersede(Instant known, Span span, String which) throws SQLException {
    String replaced = "c._id = i._id%s and %s".formatted(span.within(), which);
    if (past) {
      pastRows +=
          update(
              new Sql(
                  "insert into %s select %s%s, ? from %s c join %s i on %s"
                      .formatted(
                          superseded(), names("c."), columns("c."), live(), incoming(), replaced),
                  span,
                  known));
    }
    rows -=
        update(
            new Sql(
                "delete from %s c using %s i where %s".formatted(live(), incoming(), replaced),
                span,
                null));
  }

  /**
   * A statement.
   *
   * @param span its last two parameters, if it is known
   * @param known its first parameter, if there is one
   */
  private record Sql(String text, Span span, @Nullable Instant known) {}

  private PreparedStatement bound(Sql sql) throws SQLException {
    PreparedStatement statement = prepared.get(sql.text);
    if (statement == null) {
      statement = connection.prepareStatement(sql.text);
      prepared.put(sql.text, statement);
    }
    int index = 1;
    if (sql.known != null) {
      StoredCells.set(statement, index++, sql.known);
    }
    if (sql.span.known) {
      StoredCells.set(statement, index++, sql.span.least);
      StoredCells.set(statement, index, sql.span.greatest);
    }
    return statement;
  }

  private long update(String sql) throws SQLException {
    return update(new Sql(sql, Span.NONE, null));
  }

  private long update(Sql sql) throws SQLException {
    return bound(sql).executeUpdate();
  }

  private List<UUID> ids(Sql sql) throws SQLException {
    List<UUID> ids = new ArrayList<>();
    try (ResultSet rows = bound(sql).executeQuery()) {
      while (rows.next()) {
        ids.add(rows.getObject(1, UUID.class));
      }
    }
    return ids;
  }

  /** The names of the columns that every table has. */
  static String names(String prefix) {
    return Arrays.stream(HIDDEN.split(", ", -1))
        .map(column -> prefix + column.substring(0, column.indexOf(' ')))
        .collect(Collectors.joining(", "));
  }

  private Outcome outcome(Map<UUID, Merged> in, Set<UUID> lost, int most, long conflicts) {
    if (in.size() - lost.size() > most) {
      return Outcome.tooMuch(conflicts);
    }
    List<Upsert> upserts = new ArrayList<>();
    List<List<@Nullable Object>> removals = new ArrayList<>();
    in.forEach(
        (id, merged) -> {
          StoredRow row = merged.row();
          if (lost.contains(id)) {
            return;
          } else if (row.withdrawn()) {
            removals.add(row.valuesOf(view, NAMING));
          } else {
            upserts.add(new Upsert(row.values(), row.revision(), merged.finished(), end(row)));
          }
        });
    return new Outcome(upserts, removals, true, conflicts);
  }

  /**
   * Deletes superseded rows that are too old, and thins out older ones, of which only those are
   * kept that counted at the turn of a grain.
   *
   * @param oldest those that were replaced before it are deleted
   * @param exact those that were replaced before it are thinned out
   */
  void forget(Instant oldest, Instant exact, Duration grain) throws SQLException {
    if (pastRows == 0) {
      return;
    }
    String micros = String.valueOf(grain.toNanos() / 1_000);
    try (PreparedStatement statement =
        connection.prepareStatement(
            ("delete from %s where _until < ? or (_until < ? and"
                    + " (epoch_us(_known) + %s - 1) // %s >= (epoch_us(_until) + %s - 1) // %s)")
                .formatted(superseded(), micros, micros, micros, micros))) {
      StoredCells.set(statement, 1, oldest);
      StoredCells.set(statement, 2, exact);
      pastRows -= statement.executeUpdate();
    }
    publish();
  }

  /** Counts rows that another statement of the transaction has moved. */
  void moved(long added, long removed, long superseded) {
    rows += added - removed;
    pastRows += superseded;
  }

  boolean keepsPast() {
    return past;
  }
}
