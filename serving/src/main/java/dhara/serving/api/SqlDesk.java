package dhara.serving.api;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.serving.rows.SheetColumn;
import dhara.serving.views.ServedView;
import dhara.serving.views.ServedViews;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs users' SQL: behind the fence, in a read-only transaction, with limits of time, rows and
 * bytes. Sessions are kept open and reused, as many as have their turn at once.
 *
 * <p>Many people look at one dashboard, so equal statements share a result until the next change is
 * committed: the first runs, and those that come meanwhile wait for it, without a thread, however
 * many they are. Small results are kept, at most {@link #KEPT}. Statements whose result depends on
 * the clock or on chance are never shared.
 */
final class SqlDesk implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SqlDesk.class);

  /** How much of a result is sent at most, about; less if the heap is small. */
  private static final long MOST_BYTES = 64L << 20;

  /** Results are held as objects and then as bytes, and several are at once. */
  private static final long PARTS_OF_THE_HEAP = 256;

  /** How many statements wait for their turn at most; each holds a thread of the server. */
  static final int WAITING = 60;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /**
   * How often a statement is told to end when the server stops: the first time may be too early.
   */
  private static final Duration CANCEL_EVERY = Duration.ofMillis(50);

  private static final Duration CLOSING = Duration.ofSeconds(10);

  /** Results that are kept until the next change. */
  private static final int KEPT = 256;

  /** A result that is kept is not longer, about. */
  private static final long SMALL = 256L << 10;

  /** Words with which a result may differ although no row has changed; rather too many of them. */
  private static final Pattern UNSTEADY =
      Pattern.compile(
          "\\b(now|ago|age|today|random|uuid|gen_random_uuid|current_\\w+|get_current_\\w+"
              + "|local\\w+|transaction_timestamp|\\w*sample\\w*)\\b",
          Pattern.CASE_INSENSITIVE);

  /** A statement, and the last change that was committed when it came. */
  private record Asked(String sql, long change) {}

  /**
   * A result.
   *
   * @param rows the values of each row, as many as the limits allow
   * @param truncated whether there would be more
   * @param size about how many bytes the rows take in JSON
   * @param sheets what is sent, by format, so that it is made once for all who share it
   */
  record Result(
      List<SheetColumn> columns,
      List<List<@Nullable Object>> rows,
      boolean truncated,
      long size,
      ConcurrentMap<SendFormat, byte[]> sheets) {

    Result(
        List<SheetColumn> columns,
        List<List<@Nullable Object>> rows,
        boolean truncated,
        long size) {
      this(columns, rows, truncated, size, new ConcurrentHashMap<>());
    }
  }

  private final ServedViews views;
  private final Duration timeout;
  private final int mostRows;
  private final SqlFence fence = new SqlFence();
  private final Turns turns;
  private final Set<Statement> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "dhara-sql-timeouts");
            thread.setDaemon(true);
            return thread;
          });
  private final LongAdder timeouts = new LongAdder();
  private final LongAdder shared = new LongAdder();
  private final ConcurrentHashMap<Asked, CompletableFuture<Result>> results =
      new ConcurrentHashMap<>();

  /**
   * @param atOnce how many statements run at the same time
   */
  SqlDesk(ServedViews views, Duration timeout, int mostRows, int atOnce) {
    this(views, timeout, mostRows, atOnce, PATIENCE);
  }

  /**
   * @param patience how long a statement waits for its turn
   */
  SqlDesk(ServedViews views, Duration timeout, int mostRows, int atOnce, Duration patience) {
    this.views = views;
    this.timeout = timeout;
    this.mostRows = mostRows;
    this.turns = new Turns(atOnce, WAITING, patience);
  }

  /** How long a statement may run. */
  Duration timeout() {
    return timeout;
  }

  /** How many bytes of a result are sent at most, about, with a heap of so many bytes. */
  static long mostBytes(long heap) {
    return Math.min(MOST_BYTES, heap / PARTS_OF_THE_HEAP);
  }

  /** How many statements ran too long. */
  long timeouts() {
    return timeouts.sum();
  }

  /**
   * Runs a statement, or waits for the result of an equal one that runs.
   *
   * @return the result, or why there is none: a {@link Refusal} if the statement may not run, is
   *     wrong, or takes too long. It is not complete yet if an equal statement runs
   */
  CompletableFuture<Result> ask(String sql) {
    CompletableFuture<Result> mine = new CompletableFuture<>();
    if (UNSTEADY.matcher(sql).find()) {
      complete(mine, sql);
      return mine;
    }
    Asked asked = new Asked(sql, views.lastChange());
    CompletableFuture<Result> other = results.putIfAbsent(asked, mine);
    if (other != null) {
      shared.increment();
      return other;
    }
    results.keySet().removeIf(each -> each.change < asked.change);
    complete(mine, sql);
    if (mine.isCompletedExceptionally() || mine.join().size > SMALL || results.size() > KEPT) {
      results.remove(asked);
    }
    return mine;
  }

  /**
   * The result of a statement, which is waited for.
   *
   * @throws Refusal if there is none; each who shares it gets one of their own
   */
  static Result of(CompletableFuture<Result> asked) throws Exception {
    try {
      return asked.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Refusal refusal) {
        throw new Refusal(refusal.status(), refusal.getMessage(), refusal);
      } else if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  /** Runs a statement on this thread, and completes its result. */
  private void complete(CompletableFuture<Result> result, String sql) {
    try {
      result.complete(turns.take(() -> inSession(sql)));
    } catch (Throwable e) {
      // Errors as well: whoever shares the result would wait for ever.
      result.completeExceptionally(e);
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** How many statements run. */
  int running() {
    return running.size();
  }

  /** How many statements were answered with the result of an equal one. */
  long shared() {
    return shared.sum();
  }

  private Result inSession(String sql) throws SQLException {
    refuseIfClosed();
    Connection session = idle.poll();
    if (session == null) {
      session = views.session();
    }
    boolean sound = false;
    try {
      Result result = inTransaction(session, sql);
      sound = true;
      return result;
    } catch (Refusal e) {
      sound = true;
      throw e;
    } finally {
      // A session in an unknown state is not used again.
      if (sound && !closed) {
        idle.push(session);
      } else {
        session.close();
      }
    }
  }

  private Result inTransaction(Connection session, String sql) throws SQLException {
    Set<String> tables =
        views.all().stream().map(ServedView::table).collect(Collectors.toUnmodifiableSet());
    fence.check(session, sql, tables);
    execute(session, "begin transaction read only");
    try (Statement statement = session.createStatement()) {
      return limited(statement, sql);
    } finally {
      execute(session, "rollback");
    }
  }

  private void refuseIfClosed() {
    if (closed) {
      throw new Refusal(Refusal.UNAVAILABLE, "the server stops; ask again when it is back");
    }
  }

  private static void execute(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  private Result limited(Statement statement, String sql) throws SQLException {
    AtomicBoolean over = new AtomicBoolean();
    running.add(statement);
    ScheduledFuture<?> alarm =
        clock.schedule(
            () -> {
              over.set(true);
              cancel(statement);
            },
            timeout.toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      refuseIfClosed();
      try (ResultSet rows = statement.executeQuery(sql)) {
        return read(rows);
      }
    } catch (SQLException | RuntimeException e) {
      refuseIfClosed();
      if (over.get()) {
        timeouts.increment();
        throw new Refusal(
            Refusal.TIMEOUT,
            "the statement ran for more than "
                + timeout
                + "; ask for fewer windows, or raise --sqlTimeout",
            e);
      }
      if (e instanceof SQLException) {
        throw new Refusal(Refusal.BAD_REQUEST, SqlFence.oneLine(String.valueOf(e.getMessage())), e);
      } else if (e instanceof DateTimeException || e instanceof ArithmeticException) {
        throw new Refusal(
            Refusal.BAD_REQUEST,
            "a value of the result is a time or a number that cannot be sent; cast it to varchar",
            e);
      }
      throw e;
    } finally {
      alarm.cancel(false);
      running.remove(statement);
    }
  }

  private static void cancel(Statement statement) {
    try {
      statement.cancel();
    } catch (SQLException e) {
      LOG.warn("A statement of SQL could not be stopped", e);
    }
  }

  private Result read(ResultSet result) throws SQLException {
    SqlValues values = new SqlValues(result);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    long mostBytes = mostBytes(Runtime.getRuntime().maxMemory());
    long bytes = 0;
    while (result.next()) {
      if (rows.size() >= mostRows || bytes >= mostBytes) {
        return new Result(values.columns(), rows, true, bytes);
      }
      List<@Nullable Object> row = values.row();
      bytes += size(row);
      rows.add(row);
    }
    return new Result(values.columns(), rows, false, bytes);
  }

  /** About how many bytes a row takes in JSON. */
  private static long size(List<@Nullable Object> row) {
    long size = 0;
    for (Object value : row) {
      // Numbers and instants take up to about 24 characters; of nested JSON the text counts.
      size += value instanceof String text ? text.length() : 24;
      if (value instanceof JsonNode json) {
        size += json.toString().length();
      }
    }
    return size;
  }

  /** Ends the statements that run, and takes no more. */
  @Override
  public void close() throws SQLException {
    closed = true;
    clock.shutdownNow();
    long until = System.nanoTime() + CLOSING.toNanos();
    do {
      running.forEach(SqlDesk::cancel);
    } while (!turns.allOver(CANCEL_EVERY) && System.nanoTime() - until < 0);
    for (Connection session = idle.poll(); session != null; session = idle.poll()) {
      session.close();
    }
  }
}
