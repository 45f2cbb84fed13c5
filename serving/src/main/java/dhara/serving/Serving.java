package dhara.serving;

import dhara.connectors.Endpoint;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.serving.api.ViewServer;
import dhara.serving.feed.Feeds;
import dhara.serving.store.ViewStore;
import dhara.serving.views.ServedViews;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A server of views: the store, what fills it, and what answers queries about it.
 *
 * <pre>{@code
 * try (Serving serving = Serving.open(options, System.err::println)) {
 *   serving.add(analysis, Endpoint.of("answers", "kafka://localhost:9092/metrics"));
 *   serving.start();
 *   browse(serving.address());
 * }
 * }</pre>
 */
public final class Serving implements AutoCloseable {

  private final ServeOptions options;
  private final Path folder;
  private final boolean temporary;
  private final ViewStore store;
  private final Feeds feeds;
  private @Nullable ViewServer server;
  private boolean closed;

  private Serving(
      ServeOptions options, Path folder, boolean temporary, ViewStore store, Feeds feeds) {
    this.options = options;
    this.folder = folder;
    this.temporary = temporary;
    this.store = store;
    this.feeds = feeds;
  }

  /**
   * Opens the store.
   *
   * @param said takes lines for the user: places that are waited for, rows that cannot be read
   * @throws BadOption if the options contradict each other, or another process has the store open
   */
  public static Serving open(ServeOptions options, Consumer<String> said)
      throws IOException, SQLException {
    boolean temporary = options.getData() == null;
    Path folder;
    try {
      folder = temporary ? Files.createTempDirectory("dhara-serve") : Path.of(options.getData());
    } catch (InvalidPathException e) {
      throw new BadOption("--data", options.getData(), "is no local path", e);
    }
    try {
      ViewStore store = ViewStore.open(folder, Tiers.retention(options), options.getMemory());
      return new Serving(options, folder, temporary, store, new Feeds(store, said));
    } catch (IOException | SQLException | RuntimeException e) {
      if (temporary) {
        delete(folder);
      }
      throw e;
    }
  }

  /** Serves all outputs of an analysis, and what is beside them, from where its runs wrote them. */
  public void add(Analysis<?> analysis, Endpoint endpoint) throws SQLException {
    feeds.add(analysis, endpoint);
  }

  /**
   * Serves the rows at an endpoint.
   *
   * @param view the name of an output, {@code order-metrics.metrics}, or any other
   * @param analyses those whose outputs may be there
   */
  public void add(String view, Collection<Analysis<?>> analyses, Endpoint endpoint)
      throws SQLException {
    feeds.add(view, analyses, endpoint);
  }

  /** Whether the store of an earlier start has rows of an analysis, or may have. */
  public boolean served(Analysis<?> analysis) throws SQLException {
    return feeds.served(analysis);
  }

  /** Begins to read, and to answer. */
  public void start() throws SQLException {
    store.checkRetention();
    server = ViewServer.start(store, options);
    feeds.start();
  }

  /** Where it is reached. */
  public URI address() {
    if (server == null) {
      throw new IllegalStateException("it has not been started");
    }
    return server.address();
  }

  /** What is served. */
  public ServedViews views() {
    return store;
  }

  /** Whether everything that was there when it started is read and committed. */
  public boolean loaded() {
    return feeds.loaded();
  }

  /** The same of the places that are there; false if none is. */
  public boolean foundIsLoaded() {
    return feeds.foundIsLoaded();
  }

  /** How many rows were committed since it started, with those that changed nothing. */
  public long rows() {
    return feeds.rows();
  }

  /**
   * Waits for a failure that ends it.
   *
   * @return null if there was none in this time
   */
  public @Nullable Throwable awaitFailure(Duration atMost) throws InterruptedException {
    return feeds.awaitFailure(atMost);
  }

  /** Stops; the rows that are not committed yet are read again at the next start. */
  @Override
  public synchronized void close() throws IOException, SQLException {
    if (closed) {
      return;
    }
    closed = true;
    if (server != null) {
      server.close();
    }
    feeds.close();
    store.close();
    if (temporary) {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.deleteIfExists(file);
    }
  }
}
