package dhara.serving.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.options.BadOption;
import dhara.serving.push.ChangeHub;
import dhara.serving.push.ChangesServlet;
import dhara.serving.views.ServedViews;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.compression.Gzip;
import io.javalin.config.JavalinConfig;
import io.javalin.util.JavalinBindException;
import jakarta.servlet.DispatcherType;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves views over HTTP: queries, SQL, changes, status, metrics and the dashboard.
 *
 * <pre>
 *   request ─▶ gate (headers, host, rate, login) ─┬─▶ routes: queries wait for their turn ─▶ store
 *                                                 └─▶ changes: written without blocking ◀─ hub ◀─ store
 * </pre>
 *
 * <pre>{@code
 * try (ViewServer server = ViewServer.start(views, options)) {
 *   console.println(server.address());
 *   …
 * }
 * }</pre>
 */
public final class ViewServer implements AutoCloseable {

  private static final String CHANGES = "/api/changes";

  /** Queries and statements of SQL that run at the same time, for each core. */
  private static final int QUERIES_PER_CORE = 2;

  private static final int STATEMENTS_PER_CORE = 1;

  /** Threads for what never waits for the store: files, status, health, the start of a stream. */
  private static final int FREE_THREADS = 64;

  /** A packed answer is a fifth as long; a higher level costs more time than it saves here. */
  private static final int GZIP_LEVEL = 1;

  private final Javalin javalin;
  private final ChangeHub hub;
  private final SqlDesk sql;
  private final URI address;
  private final List<String> routes;

  private ViewServer(
      Javalin javalin, ChangeHub hub, SqlDesk sql, URI address, List<String> routes) {
    this.javalin = javalin;
    this.hub = hub;
    this.sql = sql;
    this.address = address;
    this.routes = routes;
  }

  /**
   * Starts to serve.
   *
   * @param views what is served; the caller closes it after the server
   * @throws BadOption if it cannot listen or protect itself as the options say
   * @throws SQLException if the store gives no session
   */
  public static ViewServer start(ServedViews views, AccessOptions options) throws SQLException {
    Access access = access(options);
    Optional<TlsStore> tls = TlsStore.of(options);
    boolean loopback = loopback(options.getHost());
    if (!loopback && access.isOpen() && !options.getAnonymous()) {
      throw new BadOption(
          "--host",
          options.getHost(),
          "other machines can reach it; add --token=env:NAME or --basic=env:NAME, or"
              + " --anonymous=true to serve everybody");
    }
    int cores = Runtime.getRuntime().availableProcessors();
    ServerMetrics metrics = new ServerMetrics();
    Gate gate =
        new Gate(
            access,
            new RequestRate(options.getRequestsPerSecond(), System::nanoTime),
            metrics,
            loopback && access.isOpen(),
            tls.isPresent());
    SqlDesk sql =
        new SqlDesk(
            views, options.getSqlTimeout(), options.getSqlRows(), STATEMENTS_PER_CORE * cores);
    ChangeHub hub = ChangeHub.start(views);
    QueuedThreadPool threads = threads(cores);
    ApiRoutes routes = new ApiRoutes(views, sql, hub, metrics, QUERIES_PER_CORE * cores, threads);
    Javalin javalin =
        Javalin.create(
            config -> {
              quiet(config);
              config.jetty.threadPool = threads;
              config.jetty.modifyServer(server -> server.setErrorHandler(ViewServer::malformed));
              config.jetty.modifyServletContextHandler(
                  context -> servlets(context, gate, new ChangesServlet(views, hub)));
              config.jetty.addConnector((server, http) -> connector(server, http, options, tls));
              routes.addTo(config.routes);
            });
    try {
      javalin.start();
    } catch (JavalinBindException e) {
      hub.close();
      sql.close();
      throw new BadOption(
          "--port",
          options.getPort(),
          "cannot listen at "
              + options.getHost()
              + ", e.g. because another program does; choose another port, or --port=0 for any",
          e);
    }
    List<String> names = new ArrayList<>(routes.names());
    names.add("GET " + CHANGES);
    return new ViewServer(
        javalin, hub, sql, address(options, tls.isPresent(), javalin.port()), names);
  }

  private static Access access(AccessOptions options) {
    if (options.getToken() != null && options.getBasic() != null) {
      throw new BadOption(
          "--basic", options.getBasic(), "cannot be given with --token; choose one");
    }
    if (options.getToken() != null) {
      return Access.token("--token", options.getToken());
    }
    return options.getBasic() == null ? Access.open() : Access.basic("--basic", options.getBasic());
  }

  private static boolean loopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new BadOption("--host", host, "is no address of this machine, e.g. --host=0.0.0.0", e);
    }
  }

  private static void quiet(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.prefer405over404 = true;
    config.http.compressionStrategy = new CompressionStrategy(null, new Gzip(GZIP_LEVEL));
  }

  /** More threads than requests can run and wait at once, so that these never take all. */
  private static QueuedThreadPool threads(int cores) {
    int running = (QUERIES_PER_CORE + STATEMENTS_PER_CORE) * cores;
    int waiting = ApiRoutes.WAITING + SqlDesk.WAITING;
    // Connections are accepted and watched by threads of the pool as well, at most two per core.
    QueuedThreadPool threads = new QueuedThreadPool(running + waiting + 2 * cores + FREE_THREADS);
    threads.setName("dhara-http");
    threads.setDaemon(true);
    return threads;
  }

  private static void servlets(ServletContextHandler context, Gate gate, ChangesServlet changes) {
    context.setErrorHandler(ViewServer::malformed);
    FilterHolder filter = new FilterHolder(gate);
    filter.setAsyncSupported(true);
    context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
    ServletHolder servlet = new ServletHolder("changes", changes);
    servlet.setAsyncSupported(true);
    context.addServlet(servlet, CHANGES);
  }

  /** Answers what Jetty itself refuses, such as a path that leads out of the root. */
  private static boolean malformed(Request request, Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    byte[] error =
        "{\"error\":\"the request is malformed; see /api/openapi.json\"}".getBytes(UTF_8);
    response.write(true, ByteBuffer.wrap(error), callback);
    return true;
  }

  private static Connector connector(
      Server server, HttpConfiguration http, AccessOptions options, Optional<TlsStore> tls) {
    http.setSendServerVersion(false);
    ServerConnector connector =
        tls.map(store -> store.connector(server, http))
            .orElseGet(() -> new ServerConnector(server, new HttpConnectionFactory(http)));
    connector.setHost(options.getHost());
    connector.setPort(options.getPort());
    return connector;
  }

  private static URI address(AccessOptions options, boolean tls, int port) {
    String host = options.getHost();
    String shown = host.contains(":") ? "[" + host + "]" : host;
    return URI.create((tls ? "https://" : "http://") + shown + ":" + port + "/");
  }

  /** Where it listens: {@code http://127.0.0.1:8080/}. */
  public URI address() {
    return address;
  }

  /** The method and the path of each route of the API. */
  List<String> routes() {
    return routes;
  }

  /** Stops: no more requests are taken, and streams of changes end. */
  @Override
  public void close() throws SQLException {
    hub.close();
    sql.close(); // before the server, which waits for the statements that run
    javalin.stop();
  }
}
