package dhara.serving.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.RowJson;
import dhara.options.Nearest;
import dhara.serving.rows.Cells;
import dhara.serving.store.Watermarks.Mark;
import dhara.serving.views.BadQuery;
import dhara.serving.views.ColumnType;
import dhara.serving.views.ServedView;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewColumn.Role;
import dhara.serving.views.ViewPage;
import dhara.serving.views.ViewQuery;
import dhara.serving.views.ViewQuery.Comparison;
import dhara.serving.views.ViewQuery.Filter;
import dhara.serving.views.ViewQuery.Order;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link ViewQuery} in SQL. A page begins after the last row of the page before, by the values
 * that it is sorted by: rows that come or go in between shift nothing.
 */
final class QuerySql {

  private static final Logger LOG = LoggerFactory.getLogger(QuerySql.class);

  private static final String ID = "_id";

  /** Stops what takes too long; one thread, because to stop a statement takes no time. */
  private static final ScheduledThreadPoolExecutor CLOCK = clock();

  private final ViewTable table;
  private final ServedView view;
  private final ViewQuery query;
  private final Mark mark;
  private final List<ViewColumn> columns = new ArrayList<>();
  private final List<Order> order = new ArrayList<>();
  private final StringBuilder sql = new StringBuilder();
  private final List<@Nullable Object> parameters = new ArrayList<>();

  /**
   * @param query with {@code asKnownAt} as the store can answer it
   * @param mark how far the analysis had come then
   * @throws BadQuery if it cannot be answered
   */
  QuerySql(ViewTable table, ViewQuery query, Mark mark) {
    this.table = table;
    this.view = table.view();
    this.query = query;
    this.mark = mark;
    if (query.limit() < 1 || query.limit() > ViewQuery.MOST) {
      throw wrong(
          "limit=%d: a page has 1 to %,d rows; use the cursor in next for more"
              .formatted(query.limit(), ViewQuery.MOST));
    }
    Set<String> wanted = new LinkedHashSet<>(query.columns());
    if (wanted.isEmpty()) {
      columns.addAll(view.columns());
    } else {
      wanted.forEach(name -> columns.add(column(name)));
    }
    Set<String> sorted = new HashSet<>();
    for (Order each : query.order()) {
      // A column that comes again decides nothing, and each makes the statement of a page longer.
      if (sorted.add(sortable(each).column())) {
        order.add(each);
      }
    }
    if (!view.columns(Role.WINDOW).isEmpty() && !sorted.contains("window_start")) {
      order.add(new Order("window_start", false));
    }
  }

  private static ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "dhara-query-timeouts");
              thread.setDaemon(true);
              return thread;
            });
    clock.setRemoveOnCancelPolicy(true);
    return clock;
  }

  private static BadQuery wrong(String message) {
    return new BadQuery(BadQuery.Reason.WRONG, message);
  }

  private ViewColumn column(String name) {
    return view.column(name)
        .orElseThrow(
            () -> {
              List<String> known = view.columns().stream().map(ViewColumn::name).toList();
              return wrong(
                  "%s is no column of %s.%s It has %s"
                      .formatted(
                          name,
                          view.name(),
                          Nearest.question(name, known),
                          String.join(", ", known)));
            });
  }

  private Order sortable(Order by) {
    if (column(by.column()).type() == ColumnType.JSON) {
      throw wrong("order=" + by.column() + ": rows cannot be sorted by a list or an object");
    }
    return by;
  }

  /** Runs it. */
  ViewPage run(Connection connection) throws SQLException {
    write();
    try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
      for (int i = 0; i < parameters.size(); i++) {
        StoredCells.set(statement, i + 1, parameters.get(i));
      }
      return within(statement);
    }
  }

  /** Runs a statement, and stops it when it has taken as long as it may. */
  private ViewPage within(PreparedStatement statement) throws SQLException {
    Duration atMost = query.atMost();
    if (atMost == null) {
      return page(statement);
    }
    AtomicBoolean over = new AtomicBoolean();
    ScheduledFuture<?> alarm =
        CLOCK.schedule(
            () -> {
              over.set(true);
              stop(statement);
            },
            atMost.toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      return page(statement);
    } catch (SQLException e) {
      if (!over.get()) {
        throw e;
      }
      BadQuery tooLong =
          new BadQuery(
              BadQuery.Reason.TOO_LONG,
              "the query ran for more than "
                  + atMost
                  + "; ask for fewer windows with from and to, or raise --sqlTimeout");
      tooLong.initCause(e);
      throw tooLong;
    } finally {
      alarm.cancel(false);
    }
  }

  private void write() {
    sql.append("select ");
    for (ViewColumn column : columns) {
      sql.append(name(column.name())).append(", ");
    }
    for (Order by : order) {
      sql.append(name(by.column())).append(", ");
    }
    sql.append(ID).append(" from (");
    source();
    sql.append(") where true");
    query.filters().forEach(this::filter);
    if (query.from() != null || query.to() != null) {
      window();
    }
    if (query.cursor() != null) {
      after(cursor(query.cursor()));
    }
    sql.append(" order by ");
    for (Order by : order) {
      sql.append(name(by.column()))
          .append(by.descending() ? " desc" : " asc")
          .append(" nulls last, ");
    }
    sql.append(ID).append(" limit ").append(query.limit() + 1);
  }

  private static String name(String column) {
    return ViewTable.quoted(column);
  }

  /** The rows that counted, with the computed columns. */
  private void source() {
    String stored = ID + ", _revision, _finished, _end" + table.columns("");
    sql.append("select *");
    if (!view.columns(Role.REVISION).isEmpty()) {
      sql.append(", _revision as revision");
    }
    if (!view.columns(Role.STATE).isEmpty()) {
      mark.stateInSql().forEach(column -> sql.append(", ").append(column));
    }
    sql.append(" from (select ").append(stored).append(" from ").append(table.live());
    Instant known = query.asKnownAt();
    if (known != null) {
      sql.append(" where _known <= ? union all select ").append(stored).append(" from ");
      sql.append(table.superseded()).append(" where _known <= ? and _until > ?");
      parameters.add(known);
      parameters.add(known);
      parameters.add(known);
    }
    sql.append(")");
  }

  private void filter(Filter filter) {
    ViewColumn column = column(filter.column());
    Comparison comparison = filter.comparison();
    if (column.type() == ColumnType.JSON) {
      throw wrong(
          filter.column() + " is a list or an object, which no filter compares; use POST /api/sql");
    }
    if (comparison == Comparison.LIKE && column.type() != ColumnType.TEXT) {
      throw wrong(
          filter.column()
              + ".like: is for columns of text, and this one is of type "
              + column.type().label());
    }
    if (comparison != Comparison.IN && filter.texts().size() != 1) {
      throw wrong(filter.column() + ": is compared with several values; write it as .in");
    }
    String name = name(column.name());
    for (String text : filter.texts()) {
      parameters.add(StoredCells.parsed(column, text));
    }
    sql.append(" and ");
    switch (comparison) {
      case EQ -> sql.append(name).append(" = ?");
      case NE -> sql.append(name).append(" is distinct from ?");
      case GT -> sql.append(name).append(" > ?");
      case GE -> sql.append(name).append(" >= ?");
      case LT -> sql.append(name).append(" < ?");
      case LE -> sql.append(name).append(" <= ?");
      case LIKE -> sql.append(name).append(" like ?");
      case IN ->
          sql.append(
              filter.texts().isEmpty()
                  ? "false"
                  : name
                      + " in ("
                      + String.join(", ", Collections.nCopies(filter.texts().size(), "?"))
                      + ")");
    }
  }

  private void window() {
    if (view.columns(Role.WINDOW).isEmpty()) {
      throw wrong(
          "from and to are for windows, and " + view.name() + " has none; filter by a column");
    }
    // Literals, because the row groups that a scan can leave out are found when it is planned.
    if (query.from() != null) {
      sql.append(" and window_start >= ").append(literal("from", query.from()));
    }
    if (query.to() != null) {
      sql.append(" and window_start < ").append(literal("to", query.to()));
    }
  }

  private static String literal(String parameter, Instant instant) {
    try {
      return "make_timestamp(" + Cells.micros(instant) + ")";
    } catch (ArithmeticException e) {
      throw wrong(parameter + "=" + instant + ": is too far away; name a time of the windows");
    }
  }

  /** The rows after a row, in the order of the query. */
  private void after(Position position) {
    sql.append(" and (");
    for (int i = 0; i <= order.size(); i++) {
      sql.append(i == 0 ? "(" : " or (");
      for (int j = 0; j < i; j++) {
        sql.append(name(order.get(j).column())).append(" is not distinct from ? and ");
        parameters.add(position.values.get(j));
      }
      if (i == order.size()) {
        sql.append(ID).append(" > ?");
        parameters.add(position.id);
      } else {
        String name = name(order.get(i).column());
        Object value = position.values.get(i);
        if (value == null) {
          sql.append("false"); // nulls come last
        } else {
          sql.append("(").append(name).append(order.get(i).descending() ? " < ?" : " > ?");
          sql.append(" or ").append(name).append(" is null)");
          parameters.add(value);
        }
      }
      sql.append(")");
    }
    sql.append(")");
  }

  private static void stop(PreparedStatement statement) {
    try {
      statement.cancel();
    } catch (SQLException e) {
      LOG.warn("A query that ran too long could not be stopped", e);
    }
  }

  private ViewPage page(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      return page(rows);
    }
  }

  private ViewPage page(ResultSet rows) throws SQLException {
    List<List<@Nullable Object>> page = new ArrayList<>();
    String next = null;
    Position last = null;
    while (rows.next()) {
      if (page.size() == query.limit()) {
        next = text(last);
        break;
      }
      List<@Nullable Object> row = new ArrayList<>(columns.size());
      for (int i = 0; i < columns.size(); i++) {
        row.add(StoredCells.get(rows, i + 1, columns.get(i).type()));
      }
      page.add(row);
      last = position(rows);
    }
    return new ViewPage(view.name(), query.asKnownAt(), List.copyOf(columns), page, next);
  }

  /** A row, by what the query is sorted by. */
  private record Position(List<@Nullable Object> values, UUID id) {}

  private Position position(ResultSet rows) throws SQLException {
    List<@Nullable Object> values = new ArrayList<>();
    int index = columns.size();
    for (Order by : order) {
      index++;
      values.add(StoredCells.get(rows, index, column(by.column()).type()));
    }
    return new Position(values, rows.getObject(index + 1, UUID.class));
  }

  /** What a cursor belongs to. */
  private String sorted() {
    return view.name() + order + query.asKnownAt();
  }

  private String text(Position position) {
    ObjectNode cursor = RowJson.object();
    cursor.put("of", Integer.toHexString(sorted().hashCode()));
    cursor.put("id", position.id.toString());
    ArrayNode values = cursor.putArray("at");
    for (Object value : position.values) {
      if (value == null) {
        values.addNull();
      } else {
        values.add(
            value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString());
      }
    }
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(cursor.toString().getBytes(StandardCharsets.UTF_8));
  }

  private Position cursor(String text) {
    try {
      JsonNode cursor =
          RowJson.value(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8));
      JsonNode at = cursor.path("at");
      if (cursor.path("of").asText().equals(Integer.toHexString(sorted().hashCode()))
          && at.isArray()
          && at.size() == order.size()) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < at.size(); i++) {
          ViewColumn column = column(order.get(i).column());
          values.add(at.get(i).isNull() ? null : StoredCells.parsed(column, at.get(i).asText()));
        }
        return new Position(values, UUID.fromString(cursor.path("id").asText()));
      }
    } catch (IllegalArgumentException | JsonProcessingException e) {
      throw unusable(e);
    }
    throw unusable(null);
  }

  private static BadQuery unusable(@Nullable Exception cause) {
    BadQuery bad =
        wrong(
            "cursor: is not from a page of this query; pass the next of the page before, with the"
                + " same order and asKnownAt");
    if (cause != null) {
      bad.initCause(cause);
    }
    return bad;
  }
}
