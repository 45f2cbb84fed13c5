package dhara.serving.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dhara.serving.dashboard.Assets;
import dhara.serving.push.ChangeHub;
import dhara.serving.push.StatusJson;
import dhara.serving.rows.ArrowSheet;
import dhara.serving.rows.Cells;
import dhara.serving.rows.CsvSheet;
import dhara.serving.rows.JsonSheet;
import dhara.serving.rows.Sheet;
import dhara.serving.rows.SheetColumn;
import dhara.serving.views.BadQuery;
import dhara.serving.views.ServedView;
import dhara.serving.views.ServedViews;
import dhara.serving.views.ServingStatus.PlaceStatus;
import dhara.serving.views.ServingStatus.ViewStatus;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewPage;
import dhara.serving.views.ViewQuery;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes of the API and what each answers; all but the stream of changes. */
final class ApiRoutes {

  private static final Logger LOG = LoggerFactory.getLogger(ApiRoutes.class);

  private static final String JSON = JsonSheet.TYPE;

  /** The longest body of a request: a statement of SQL in JSON, where a character may take six. */
  private static final int LONGEST_BODY = 6 * SqlFence.LONGEST + 1_024;

  /** How many bytes of a longer body are read all the same, and forgotten. */
  private static final int READ_ON = 8 << 20;

  /** How many queries wait for their turn at most; each holds a thread of the server. */
  static final int WAITING = 60;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ServedViews views;
  private final SqlDesk sql;
  private final ChangeHub hub;
  private final MetricsPage metrics;
  private final Turns turns;
  private final StoreProbe probe;
  private final Executor threads;

  /**
   * @param atOnce how many queries run at the same time
   * @param threads answer those who have shared a result
   */
  ApiRoutes(
      ServedViews views,
      SqlDesk sql,
      ChangeHub hub,
      ServerMetrics requests,
      int atOnce,
      Executor threads) {
    this.threads = threads;
    this.views = views;
    this.sql = sql;
    this.hub = hub;
    this.probe = new StoreProbe(views);
    this.turns = new Turns(atOnce, WAITING, PATIENCE);
    this.metrics = new MetricsPage(views, requests, hub, sql, turns);
  }

  /** A route: a method, a path and what answers. */
  private record Route(HandlerType method, String path, Handler handler) {}

  private List<Route> all() {
    return List.of(
        new Route(HandlerType.GET, "/api/views", this::views),
        new Route(HandlerType.GET, "/api/views/{name}", this::query),
        new Route(HandlerType.POST, "/api/sql", this::sql),
        new Route(HandlerType.GET, "/api/status", this::status),
        new Route(HandlerType.GET, "/api/openapi.json", this::document),
        new Route(
            HandlerType.GET,
            "/metrics",
            context -> send(context, MetricsPage.TYPE, metrics.bytes())),
        new Route(HandlerType.GET, "/healthz", this::health));
  }

  /** The method and the path of each route. */
  List<String> names() {
    return all().stream().map(route -> route.method + " " + route.path).toList();
  }

  /** Adds all routes, and the files of the dashboard. */
  void addTo(RoutesConfig routes) {
    all().forEach(route -> routes.addHttpHandler(route.method, route.path, route.handler));
    routes.get("/*", this::file);
    routes.exception(Refusal.class, (e, context) -> error(context, e.status(), e.getMessage()));
    routes.exception(BadQuery.class, (e, context) -> error(context, status(e), e.getMessage()));
    routes.exception(
        HttpResponseException.class,
        (e, context) -> error(context, e.getStatus(), spoken(e.getStatus(), context)));
    routes.exception(Exception.class, (e, context) -> failed(context, e));
  }

  private static void failed(Context context, Exception e) {
    LOG.error("{} {} failed", context.method(), context.path(), e);
    error(context, Refusal.FAILURE, "the server failed; its log says why");
  }

  private static int status(BadQuery e) {
    return switch (e.reason()) {
      case NO_SUCH_VIEW -> Refusal.NOT_FOUND;
      case TOO_LONG -> Refusal.TIMEOUT;
      case WRONG, OUT_OF_REACH -> Refusal.BAD_REQUEST;
    };
  }

  private static String spoken(int status, Context context) {
    return switch (status) {
      case Refusal.NOT_FOUND ->
          "there is nothing at " + context.path() + "; /api/openapi.json lists what there is";
      case Refusal.METHOD_NOT_ALLOWED ->
          context.path() + " does not take " + context.method() + "; everything here is read-only";
      default -> "the request cannot be served as it is";
    };
  }

  private static void error(Context context, int status, @Nullable String message) {
    context.status(status);
    if (status == Refusal.TOO_MANY) {
      context.header("Retry-After", "1");
    }
    try {
      json(context, Cells.JSON.writeValueAsBytes(Map.of("error", String.valueOf(message))));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a text is always JSON", e);
    }
  }

  private static void json(Context context, byte[] bytes) {
    send(context, JSON, bytes);
  }

  private static void send(Context context, String type, byte[] bytes) {
    // Answers change, and those behind a login are nobody else's.
    context.header("Cache-Control", "no-store");
    context.contentType(type).result(bytes);
  }

  private void views(Context context) throws IOException {
    Map<String, ViewStatus> states =
        views.status().views().stream()
            .collect(Collectors.toMap(ViewStatus::view, Function.identity()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = Cells.JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeArrayFieldStart("views");
      for (ServedView view : views.all()) {
        view(json, view, Optional.ofNullable(states.get(view.name())));
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json(context, out.toByteArray());
  }

  private static void view(JsonGenerator json, ServedView view, Optional<ViewStatus> state)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", view.name());
    json.writeStringField("analysis", view.analysis());
    json.writeStringField("output", view.output());
    json.writeStringField("domain", view.domain());
    json.writeStringField("summary", view.summary());
    json.writeStringField("kind", view.kind().label());
    json.writeStringField("table", view.table());
    json.writeNumberField("rows", state.map(ViewStatus::rows).orElse(0L));
    json.writeStringField(
        "watermark", state.map(ViewStatus::watermark).map(Cells::text).orElse(null));
    json.writeStringField(
        "lateness", state.map(ViewStatus::lateness).map(Duration::toString).orElse(null));
    json.writeStringField("source", source(state.map(ViewStatus::places).orElse(List.of())));
    json.writeArrayFieldStart("columns");
    for (ViewColumn column : view.columns()) {
      json.writeStartObject();
      json.writeStringField("name", column.name());
      json.writeStringField("type", column.type().label());
      json.writeStringField("role", column.role().label());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** Whether rows come from files, from something that grows record by record, or from both. */
  private static String source(List<PlaceStatus> places) {
    boolean files =
        places.stream().anyMatch(place -> !place.uri().contains("://") || isFiles(place));
    boolean topics =
        places.stream().anyMatch(place -> place.uri().contains("://") && !isFiles(place));
    if (files && topics) {
      return "both";
    }
    return files ? "files" : topics ? "topic" : "none";
  }

  private static boolean isFiles(PlaceStatus place) {
    return place.uri().startsWith("files:");
  }

  private void status(Context context) {
    json(context, StatusJson.of(views.status(), hub.pace()));
  }

  private void document(Context context) throws IOException {
    json(context, Cells.JSON.writeValueAsBytes(ApiDocument.of(views.all())));
  }

  private void query(Context context) throws Exception {
    SendFormat format = SendFormat.of(context.queryParam("format"), context.header("Accept"));
    ViewQuery query =
        QueryParameters.of(context.pathParam("name"), context.queryParamMap())
            .within(sql.timeout());
    ViewPage page = turns.take(() -> views.query(query));
    List<SheetColumn> columns =
        page.columns().stream()
            .map(column -> new SheetColumn(column.name(), column.type()))
            .toList();
    Sheet sheet;
    if (format == SendFormat.JSON) {
      JsonSheet json =
          JsonSheet.ofObjects(
              columns,
              fields -> {
                fields.writeStringField("view", page.view());
                fields.writeStringField("asKnownAt", Cells.textOrNull(page.asKnownAt()));
              });
      json.after(fields -> fields.writeStringField("next", page.next()));
      sheet = json;
    } else {
      sheet = plain(format, columns);
      if (page.next() != null) {
        context.header("Dhara-Next", page.next());
      }
    }
    for (List<@Nullable Object> row : page.rows()) {
      sheet.row(row);
    }
    send(context, format.type(), sheet.bytes());
  }

  private static Sheet plain(SendFormat format, List<SheetColumn> columns) {
    return format == SendFormat.CSV ? new CsvSheet(columns) : new ArrowSheet(columns);
  }

  private void sql(Context context) throws Exception {
    SendFormat format = SendFormat.of(null, context.header("Accept"));
    CompletableFuture<SqlDesk.Result> asked = sql.ask(statement(context));
    if (asked.isDone()) {
      sheet(context, format, SqlDesk.of(asked));
    } else {
      // An equal statement runs; many wait for it, and none of them holds a thread.
      context.future(
          () ->
              asked.handleAsync(
                  (result, e) -> {
                    shared(context, format, asked);
                    return null;
                  },
                  threads));
    }
  }

  /** Answers a request that has waited for the result of an equal statement. */
  private static void shared(
      Context context, SendFormat format, CompletableFuture<SqlDesk.Result> asked) {
    try {
      sheet(context, format, SqlDesk.of(asked));
    } catch (Refusal refusal) {
      error(context, refusal.status(), refusal.getMessage());
    } catch (Exception e) {
      failed(context, e);
    }
  }

  private static void sheet(Context context, SendFormat format, SqlDesk.Result result)
      throws IOException {
    if (format != SendFormat.JSON) {
      context.header("Dhara-Truncated", Boolean.toString(result.truncated()));
    }
    byte[] made = result.sheets().get(format);
    if (made == null) {
      // Two may make it at once; that costs less than a lock that waits for it.
      try {
        made = made(format, result);
      } catch (ArithmeticException e) { // an infinite time, which is text in JSON
        throw new Refusal(
            Refusal.BAD_REQUEST,
            "a value of the result is out of range for " + format.type() + "; cast it to varchar",
            e);
      }
      byte[] earlier = result.sheets().putIfAbsent(format, made);
      made = earlier == null ? made : earlier;
    }
    send(context, format.type(), made);
  }

  private static byte[] made(SendFormat format, SqlDesk.Result result) throws IOException {
    Sheet sheet;
    if (format == SendFormat.JSON) {
      JsonSheet json =
          JsonSheet.ofArrays(result.columns(), fields -> columns(fields, result.columns()));
      json.after(fields -> fields.writeBooleanField("truncated", result.truncated()));
      sheet = json;
    } else {
      sheet = plain(format, result.columns());
    }
    for (List<@Nullable Object> row : result.rows()) {
      sheet.row(row);
    }
    return sheet.bytes();
  }

  private static void columns(JsonGenerator json, List<SheetColumn> columns) throws IOException {
    json.writeArrayFieldStart("columns");
    for (SheetColumn column : columns) {
      json.writeStartObject();
      json.writeStringField("name", column.name());
      json.writeStringField("type", column.type().label());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /**
   * Reads the rest of a body that is too long, or some of it. The connection is closed on whoever
   * still writes when the answer is sent, and they may never read it.
   */
  private static void readOn(InputStream sent) throws IOException {
    byte[] some = new byte[1 << 13];
    for (int left = READ_ON; left > 0; left -= some.length) {
      if (sent.readNBytes(some, 0, some.length) < some.length) {
        return;
      }
    }
  }

  private static String statement(Context context) throws IOException {
    String type = context.contentType();
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(JSON)) {
      // Also because a page of another site may post a form, but JSON only if this server agrees.
      throw new Refusal(
          Refusal.UNSUPPORTED_TYPE,
          "send the statement as Content-Type: application/json with {\"sql\":\"select …\"}");
    }
    byte[] body;
    try {
      InputStream sent = context.bodyInputStream();
      body = sent.readNBytes(LONGEST_BODY + 1);
      if (body.length > LONGEST_BODY) {
        readOn(sent);
      }
    } catch (IOException e) {
      throw new Refusal(Refusal.BAD_REQUEST, "the body ends before it is as long as it says", e);
    }
    if (body.length > LONGEST_BODY) {
      throw new Refusal(
          Refusal.TOO_LARGE,
          "a statement has at most " + SqlFence.LONGEST + " characters; shorten it");
    }
    JsonNode request;
    try {
      request = Cells.JSON.readTree(body);
    } catch (IOException e) { // also of bytes that look like UTF-32 and are none
      throw new Refusal(Refusal.BAD_REQUEST, "the body is no JSON; send {\"sql\":\"select …\"}", e);
    }
    JsonNode statement = request.path("sql");
    if (!statement.isTextual() || request.size() != 1) {
      throw Refusal.bad("the body must be an object with nothing but sql: {\"sql\":\"select …\"}");
    }
    return statement.textValue();
  }

  private void health(Context context) {
    if (hub.failure().isPresent() || !probe.answers()) {
      // The reason may name places, and this page needs no login.
      throw new Refusal(
          Refusal.FAILURE, "the store does not answer; the log of the server says why");
    }
    json(context, "{\"status\":\"ok\"}".getBytes(StandardCharsets.UTF_8));
  }

  private void file(Context context) throws IOException {
    if (names().contains(HandlerType.POST + " " + context.path())) {
      throw new Refusal(
          Refusal.METHOD_NOT_ALLOWED, context.path() + " takes only POST; see /api/openapi.json");
    }
    Assets.Asset asset =
        Assets.of(context.path())
            .orElseThrow(() -> new Refusal(Refusal.NOT_FOUND, spoken(Refusal.NOT_FOUND, context)));
    context.header("ETag", asset.etag());
    context.header("Cache-Control", "no-cache");
    context.header("Vary", "Accept-Encoding");
    context.contentType(asset.type());
    if (asset.etag().equals(context.header("If-None-Match"))) {
      context.status(304);
      return;
    }
    String encodings = context.header("Accept-Encoding");
    if (encodings != null && encodings.contains("gzip")) {
      context.header("Content-Encoding", "gzip");
      context.res().getOutputStream().write(asset.gzip());
    } else {
      context.res().getOutputStream().write(asset.bytes());
    }
  }
}
