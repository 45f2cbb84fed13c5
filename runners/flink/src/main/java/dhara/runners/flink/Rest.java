package dhara.runners.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Flink's REST interface, of a cluster and of an embedded Flink alike. */
final class Rest {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final String root;

  /**
   * @param address host and port
   */
  Rest(String address) {
    this.root = "http://" + address;
  }

  /**
   * Sends a GET request.
   *
   * @param path from the root on, encoded
   * @param patience how long it may take to answer; only {@link #PATIENCE} to connect
   * @throws IOException if there is no answer, or the answer is an error
   */
  JsonNode get(String path, Duration patience) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(root + path)).timeout(patience).build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException("it answers " + path + " with " + answer.statusCode());
      }
      return JSON.readTree(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The same, for an answer that is worth little if it is late. */
  JsonNode get(String path) throws IOException {
    return get(path, PATIENCE);
  }
}
