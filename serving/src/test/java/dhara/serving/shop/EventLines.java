package dhara.serving.shop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/**
 * A client of Server-Sent Events that reads when it is asked for the next event, and keeps the id
 * of the last one as a browser does. Tests that use it need a time limit, because it waits for
 * ever.
 */
public final class EventLines implements AutoCloseable {

  /**
   * An event.
   *
   * @param name {@code changes}, {@code reset} or {@code status}; empty for an id alone
   */
  public record Event(String name, JsonNode data) {}

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpResponse<InputStream> response;
  private final BufferedReader reader;
  private String lastId = "";

  private EventLines(HttpResponse<InputStream> response) {
    this.response = response;
    this.reader =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  /** Connects, with pairs of headers. */
  public static EventLines open(URI address, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return new EventLines(
        HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofInputStream()));
  }

  /** The status and the headers. */
  public HttpResponse<InputStream> response() {
    return response;
  }

  /** The id of the last event. */
  public String lastId() {
    return lastId;
  }

  /** The next event that a condition holds for; those before it are skipped. */
  public Event next(Predicate<Event> wanted) throws IOException {
    Event event = next();
    while (!wanted.test(event)) {
      event = next();
    }
    return event;
  }

  /** The next event of a name; those before it are skipped. */
  public Event next(String name) throws IOException {
    return next(event -> event.name().equals(name));
  }

  /** The next event. */
  public Event next() throws IOException {
    String name = "";
    StringBuilder data = new StringBuilder();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1).strip();
      switch (field) {
        case "event" -> name = value;
        case "data" -> data.append(value);
        case "id" -> lastId = value;
        default -> {
          // retry, and comments
        }
      }
    }
    return new Event(name, data.isEmpty() ? JSON.nullNode() : JSON.readTree(data.toString()));
  }

  private String line() throws IOException {
    String line = reader.readLine();
    if (line == null) {
      throw new EOFException("the server ended the stream");
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
