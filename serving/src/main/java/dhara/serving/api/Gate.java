package dhara.serving.api;

import dhara.serving.rows.Cells;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What every request passes first: headers that keep a browser safe, the check of the host name,
 * the rate limit and the login. Files of the dashboard and {@code /healthz} need no login and do
 * not count, because they hold no data and cost nothing.
 *
 * <p>The host name is checked if the server is open to everybody on this machine: a page of another
 * site could otherwise point a name of its own to 127.0.0.1 and read the answers through the
 * visitor's browser.
 */
final class Gate extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src"
          + " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final Set<String> ROUTES =
      Set.of(
          "/api/views",
          "/api/sql",
          "/api/changes",
          "/api/status",
          "/api/openapi.json",
          "/metrics",
          "/healthz");

  private static final String VIEW = "/api/views/";
  private static final String CHANGES = "/api/changes";

  private final transient Access access;
  private final transient RequestRate rate;
  private final transient ServerMetrics metrics;
  private final boolean localOnly;
  private final boolean tls;

  /**
   * @param localOnly whether requests must name this machine as their host
   * @param tls whether the server speaks HTTPS
   */
  Gate(Access access, RequestRate rate, ServerMetrics metrics, boolean localOnly, boolean tls) {
    this.access = access;
    this.rate = rate;
    this.metrics = metrics;
    this.localOnly = localOnly;
    this.tls = tls;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    long began = System.nanoTime();
    metrics.began();
    try {
      headers(response);
      if (localOnly && !local(request.getServerName())) {
        refuse(
            response,
            Refusal.FORBIDDEN,
            "this server answers only to the names of this machine, such as localhost; to give it"
                + " another name start it with --token or --basic");
      } else if (guarded(request) && !rate.admits(request.getRemoteAddr())) {
        refuse(
            response,
            Refusal.TOO_MANY,
            "too many requests from this address; slow down, or raise --requestsPerSecond");
      } else if (guarded(request) && !access.admits(request.getHeader("Authorization"))) {
        response.setHeader("WWW-Authenticate", access.challenge());
        refuse(response, Refusal.UNAUTHORIZED, access.fix());
      } else {
        chain.doFilter(request, response);
      }
    } finally {
      String route = route(mapped(request));
      Runnable ended =
          () ->
              metrics.ended(
                  request.getMethod() + " " + route,
                  response.getStatus(),
                  System.nanoTime() - began);
      // A stream of changes has no end to measure; an answer that others make has.
      if (request.isAsyncStarted() && !route.equals(CHANGES)) {
        request.getAsyncContext().addListener(new AtTheEnd(ended));
      } else {
        ended.run();
      }
    }
  }

  /** Does something when an answer is sent that was made on another thread. */
  private record AtTheEnd(Runnable ended) implements AsyncListener {

    @Override
    public void onComplete(AsyncEvent event) {
      ended.run();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      // It is completed then.
    }

    @Override
    public void onError(AsyncEvent event) {
      // It is completed then.
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      event.getAsyncContext().addListener(this);
    }
  }

  private void headers(HttpServletResponse response) {
    response.setHeader("Content-Security-Policy", POLICY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    if (tls) {
      response.setHeader("Strict-Transport-Security", "max-age=31536000");
    }
  }

  /**
   * Whether a request may reach data. Servlets are chosen by the path that is decoded and resolved
   * ({@code /x/../%61pi} is {@code /api}), routes by the path as it was sent, so both count.
   */
  private static boolean guarded(HttpServletRequest request) {
    return guarded(mapped(request)) || guarded(request.getRequestURI());
  }

  private static boolean guarded(String path) {
    return path.startsWith("/api") || path.startsWith("/metrics");
  }

  /** The path by which the server has chosen the servlet. */
  private static String mapped(HttpServletRequest request) {
    return request.getServletPath() + Objects.toString(request.getPathInfo(), "");
  }

  /** The path without what differs between views, so that there are few. */
  private static String route(String path) {
    if (ROUTES.contains(path)) {
      return path;
    }
    return path.startsWith(VIEW) ? VIEW + "{name}" : "files";
  }

  private static boolean local(@Nullable String host) {
    if (host == null) {
      return false;
    }
    String name = host.toLowerCase(Locale.ROOT);
    if (name.equals("localhost") || name.endsWith(".localhost")) {
      return true;
    }
    // A literal address cannot be pointed elsewhere; nothing is looked up for it.
    return name.matches("\\[[0-9a-f:.]+\\]|[0-9.]+") && loopback(name);
  }

  private static boolean loopback(String literal) {
    try {
      return InetAddress.getByName(literal).isLoopbackAddress();
    } catch (IOException e) {
      return false; // no address at all
    }
  }

  private static void refuse(HttpServletResponse response, int status, String error)
      throws IOException {
    response.setStatus(status);
    response.setContentType("application/json");
    if (status == Refusal.TOO_MANY) {
      response.setHeader("Retry-After", "1");
    }
    response.getOutputStream().write(Cells.JSON.writeValueAsBytes(Map.of("error", error)));
  }
}
