package dhara.serving.shop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** Requests to a server, as a program that knows only HTTP and JSON makes them. */
public final class HttpAsk {

  /** How long tests wait, and let statements run, on a machine that has much else to do. */
  public static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client;
  private final URI address;

  public HttpAsk(URI address) {
    this(address, HttpClient.newHttpClient());
  }

  public HttpAsk(URI address, HttpClient client) {
    this.address = address;
    this.client = client;
  }

  /** The answer to a GET, with pairs of headers. */
  public HttpResponse<byte[]> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).GET(), headers);
  }

  /** The JSON that a GET gives. */
  public JsonNode json(String path) throws IOException, InterruptedException {
    return json(get(path));
  }

  /** The answer to a POST of a body. */
  public HttpResponse<byte[]> post(String path, String body, String... headers)
      throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString(body)), headers);
  }

  /** The address of a path, as it is written: nothing in it is resolved. */
  private URI uri(String path) {
    return URI.create(address.getScheme() + "://" + address.getRawAuthority() + path);
  }

  /** The answer to a statement of SQL, with pairs of headers. */
  public HttpResponse<byte[]> sql(String sql, String... headers)
      throws IOException, InterruptedException {
    String[] all = new String[headers.length + 2];
    System.arraycopy(headers, 0, all, 2, headers.length);
    all[0] = "Content-Type";
    all[1] = "application/json";
    return post("/api/sql", JSON.writeValueAsString(Map.of("sql", sql)), all);
  }

  /** Whether a GET is answered with 200 before the client gives up. */
  public boolean answersWithin(String path, Duration patience)
      throws IOException, InterruptedException {
    try {
      HttpRequest request = HttpRequest.newBuilder(uri(path)).timeout(patience).build();
      return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (HttpTimeoutException e) {
      return false;
    }
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request, String... headers)
      throws IOException, InterruptedException {
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  /** The body as JSON. */
  public static JsonNode json(HttpResponse<byte[]> response) throws IOException {
    return JSON.readTree(response.body());
  }

  /** The body as text. */
  public static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }
}
