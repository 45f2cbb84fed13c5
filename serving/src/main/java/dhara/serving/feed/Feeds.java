package dhara.serving.feed;

import dhara.connectors.Endpoint;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.serving.store.ViewLoad;
import dhara.serving.store.ViewStore;
import dhara.serving.views.ServedView;
import dhara.serving.views.ServingStatus.PlaceStatus;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Brings rows into the store: a thread reads each place, one thread commits what they have read.
 *
 * <pre>
 *   place ─▶ typed rows ─┐
 *   place ─▶ typed rows ─┼─▶ queue (bounded) ─▶ one commit of all views, some times a second
 *   place ─▶ typed rows ─┘
 * </pre>
 *
 * <p>When the store is slower than the places, the queue fills and they are read more slowly. A
 * commit takes what has come since the one before, so many revisions of an answer in between cost
 * one.
 */
public final class Feeds implements AutoCloseable {

  /** Batches of at most 5,000 rows. */
  private static final int QUEUE = 16;

  /** The most rows of a commit: a load is faster in large ones, and must fit into the heap. */
  private static final int MOST_ROWS = 50_000;

  /** The least time from one commit to the next, so that small ones do not take all the time. */
  private static final Duration PACE = Duration.ofMillis(300);

  /** Commits get at most one part in so many of the time, so that readers have the rest. */
  private static final int COMMIT_SHARE = 4;

  /** The same for commits that a stream of this process waits for. */
  private static final int URGENT_SHARE = 2;

  private static final Duration RETAIN_EVERY = Duration.ofMinutes(1);
  private static final int TRIES = 3;

  /**
   * A load that waits for its commit.
   *
   * @param urgent whether whoever wrote the rows waits too
   * @param committed what to do then
   */
  private record Queued(ViewLoad load, boolean urgent, Runnable committed) {}

  private final ViewStore store;
  private final Consumer<String> said;
  private final BlockingQueue<Queued> queue = new ArrayBlockingQueue<>(QUEUE);
  private final AtomicInteger uncommitted = new AtomicInteger();
  private final AtomicLong committed = new AtomicLong();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch failed = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Map<String, Definition> definitions = new ConcurrentSkipListMap<>();
  private final Map<String, List<PlaceFeed>> places = new ConcurrentSkipListMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private boolean holdSaid;

  /**
   * @param said takes lines for the user
   */
  public Feeds(ViewStore store, Consumer<String> said) {
    this.store = store;
    this.said = said;
    store.places(this::status);
  }

  /** All outputs of an analysis, and what is beside them, from where its runs wrote them. */
  public void add(Analysis<?> analysis, Endpoint endpoint) throws SQLException {
    store.facts(
        analysis.name(),
        analysis.inputs().stream().filter(in -> !in.isReference()).map(Input::name).toList());
    String first = analysis.outputs().stream().map(Output::name).findFirst().orElse("");
    for (ServedView view : OutputViews.of(analysis)) {
      String output = view.output();
      add(
          definition(view.name(), view, List.of()),
          endpoint,
          output,
          output.equals(first) ? "" : "-" + output);
    }
  }

  /**
   * A view of the rows at an endpoint.
   *
   * @param name the name of an output, {@code order-metrics.metrics}, or any other
   * @param analyses those whose outputs may be there
   */
  public void add(String name, Collection<Analysis<?>> analyses, Endpoint endpoint)
      throws SQLException {
    int dot = name.indexOf('.');
    ServedView view = null;
    for (Analysis<?> analysis : analyses) {
      if (dot > 0 && analysis.name().equals(name.substring(0, dot))) {
        view = OutputViews.of(analysis, name.substring(dot + 1)).orElse(null);
      }
    }
    add(definition(name, view, analyses), endpoint, "", "");
  }

  /**
   * Whether the store has served the first output of an analysis before; ask before it is added.
   */
  public boolean served(Analysis<?> analysis) throws SQLException {
    return store.definedBefore(OutputViews.of(analysis).get(0).name()) != null;
  }

  private Definition definition(
      String name, @Nullable ServedView view, Collection<Analysis<?>> analyses)
      throws SQLException {
    Definition definition = definitions.get(name);
    if (definition == null) {
      definition = new Definition(name, view, analyses, store);
      definitions.put(name, definition);
    }
    return definition;
  }

  private void add(Definition definition, Endpoint endpoint, String name, String suffix)
      throws SQLException {
    // Without parameters, which may be secrets and do not say what is read.
    String place = endpoint.scheme() + ":" + endpoint.path() + suffix;
    places
        .computeIfAbsent(definition.name(), view -> new CopyOnWriteArrayList<>())
        .add(
            new PlaceFeed(
                definition,
                endpoint,
                name,
                suffix,
                place,
                store.positions(definition.name(), place),
                this::put,
                stop,
                said,
                this::broken));
  }

  /** Begins to read. */
  public void start() {
    threads.add(new Thread(this::write, "dhara-serve-writer"));
    places.forEach(
        (view, feeds) ->
            feeds.forEach(feed -> threads.add(new Thread(feed, "dhara-serve-" + view))));
    threads.forEach(
        thread -> {
          thread.setDaemon(true);
          thread.start();
        });
  }

  private void broken(Throwable e) {
    if (failure.compareAndSet(null, e)) {
      failed.countDown();
    }
  }

  /**
   * Waits for a failure that ends the server: the store is full or damaged.
   *
   * @return null if there was none in this time
   */
  public @Nullable Throwable awaitFailure(Duration atMost) throws InterruptedException {
    boolean unused = failed.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    return failure.get();
  }

  /** Whether everything that was there at the start is read and committed. */
  public boolean loaded() {
    // In this order: what a place has read by now is among the uncommitted.
    return places.values().stream().flatMap(List::stream).noneMatch(PlaceFeed::loading)
        && uncommitted.get() == 0;
  }

  /**
   * Whether everything is read and committed that was at the start in the places that are there,
   * and one is there.
   */
  public boolean foundIsLoaded() {
    List<PlaceFeed> found =
        places.values().stream().flatMap(List::stream).filter(PlaceFeed::there).toList();
    return !found.isEmpty()
        && found.stream().allMatch(PlaceFeed::caughtUp)
        && uncommitted.get() == 0;
  }

  /** How many rows were committed since the start, with those that changed nothing. */
  public long rows() {
    return committed.get();
  }

  private void put(ViewLoad load, boolean urgent, Runnable committed) throws InterruptedException {
    uncommitted.incrementAndGet();
    queue.put(new Queued(load, urgent, committed));
  }

  private void write() {
    try {
      long retained = System.nanoTime();
      boolean everRetained = false;
      while (stop.getCount() > 0) {
        Queued first = queue.poll(PACE.toMillis(), TimeUnit.MILLISECONDS);
        long began = System.nanoTime();
        boolean urgent = false;
        if (first != null) {
          List<Queued> queued = drained(first);
          commit(queued);
          urgent = queued.stream().anyMatch(Queued::urgent);
        }
        boolean due = System.nanoTime() - retained > RETAIN_EVERY.toNanos();
        if (queue.isEmpty() && (due || !everRetained) && loaded()) {
          store.retain().forEach(said);
          retained = System.nanoTime();
          everRetained = true;
        } else if (!everRetained) {
          sayWhatHolds();
          if (due) {
            store.forget();
            retained = System.nanoTime();
          }
        }
        long took = System.nanoTime() - began;
        // A load is committed without pauses: nobody waits for its parts.
        if (queue.remainingCapacity() > 0) {
          long rest =
              urgent
                  ? took * (URGENT_SHARE - 1)
                  : Math.max(PACE.toNanos() - took, took * (COMMIT_SHARE - 1));
          boolean unused = stop.await(rest, TimeUnit.NANOSECONDS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it was stopped
    } catch (SQLException | RuntimeException | Error e) {
      broken(e);
    }
  }

  /** Says once which place is not there, so that nothing is dropped or rolled up. */
  private void sayWhatHolds() {
    if (holdSaid || !store.drops()) {
      return;
    }
    places.values().stream()
        .flatMap(List::stream)
        .filter(PlaceFeed::outOfReach)
        .findFirst()
        .ifPresent(
            place -> {
              holdSaid = true;
              said.accept(
                  place
                      + " was not read yet, and its rows may be old; until then --keep drops and"
                      + " rolls up nothing");
            });
  }

  private List<Queued> drained(Queued first) {
    List<Queued> all = new ArrayList<>(List.of(first));
    long rows = first.load.rows().size();
    for (Queued next = queue.poll(); next != null; next = rows < MOST_ROWS ? queue.poll() : null) {
      all.add(next);
      rows += next.load.rows().size();
    }
    return all;
  }

  private void commit(List<Queued> queued) throws SQLException, InterruptedException {
    List<ViewLoad> loads = queued.stream().map(Queued::load).toList();
    for (int tried = 1; ; tried++) {
      try {
        store.commit(loads);
        committed.addAndGet(loads.stream().mapToLong(load -> load.rows().size()).sum());
        uncommitted.addAndGet(-loads.size());
        queued.forEach(each -> each.committed.run());
        return;
      } catch (SQLException e) {
        if (tried == TRIES) {
          throw e;
        }
        said.accept("the store failed, and is tried again: " + e.getMessage());
        if (stop.await(1, TimeUnit.SECONDS)) {
          return; // what is not committed is read again at the next start
        }
      }
    }
  }

  private List<PlaceStatus> status(String view) {
    return places.getOrDefault(view, List.of()).stream().map(PlaceFeed::status).toList();
  }

  /** Stops reading. What is not committed is read again at the next start. */
  @Override
  public void close() {
    stop.countDown();
    threads.forEach(Thread::interrupt);
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true; // the store must not be closed under a commit
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
