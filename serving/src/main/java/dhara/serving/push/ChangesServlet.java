package dhara.serving.push;

import dhara.serving.rows.Cells;
import dhara.serving.views.BadQuery;
import dhara.serving.views.ServedViews;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

/**
 * {@code GET /api/changes?views=a,b}: changes as Server-Sent Events, from now on or after {@code
 * Last-Event-ID}. Without {@code views} those of all views are sent; with an empty one only the
 * status is.
 *
 * <p>It is a servlet of its own because it writes without blocking: a thousand clients take no
 * threads.
 */
public final class ChangesServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private static final int TOO_MANY = 429;

  private final transient ServedViews views;
  private final transient ChangeHub hub;

  public ChangesServlet(ServedViews views, ChangeHub hub) {
    this.views = views;
    this.hub = hub;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.getMethod().equals("GET")) {
      doGet(request, response);
    } else {
      response.setHeader("Allow", "GET");
      refuse(
          response,
          HttpServletResponse.SC_METHOD_NOT_ALLOWED,
          "/api/changes does not take " + request.getMethod() + "; it is a stream to GET");
    }
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Set<String>> wanted;
    Optional<Long> last;
    try {
      wanted = wanted(request);
      last = last(request);
    } catch (BadQuery e) {
      refuse(
          response,
          e.reason() == BadQuery.Reason.NO_SUCH_VIEW
              ? HttpServletResponse.SC_NOT_FOUND
              : HttpServletResponse.SC_BAD_REQUEST,
          e.getMessage());
      return;
    }
    long sent = last.orElseGet(hub::newest);
    // Proxies would hold events back, and a browser would wait long before it reconnects.
    List<byte[]> first = new ArrayList<>();
    first.add(("retry: 1000\nid: " + sent + "\n\n").getBytes(StandardCharsets.UTF_8));

    response.setContentType("text/event-stream;charset=utf-8");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Accel-Buffering", "no");
    AsyncContext context = request.startAsync();
    context.setTimeout(0);
    Runnable cut =
        () ->
            ServletContextRequest.getServletContextRequest(request)
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint()
                .close();
    ChangeClient client =
        new ChangeClient(hub, context, response.getOutputStream(), wanted, sent, cut, first);
    if (!hub.join(client)) {
      refuse(
          response,
          TOO_MANY,
          "there are too many clients of this stream; try again later, or read /api/views");
      context.complete();
      return;
    }
    response.getOutputStream().setWriteListener(client);
  }

  private Optional<Set<String>> wanted(HttpServletRequest request) {
    String[] parameters = request.getParameterValues("views");
    if (parameters == null) {
      return Optional.empty();
    }
    Set<String> names = new LinkedHashSet<>();
    for (String parameter : parameters) {
      for (String name : parameter.split(",", -1)) {
        if (!name.isBlank()) {
          names.add(views.named(name.strip()).name());
        }
      }
    }
    return Optional.of(names);
  }

  private static Optional<Long> last(HttpServletRequest request) {
    String id = request.getHeader("Last-Event-ID");
    if (id == null || id.isBlank()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseLong(id.strip()));
    } catch (NumberFormatException e) {
      throw new BadQuery(
          BadQuery.Reason.WRONG,
          "Last-Event-ID is no id of this stream; leave it out to begin now");
    }
  }

  private static void refuse(HttpServletResponse response, int status, String error)
      throws IOException {
    response.setStatus(status);
    response.setContentType("application/json");
    response.getOutputStream().write(Cells.JSON.writeValueAsBytes(Map.of("error", error)));
  }
}
