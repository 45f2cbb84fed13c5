package dhara.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Asks the serving layer how many answers it has. */
final class ServedRows {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI views;

  ServedRows(URI address) {
    this.views = address.resolve("/api/views");
  }

  /** The number of answers by analysis, of those that have some. */
  Map<String, Long> byAnalysis() throws InterruptedException {
    HttpRequest ask = HttpRequest.newBuilder(views).timeout(Duration.ofSeconds(5)).build();
    Map<String, Long> rows = new HashMap<>();
    try {
      HttpResponse<String> answer = http.send(ask, BodyHandlers.ofString());
      if (answer.statusCode() == 200) {
        for (JsonNode view : JSON.readTree(answer.body()).path("views")) {
          boolean answers = view.path("kind").asText().equals("answers");
          if (answers && view.path("rows").asLong() > 0) {
            rows.merge(view.path("analysis").asText(), view.path("rows").asLong(), Long::sum);
          }
        }
      }
    } catch (IOException e) {
      return Map.of(); // it is not up yet; whether it has ended, its thread tells
    }
    return rows;
  }
}
