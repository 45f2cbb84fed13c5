package dhara.serving.store;

import dhara.serving.store.KeepRules.How;
import dhara.serving.store.KeepRules.Rolled;
import dhara.serving.store.KeepRules.Tier;
import dhara.serving.store.ViewTable.Outcome;
import dhara.serving.store.ViewTable.Upsert;
import dhara.serving.views.ColumnType;
import dhara.serving.views.ServedView;
import dhara.serving.views.ServedView.Kind;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewColumn.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Makes rows of a view coarser, or drops them, when they are older than the retention says.
 *
 * <p>Rows of a tier whose windows have ended before its horizon become one row for each key and
 * wider window, together with what that row had before. Horizons are at the turn of a wider window,
 * and rows that come later for windows before them are left out. Rows whose own windows are as wide
 * are kept as they are. If windows of a key overlap, as sliding ones do, sums would count twice:
 * such rows are dropped.
 */
final class RollUp {

  private static final String ROLLED = "temp.\"$rolled\"";

  private final ViewTable table;
  private final ServedView view;
  private final KeepRules retention;
  private final StoreFile file;
  private final Instant horizon;
  private long added;
  private long removed;
  private boolean overlapping;

  private RollUp(ViewTable table, KeepRules retention, StoreFile file, Instant horizon) {
    this.table = table;
    this.view = table.view();
    this.retention = retention;
    this.file = file;
    this.horizon = horizon;
  }

  /** What is due for a view; null if nothing is. */
  static @Nullable RollUp due(ViewTable table, KeepRules retention, StoreFile file)
      throws SQLException {
    Instant newest = table.committed().newest();
    if (retention.keep() == null || newest == null || table.view().kind() == Kind.LEDGER) {
      return null;
    }
    Instant horizon = base(newest).minus(retention.keep());
    if (!retention.tiers().isEmpty()) {
      horizon = retention.tiers().get(0).floor(horizon);
    }
    Instant before = file.horizon(table.view().name());
    return before == null || horizon.isAfter(before)
        ? new RollUp(table, retention, file, horizon)
        : null;
  }

  /** Ages count from the newest window, but not from one that ends in the future, or never. */
  private static Instant base(Instant newest) {
    Instant now = Instant.now();
    return newest.isAfter(now) ? now : newest;
  }

  /** The end of the windows that are rolled up or dropped. */
  Instant horizon() {
    return horizon;
  }

  /** Does it, within the transaction of the connection. */
  Outcome run(Instant known, int most) throws SQLException {
    List<Upsert> upserts = new ArrayList<>();
    List<List<@Nullable Object>> removals = new ArrayList<>();
    boolean whole = true;
    List<Rolled> rolled = retention.rolled().getOrDefault(view.name(), List.of());
    int tiers = view.columns(Role.WINDOW).isEmpty() ? 0 : retention.tiers().size();
    try (Statement statement = file.writer().createStatement()) {
      Instant end = horizon;
      for (int tier = 0; tier <= tiers; tier++) {
        if (tier > 0) {
          Instant age =
              base(table.committed().newest()).minus(retention.tiers().get(tier - 1).kept());
          end = tier < tiers ? retention.tiers().get(tier).floor(age) : age;
        }
        String old =
            "(_tier = %d and _end <= timestamp '%s')".formatted(tier, StoredCells.local(end));
        if (tier < tiers) {
          promote(statement, retention.tiers().get(tier), old, tier);
        }
        if (tier < tiers && !rolled.isEmpty() && !overlap(statement, old)) {
          String replaced = roll(statement, retention.tiers().get(tier), tier, old, rolled, known);
          whole &= replace(statement, replaced, known, removals, most);
          whole &= insert(statement, upserts, most);
        } else {
          whole &= replace(statement, old, known, removals, most);
        }
      }
      statement.execute(
          "delete from %s where _end <= timestamp '%s'"
              .formatted(table.withdrawn(), StoredCells.local(horizon)));
    }
    file.horizon(view.name(), horizon);
    table.moved(added, removed, table.keepsPast() ? removed : 0);
    return whole ? new Outcome(upserts, removals, true, 0) : Outcome.tooMuch(0);
  }

  private static final String WIDTH = "(epoch_ms(window_end) - epoch_ms(window_start))";

  /** Rows whose windows are as wide as those of the next tier are kept like them. */
  private void promote(Statement statement, Tier to, String old, int tier) throws SQLException {
    statement.execute(
        "update %s set _tier = %d where %s and %s >= %d"
            .formatted(table.live(), tier + 1, old, WIDTH, to.width().toMillis()));
  }

  private boolean overlap(Statement statement, String old) throws SQLException {
    String key = names(Role.KEY, ViewTable::quoted);
    try (ResultSet rows =
        statement.executeQuery(
            ("select count(*) from (select window_start < lag(window_end) over (partition by %s"
                    + " order by window_start, window_end) as crossing from %s where %s)"
                    + " where crossing")
                .formatted(key, table.live(), old))) {
      rows.next();
      boolean overlap = rows.getLong(1) > 0;
      overlapping |= overlap;
      return overlap;
    }
  }

  private String names(Role role, Function<String, String> name) {
    return view.columns(role).stream()
        .map(column -> name.apply(column.name()))
        .collect(Collectors.joining(", "));
  }

  /**
   * Computes the rows of wider windows.
   *
   * @return the condition of the rows that they replace
   */
  private String roll(
      Statement statement, Tier to, int tier, String old, List<Rolled> rolled, Instant known)
      throws SQLException {
    long width = to.width().toMillis();
    String start = "(epoch_ms(window_start) // %1$d * %1$d)".formatted(width);
    // Wider windows that were made before get more rows only if a session began in them and ended
    // after the horizon of then. Rows that came with such windows are answers of their own.
    String replaced =
        "(%s or (_tier = %d and _finished and _rank = 0 and _content = 0 and %s = %d and epoch_ms(window_start) in (select distinct %s from %s where %s)))"
            .formatted(old, tier + 1, WIDTH, width, start, table.live(), old);
    String columns =
        StoredRow.columns(view).stream()
            .map(
                column ->
                    ", "
                        + expression(column, rolled, width)
                        + " as "
                        + ViewTable.quoted(column.name()))
            .collect(Collectors.joining());
    statement.execute(
        ("create or replace temp table \"$rolled\" as select uuid() as _id, max(_revision) as _revision,"
                + " timestamp '%s' as _known, true as _finished, 0::tinyint as _rank,"
                + " %d::tinyint as _tier, 0::bigint as _content, make_timestamp((s + %d) * 1000) as _end%s"
                + " from (select *, %s as s from %s where %s) group by %s, s")
            .formatted(
                StoredCells.local(known),
                tier + 1,
                width,
                columns,
                start,
                table.live(),
                replaced,
                names(Role.KEY, ViewTable::quoted)));
    return replaced;
  }

  private String expression(ViewColumn column, List<Rolled> rolled, long width) {
    String name = ViewTable.quoted(column.name());
    if (column.role() == Role.KEY) {
      return name;
    } else if (column.role() == Role.WINDOW) {
      return column.name().equals("window_start")
          ? "make_timestamp(s * 1000)"
          : "make_timestamp((s + " + width + ") * 1000)";
    }
    Optional<Rolled> how =
        rolled.stream().filter(each -> each.column().equals(column.name())).findFirst();
    String type = StoredCells.sqlType(column.type());
    if (how.isEmpty()) {
      return "cast(null as " + type + ")";
    }
    String value =
        switch (how.get().how()) {
          case SUM -> "sum(" + name + ")";
          case MIN -> "min(" + name + ")";
          case MAX -> "max(" + name + ")";
          case FIRST -> "arg_min(" + name + ", window_start)";
          case LAST -> "arg_max(" + name + ", window_start)";
          case RATIO ->
              "sum(%s) %s nullif(sum(%s), 0)"
                  .formatted(
                      ViewTable.quoted(how.get().of()),
                      column.type() == ColumnType.LONG ? "//" : "/",
                      ViewTable.quoted(how.get().by()));
        };
    return "cast(" + value + " as " + type + ")";
  }

  /** Removes rows, and keeps them as superseded. */
  private boolean replace(
      Statement statement,
      String which,
      Instant known,
      List<List<@Nullable Object>> removals,
      int most)
      throws SQLException {
    List<ViewColumn> naming = new ArrayList<>(view.columns(Role.KEY));
    naming.addAll(view.columns(Role.WINDOW));
    boolean whole = true;
    try (ResultSet rows =
        statement.executeQuery(
            "select %s from %s where %s limit %d"
                .formatted(
                    naming.stream()
                        .map(column -> ViewTable.quoted(column.name()))
                        .collect(Collectors.joining(", ")),
                    table.live(),
                    which,
                    most + 1))) {
      while (rows.next()) {
        removals.add(values(rows, naming));
        whole = removals.size() <= most;
      }
    }
    if (table.keepsPast()) {
      statement.execute(
          "insert into %s select %s%s, timestamp '%s' from %s where %s"
              .formatted(
                  table.superseded(),
                  ViewTable.names(""),
                  table.columns(""),
                  StoredCells.local(known),
                  table.live(),
                  which));
    }
    removed += statement.executeUpdate("delete from %s where %s".formatted(table.live(), which));
    return whole;
  }

  private boolean insert(Statement statement, List<Upsert> upserts, int most) throws SQLException {
    added +=
        statement.executeUpdate(
            "insert into %s select %s%s from %s"
                .formatted(table.live(), ViewTable.names(""), table.columns(""), ROLLED));
    List<ViewColumn> stored = StoredRow.columns(view);
    boolean whole = true;
    try (ResultSet rows =
        statement.executeQuery(
            "select %s, _revision, _end from %s limit %d"
                .formatted(table.columns("").substring(2), ROLLED, most + 1))) {
      while (rows.next()) {
        upserts.add(
            new Upsert(
                values(rows, stored),
                rows.getLong(stored.size() + 1),
                true,
                StoredCells.instant(rows.getObject(stored.size() + 2, LocalDateTime.class))));
        whole = upserts.size() <= most;
      }
    }
    return whole;
  }

  private static List<@Nullable Object> values(ResultSet row, List<ViewColumn> columns)
      throws SQLException {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      values.add(StoredCells.get(row, i + 1, columns.get(i).type()));
    }
    return values;
  }

  /** How the columns of a view may be rolled up, checked when the server starts. */
  static Optional<String> problem(ServedView view, Rolled rolled) {
    Map<String, ViewColumn> values =
        view.columns(Role.VALUE).stream()
            .collect(Collectors.toMap(ViewColumn::name, Function.identity()));
    for (String name :
        rolled.how() == How.RATIO
            ? List.of(rolled.column(), rolled.of(), rolled.by())
            : List.of(rolled.column())) {
      if (!values.containsKey(name)) {
        return Optional.of(
            name + " is no value column of " + view.name() + "; it has " + values.keySet());
      }
    }
    return Optional.empty();
  }

  /** What it did, in a line. */
  @Override
  public String toString() {
    return "%s: up to %s, %,d rows became %,d%s"
        .formatted(
            view.name(),
            horizon,
            removed,
            added,
            overlapping ? "; its windows overlap, so they cannot be summed and are dropped" : "");
  }
}
