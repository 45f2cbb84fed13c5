package dhara.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A server that rows are posted to, which fails as a test tells it. It honours keys: a row with a
 * key that it has taken is taken again and changes nothing.
 */
public final class Receiver implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** How it answers. */
  public interface Mood {

    /**
     * Answers a request.
     *
     * @param nth the number of the request, from 1
     * @param take takes the row
     */
    void answer(HttpExchange exchange, int nth, Runnable take)
        throws IOException, InterruptedException;
  }

  /**
   * A request that came.
   *
   * @param headers by name, in lower case; the last value of each
   */
  public record Request(Map<String, String> headers, String body) {

    /** The key by which a row is recognised. */
    public String key() {
      return headers.getOrDefault("idempotency-key", "");
    }
  }

  private final int port;
  private final List<Request> requests = new ArrayList<>();
  private final Map<String, String> taken = new TreeMap<>();
  private Mood mood = takes();
  private @Nullable HttpServer server;
  private @Nullable ExecutorService threads;

  private Receiver(int port) {
    this.port = port;
  }

  /** Starts a server that takes everything. */
  public static Receiver start() {
    Receiver receiver = new Receiver(freePort());
    receiver.comeBack();
    return receiver;
  }

  private static int freePort() {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes each row. */
  public static Mood takes() {
    return (exchange, nth, take) -> {
      take.run();
      says(exchange, 204);
    };
  }

  /** Answers with a status, and takes nothing. */
  public static Mood status(int status) {
    return (exchange, nth, take) -> says(exchange, status);
  }

  /** The first requests are answered in one mood, all others in the next. */
  public static Mood first(int requests, Mood one, Mood next) {
    return (exchange, nth, take) -> (nth <= requests ? one : next).answer(exchange, nth, take);
  }

  /** Asks to be called again after a second. */
  public static Mood overloaded() {
    return (exchange, nth, take) -> {
      exchange.getResponseHeaders().set("Retry-After", "1");
      says(exchange, 429);
    };
  }

  /** Does not answer until it is released, and then takes the row without saying so. */
  public static Mood hangs(CountDownLatch release) {
    return (exchange, nth, take) -> {
      release.await();
      take.run();
      exchange.close();
    };
  }

  /** Closes the connection without an answer, and does not take the row. */
  public static Mood hangsUp() {
    return (exchange, nth, take) -> exchange.close();
  }

  /** Takes the row, and begins an answer that does not end until it is released. */
  public static Mood dawdles(CountDownLatch release) {
    return (exchange, nth, take) -> {
      take.run();
      exchange.sendResponseHeaders(200, 0);
      OutputStream body = exchange.getResponseBody();
      body.write('.');
      body.flush();
      release.await();
      exchange.close();
    };
  }

  private static void says(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  /** Changes how it answers; the number of requests begins again. */
  public synchronized void mood(Mood newMood) {
    mood = newMood;
    requests.clear();
  }

  /** Goes away: connections are refused. */
  public void goAway() {
    if (server != null) {
      server.stop(0);
      threads.shutdownNow();
    }
    server = null;
  }

  /** Comes back after {@link #goAway}, at the same address. */
  public void comeBack() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    Request request = request(exchange);
    Mood now;
    int nth;
    synchronized (this) {
      requests.add(request);
      now = mood;
      nth = requests.size();
      notifyAll();
    }
    try {
      now.answer(exchange, nth, () -> take(request));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void take(Request request) {
    taken.put(request.key(), request.body());
    notifyAll();
  }

  private static Request request(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) ->
                headers.put(name.toLowerCase(Locale.ROOT), values.get(values.size() - 1)));
    return new Request(headers, new String(exchange.getRequestBody().readAllBytes(), UTF_8));
  }

  /** The endpoint, with these parameters too. */
  public String uri(String parameters) {
    return "webhook://localhost:"
        + port
        + "/hook?tls=no"
        + (parameters.isEmpty() ? "" : "&" + parameters);
  }

  /** Its address. */
  public String url() {
    return "http://localhost:" + port + "/hook";
  }

  /** The requests since the last change of {@link #mood}. */
  public synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  /** The rows that it has taken, by their keys. */
  public synchronized Map<String, String> taken() {
    return new TreeMap<>(taken);
  }

  /**
   * Waits until something is true, which is asked after each request.
   *
   * @throws IllegalStateException if that takes too long
   */
  public synchronized void await(BooleanSupplier enough) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!enough.getAsBoolean()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new IllegalStateException(
            "after %d requests it has taken %s".formatted(requests.size(), taken.keySet()));
      }
      wait(left);
    }
  }

  @Override
  public void close() {
    goAway();
  }
}
