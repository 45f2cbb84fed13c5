package dhara.serving.api;

import dhara.serving.push.ChangeHub;
import dhara.serving.push.ViewPace;
import dhara.serving.views.ServedViews;
import dhara.serving.views.ServingStatus;
import dhara.serving.views.ServingStatus.ViewStatus;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.ToLongFunction;

/** The page {@code /metrics}: requests, pushed changes, views and memory, for Prometheus. */
final class MetricsPage {

  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final double MILLIS = 1_000;

  private final ServedViews views;
  private final ServerMetrics requests;
  private final ChangeHub hub;
  private final SqlDesk sql;
  private final Turns turns;

  MetricsPage(ServedViews views, ServerMetrics requests, ChangeHub hub, SqlDesk sql, Turns turns) {
    this.views = views;
    this.requests = requests;
    this.hub = hub;
    this.sql = sql;
    this.turns = turns;
  }

  byte[] bytes() {
    StringBuilder text = new StringBuilder();
    requests.write(text);
    one(
        text,
        "dhara_queries_waiting",
        "gauge",
        "Queries that wait for their turn.",
        turns.waiting());
    one(
        text,
        "dhara_sql_timeouts_total",
        "counter",
        "Statements of SQL that ran too long.",
        sql.timeouts());
    one(
        text,
        "dhara_sql_shared_total",
        "counter",
        "Statements of SQL that were answered with the result of an equal one.",
        sql.shared());
    push(text);
    views(text);
    Runtime runtime = Runtime.getRuntime();
    one(
        text,
        "dhara_heap_used_bytes",
        "gauge",
        "Heap in use.",
        runtime.totalMemory() - runtime.freeMemory());
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void push(StringBuilder text) {
    ChangeHub.Counts counts = hub.counts();
    one(text, "dhara_push_clients", "gauge", "Clients of the stream of changes.", counts.clients());
    one(
        text,
        "dhara_push_frames_total",
        "counter",
        "Sets of changes that were pushed.",
        counts.frames());
    one(
        text,
        "dhara_push_bytes_total",
        "counter",
        "Bytes handed to connections of clients.",
        counts.bytes());
    one(
        text,
        "dhara_push_resets_total",
        "counter",
        "Clients that were told to read the views anew.",
        counts.resets());
    one(
        text,
        "dhara_push_shed_total",
        "counter",
        "Clients that were cut off because their connections took nothing.",
        counts.shed());
    one(
        text,
        "dhara_push_refused_total",
        "counter",
        "Clients that were refused because there were too many.",
        counts.refused());
  }

  private void views(StringBuilder text) {
    ServingStatus status = views.status();
    each(text, status, "dhara_view_rows", "gauge", "Rows of a view.", ViewStatus::rows);
    each(
        text,
        status,
        "dhara_view_taken_total",
        "counter",
        "Rows read for a view since the server started.",
        ViewStatus::taken);
    each(
        text,
        status,
        "dhara_view_conflicts_total",
        "counter",
        "Rows that differ from others with the same key, window and revision.",
        ViewStatus::conflicts);
    each(
        text,
        status,
        "dhara_view_lag_records",
        "gauge",
        "Records of topics that are not read yet.",
        ViewStatus::lag);
    String name = "dhara_view_delay_seconds";
    ServerMetrics.head(
        text,
        name,
        "gauge",
        "From the end of a window to the commit of its first answer, in the last minute.");
    for (ViewStatus view : status.views()) {
      hub.pace()
          .delays(view.view(), status.at())
          .ifPresent(d -> delays(text, name, view.view(), d));
    }
  }

  private static void delays(StringBuilder text, String name, String view, ViewPace.Delays delays) {
    ServerMetrics.line(text, name, Map.of("view", view, "quantile", "0.5"), delays.p50() / MILLIS);
    ServerMetrics.line(text, name, Map.of("view", view, "quantile", "0.95"), delays.p95() / MILLIS);
    ServerMetrics.line(text, name, Map.of("view", view, "quantile", "0.99"), delays.p99() / MILLIS);
  }

  private static void one(StringBuilder text, String name, String type, String help, long value) {
    ServerMetrics.head(text, name, type, help);
    ServerMetrics.line(text, name, Map.of(), value);
  }

  private static void each(
      StringBuilder text,
      ServingStatus status,
      String name,
      String type,
      String help,
      ToLongFunction<ViewStatus> value) {
    ServerMetrics.head(text, name, type, help);
    for (ViewStatus view : status.views()) {
      ServerMetrics.line(text, name, Map.of("view", view.view()), value.applyAsLong(view));
    }
  }
}
