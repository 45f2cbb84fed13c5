package dhara.connectors.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.connectors.delivery.Carrier;
import dhara.connectors.delivery.Parcel;
import dhara.connectors.delivery.Reply;
import dhara.events.DeadLetter;
import dhara.options.SecretReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Posts rows. The status decides: 2xx takes the row; 408, 429, 5xx and a lost connection are tried
 * again, later if {@code Retry-After} says so; anything else, redirects too, refuses the row. The
 * body of the answer is not read.
 *
 * <p>Each request has the header {@code Idempotency-Key} with the name of the row, or {@code
 * sha256-} and its hash if a header cannot hold it. With a key it has {@code Dhara-Signature:
 * t=SECONDS,v1=HEX}, the HMAC-SHA-256 of {@code SECONDS.BODY}.
 */
final class HttpCarrier implements Carrier {

  private static final int TOO_MANY = 429;
  private static final int LONGEST_NAME = 200;

  private final URI url;
  private final @Nullable String token;
  private final @Nullable SecretKeySpec key;
  private final @Nullable RowTemplate template;
  private final Duration timeout;
  private final List<String> secrets;
  private final HttpClient client;

  /**
   * Opens a client.
   *
   * @throws SecretReference.Missing if a secret is missing on this machine
   * @throws IllegalArgumentException if the address or the token cannot be used; the message does
   *     not repeat them
   */
  HttpCarrier(WebhookAddress address) {
    this.url = url(address.url());
    this.token = address.token() == null ? null : token(address.token());
    String secret = address.secret() == null ? null : SecretReference.resolve(address.secret());
    this.key = secret == null ? null : key(address.secret(), secret);
    this.template = address.template();
    this.timeout = address.timeout();
    this.secrets =
        Stream.of(SecretReference.is(address.url()) ? url.toString() : null, token, secret)
            .filter(Objects::nonNull)
            .toList();
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  @SuppressWarnings("UnusedException") // it quotes the address, which may be a secret
  private static URI url(String said) {
    String url = SecretReference.resolve(said);
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("url=" + said + " holds no address");
    }
    if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme())) {
      throw new IllegalArgumentException("url=" + said + " holds no address of HTTP or HTTPS");
    }
    return uri;
  }

  private static String token(String reference) {
    String token = SecretReference.resolve(reference);
    if (!headerHolds(token)) {
      throw new IllegalArgumentException(
          "token=" + reference + " holds nothing, or characters that no header can hold");
    }
    return token;
  }

  private static SecretKeySpec key(String reference, String secret) {
    if (secret.isEmpty()) {
      throw new IllegalArgumentException("secret=" + reference + " holds nothing");
    }
    return new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256");
  }

  private static boolean headerHolds(String value) {
    return !value.isEmpty() && value.chars().allMatch(c -> c > ' ' && c < 127);
  }

  @Override
  public CompletableFuture<Reply> send(Parcel parcel) {
    String body = template == null ? parcel.row() : template.of(parcel.row());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .header("User-Agent", "dhara")
            .header("Idempotency-Key", name(parcel.name()))
            .POST(BodyPublishers.ofString(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    if (key != null) {
      request.header("Dhara-Signature", signature(key, Instant.now().getEpochSecond(), body));
    }
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    AtomicReference<Reply> said = new AtomicReference<>();
    CompletableFuture<HttpResponse<Void>> exchange =
        client.sendAsync(
            request.build(),
            head -> {
              said.set(reply(head));
              return BodySubscribers.discarding();
            });
    // The timeout of a request ends with the head of the answer; a body may take for ever. The row
    // is in flight as long as its connection is used, so that connections are bounded.
    var unused =
        exchange
            .copy()
            .orTimeout(2 * timeout.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (answered, failure) -> {
                  if (failure instanceof TimeoutException) {
                    exchange.cancel(true);
                  }
                  Reply known = said.get();
                  reply.complete(known == null ? Reply.failed(text(failure)) : known);
                });
    return reply;
  }

  private static String name(String name) {
    return headerHolds(name.replace(" ", ""))
            && name.equals(name.strip())
            && name.length() <= LONGEST_NAME
        ? name
        : "sha256-" + DeadLetter.sha256(name.getBytes(UTF_8));
  }

  /** The value of the header that signs a body. */
  static String signature(SecretKeySpec key, long epochSecond, String body) {
    try {
      Mac mac = Mac.getInstance(key.getAlgorithm());
      mac.init(key);
      byte[] signed = mac.doFinal((epochSecond + "." + body).getBytes(UTF_8));
      return "t=" + epochSecond + ",v1=" + HexFormat.of().formatHex(signed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  private static Reply reply(ResponseInfo head) {
    int status = head.statusCode();
    String text = "HTTP " + status;
    if (status / 100 == 2) {
      return Reply.taken();
    }
    Duration pause =
        head.headers().firstValue("Retry-After").map(HttpCarrier::pause).orElse(Duration.ZERO);
    if (status == TOO_MANY) {
      return Reply.busy(text, pause);
    }
    return status / 100 == 5 || status == 408 ? Reply.failed(text, pause) : Reply.refused(text);
  }

  /** Seconds, or a date; zero if it is neither. */
  static Duration pause(String retryAfter) {
    String said = retryAfter.strip();
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

  private String text(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String text = cause.getClass().getSimpleName();
    if (cause.getMessage() != null) {
      text += ": " + cause.getMessage().lines().findFirst().orElse("");
    }
    for (String secret : secrets) {
      text = text.replace(secret, "…");
    }
    return text;
  }

  /** Java's client ends with its last request. */
  @Override
  public void close() {}
}
