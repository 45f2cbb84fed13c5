package dhara.connectors.lookup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dhara.options.SecretReference;
import dhara.transforms.call.CallOutcome;
import dhara.transforms.call.ServiceTerms;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Asks over HTTP. If the address has a {@code {key}}, each key is a {@code GET}, whose answer is
 * any JSON; otherwise a {@code POST} sends a JSON array of keys, and the answer is a JSON object
 * with the answer to each key. A null, a missing key, {@code 204} and, of a single key, {@code 404}
 * say that the service knows nothing of it. 429 is busy; 408, 5xx and a lost connection have
 * failed; any other status, redirects too, refuses the call.
 */
final class HttpLookup implements LookupClient {

  /** The text that stands for the key. */
  static final String KEY = "{key}";

  private static final int TOO_MANY = 429;
  private static final int NOT_FOUND = 404;

  /** Whole numbers and decimals keep their digits. */
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final String address;
  private final boolean single;
  private final int batch;
  private final @Nullable String token;
  private final HttpClient client;

  /**
   * Opens a client; does not connect yet.
   *
   * @throws SecretReference.Missing if the token is missing on this machine
   * @throws IllegalArgumentException if no header can hold the token; the message does not repeat
   *     it
   */
  HttpLookup(ServiceTerms terms) {
    this.address = terms.uri();
    this.single = address.contains(KEY);
    this.batch = single ? 1 : terms.batch();
    this.token = terms.token() == null ? null : token(terms.token());
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(terms.timeout())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  private static String token(String reference) {
    String token = SecretReference.resolve(reference);
    if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new IllegalArgumentException(
          "the token "
              + reference
              + " holds nothing, or characters that no header can hold; check the secret");
    }
    return token;
  }

  /** The address about a key. */
  static URI about(String address, String key) {
    return URI.create(address.replace(KEY, URLEncoder.encode(key, UTF_8).replace("+", "%20")));
  }

  @Override
  public int batch() {
    return batch;
  }

  @Override
  public CompletableFuture<LookupReply> look(List<String> keys, Duration within) {
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(request(keys, within), head -> new BoundedBody());
    // The timeout of a request ends with the head of the answer; a body may take for ever.
    return exchange
        .copy()
        .orTimeout(within.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (response, failure) -> {
              if (failure == null) {
                return reply(keys, response);
              }
              exchange.cancel(true);
              return LookupReply.of(outcome(failure));
            });
  }

  private HttpRequest request(List<String> keys, Duration within) {
    HttpRequest.Builder request =
        single
            ? HttpRequest.newBuilder(about(address, keys.get(0))).GET()
            : HttpRequest.newBuilder(URI.create(address))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(array(keys)));
    request.timeout(within).header("Accept", "application/json").header("User-Agent", "dhara");
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return request.build();
  }

  private static String array(List<String> keys) {
    try {
      return JSON.writeValueAsString(keys);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts are always JSON", e);
    }
  }

  private static CallOutcome outcome(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
      return CallOutcome.TIMEOUT;
    }
    return cause instanceof BoundedBody.TooLarge ? CallOutcome.UNREADABLE : CallOutcome.FAILED;
  }

  private LookupReply reply(List<String> keys, HttpResponse<byte[]> response) {
    int status = response.statusCode();
    if (status == 204 || (single && status == NOT_FOUND)) {
      return LookupReply.answered(Map.of());
    }
    if (status / 100 == 2) {
      try {
        return LookupReply.answered(bodies(keys, single, response.body()));
      } catch (IOException e) {
        return LookupReply.of(CallOutcome.UNREADABLE); // its message quotes what came
      }
    }
    if (status == TOO_MANY) {
      return LookupReply.of(CallOutcome.BUSY, pause(response.headers()));
    }
    return status / 100 == 5 || status == 408
        ? LookupReply.of(CallOutcome.FAILED, pause(response.headers()))
        : LookupReply.of(CallOutcome.REFUSED);
  }

  /**
   * The answers about each key.
   *
   * @param single whether the body is about one key, and not an object by keys
   * @throws IOException if the body is no JSON, or another
   */
  static Map<String, String> bodies(List<String> keys, boolean single, byte[] body)
      throws IOException {
    JsonNode answer;
    try {
      answer = JSON.readTree(body);
    } catch (NumberFormatException e) {
      throw new IOException("a number has an exponent that none can have", e);
    }
    if (answer.isMissingNode() || (!single && !answer.isObject())) {
      throw new IOException("no JSON, or no object of answers");
    }
    Map<String, String> bodies = new HashMap<>();
    for (String key : keys) {
      JsonNode of = single ? answer : answer.path(key);
      if (!of.isMissingNode() && !of.isNull()) {
        bodies.put(key, of.toString());
      }
    }
    return bodies;
  }

  /** What {@code Retry-After} asks for, in seconds or as a date; zero if it is neither. */
  private static Duration pause(HttpHeaders headers) {
    String said = headers.firstValue("Retry-After").orElse("").strip();
    if (said.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(said));
    }
    try {
      Instant until = ZonedDateTime.parse(said, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration pause = Duration.between(Instant.now(), until);
      return pause.isNegative() ? Duration.ZERO : pause;
    } catch (DateTimeException e) {
      return Duration.ZERO;
    }
  }
}
