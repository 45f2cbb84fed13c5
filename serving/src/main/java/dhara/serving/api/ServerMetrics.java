package dhara.serving.api;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Counts requests and their durations by route, in the text format of Prometheus. */
final class ServerMetrics {

  /** Upper bounds of the buckets of durations, in milliseconds. */
  private static final long[] BOUNDS = {1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000};

  private static final double MILLIS = 1_000;
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The requests of a route. */
  private static final class Route {
    private final Map<Integer, LongAdder> statuses = new ConcurrentSkipListMap<>();
    private final LongAdder[] buckets = new LongAdder[BOUNDS.length];
    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    private Route() {
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] = new LongAdder();
      }
    }
  }

  private final Map<String, Route> routes = new ConcurrentSkipListMap<>();
  private final AtomicInteger running = new AtomicInteger();

  /** A request begins. */
  void began() {
    running.incrementAndGet();
  }

  /**
   * A request has ended.
   *
   * @param route its path without what differs between views
   */
  void ended(String route, int status, long nanos) {
    running.decrementAndGet();
    Route mine = routes.computeIfAbsent(route, path -> new Route());
    mine.statuses.computeIfAbsent(status, code -> new LongAdder()).increment();
    mine.count.increment();
    mine.nanos.add(nanos);
    for (int i = 0; i < BOUNDS.length; i++) {
      if (nanos <= TimeUnit.MILLISECONDS.toNanos(BOUNDS[i])) {
        mine.buckets[i].increment();
      }
    }
  }

  /** Appends requests and durations. */
  void write(StringBuilder text) {
    head(text, "dhara_http_requests_running", "gauge", "Requests that are being served.");
    line(text, "dhara_http_requests_running", Map.of(), running.get());
    head(text, "dhara_http_requests_total", "counter", "Requests by route and status.");
    routes.forEach(
        (path, route) ->
            route.statuses.forEach(
                (status, count) ->
                    line(
                        text,
                        "dhara_http_requests_total",
                        Map.of("route", path, "status", Integer.toString(status)),
                        count.sum())));
    String name = "dhara_http_request_duration_seconds";
    head(text, name, "histogram", "Durations of requests by route, without streams of changes.");
    routes.forEach(
        (path, route) -> {
          for (int i = 0; i < BOUNDS.length; i++) {
            line(
                text,
                name + "_bucket",
                Map.of("route", path, "le", Double.toString(BOUNDS[i] / MILLIS)),
                route.buckets[i].sum());
          }
          line(text, name + "_bucket", Map.of("route", path, "le", "+Inf"), route.count.sum());
          line(text, name + "_sum", Map.of("route", path), route.nanos.sum() / NANOS);
          line(text, name + "_count", Map.of("route", path), route.count.sum());
        });
  }

  /** Appends what a metric is. */
  static void head(StringBuilder text, String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  /** Appends a count. */
  static void line(StringBuilder text, String name, Map<String, String> labels, long value) {
    name(text, name, labels);
    text.append(' ').append(value).append('\n');
  }

  /** Appends a measure. */
  static void line(StringBuilder text, String name, Map<String, String> labels, double value) {
    name(text, name, labels);
    text.append(' ').append(value).append('\n');
  }

  private static void name(StringBuilder text, String name, Map<String, String> labels) {
    text.append(name);
    if (!labels.isEmpty()) {
      char before = '{';
      for (Map.Entry<String, String> label : new TreeMap<>(labels).entrySet()) {
        text.append(before).append(label.getKey()).append("=\"");
        text.append(
            label.getValue().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
        text.append('"');
        before = ',';
      }
      text.append('}');
    }
  }
}
