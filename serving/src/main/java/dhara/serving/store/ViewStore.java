package dhara.serving.store;

import dhara.options.BadOption;
import dhara.options.Nearest;
import dhara.serving.store.Watermarks.Mark;
import dhara.serving.views.BadQuery;
import dhara.serving.views.ServedView;
import dhara.serving.views.ServedView.Kind;
import dhara.serving.views.ServedViews;
import dhara.serving.views.ServingStatus;
import dhara.serving.views.ServingStatus.PlaceStatus;
import dhara.serving.views.ServingStatus.ViewStatus;
import dhara.serving.views.ViewChange;
import dhara.serving.views.ViewChanges;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewColumn.Role;
import dhara.serving.views.ViewPage;
import dhara.serving.views.ViewQuery;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The views in DuckDB. Rows, the positions up to which their places are read, and watermarks are
 * committed together, so after a crash reading continues with the first row that is not stored.
 *
 * <pre>
 *   loads ─▶ one row for each id ─▶ merged by revision ─▶ committed ─▶ changes
 *                                                        └▶ queries, SQL
 * </pre>
 *
 * <p>One thread at a time writes; any number reads, without a wait for the writer.
 */
public final class ViewStore implements ServedViews, AutoCloseable {

  /** A commit that changes more rows is a load, whose rows are not pushed one by one. */
  private static final int MOST_CHANGES = 10_000;

  private static final int IDLE_SESSIONS = 16;

  private final StoreFile file;
  private final KeepRules retention;
  private final Watermarks watermarks = new Watermarks();
  private final Map<String, ViewTable> tables = new ConcurrentSkipListMap<>();

  /** Views by their tables. */
  private final Map<String, String> claimed = new HashMap<>();

  private final Map<String, Counts> counts = new ConcurrentSkipListMap<>();
  private final ReentrantLock writing = new ReentrantLock();
  private final ConcurrentLinkedQueue<Connection> idle = new ConcurrentLinkedQueue<>();
  private final Instant started = Instant.now();
  private final Instant began;
  private final AnalysisBooks books = new AnalysisBooks();
  private final ChangeLog changes;
  private long change;
  private Instant known;
  private volatile @Nullable Instant committing;
  private volatile Function<String, List<PlaceStatus>> places = view -> List.of();

  /** What a view has taken since the start. */
  private static final class Counts {
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong conflicts = new AtomicLong();
    private final AtomicLong expired = new AtomicLong();
    private volatile @Nullable Instant horizon;
  }

  private ViewStore(StoreFile file, KeepRules retention) throws SQLException {
    this.file = file;
    this.retention = retention;
    StoreFile.Memory memory = file.memory();
    this.change = memory.change();
    this.known = memory.known();
    this.began = memory.began();
    this.changes = new ChangeLog(change);
    watermarks.load(file.writer());
  }

  /**
   * Opens the store in a folder, and creates it if there is none.
   *
   * @param memory the most memory that it takes beside Java's heap, such as {@code 1GB}
   * @throws BadOption if another process has it open
   * @throws SQLException if it is damaged
   */
  public static ViewStore open(Path folder, KeepRules retention, String memory)
      throws IOException, SQLException {
    StoreFile file = StoreFile.open(folder, memory);
    try {
      return new ViewStore(file, retention);
    } catch (SQLException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Keeps a table for a view whose columns may not be known yet.
   *
   * @throws BadOption if another view, or the store itself, has a table of this name
   */
  public void claim(String view, String table) throws SQLException {
    writing.lock();
    try {
      String before = file.viewOf(table);
      String owner = before == null ? claimed.getOrDefault(table, view) : before;
      if (StoreFile.TABLES.contains(table) || !owner.equals(view)) {
        throw new BadOption(
            "--view",
            view,
            "would be the table %s in SQL, which is taken%s; choose another name"
                .formatted(table, owner.equals(view) ? "" : " by " + owner));
      }
      claimed.put(table, view);
    } finally {
      writing.unlock();
    }
  }

  /**
   * Adds a view, with the rows that the store has of it.
   *
   * @throws BadOption if the store has it with other columns, or another view with its table
   */
  public void define(ServedView view) throws SQLException {
    writing.lock();
    try {
      ServedView before = file.defined(view.name());
      if (before != null && !StoredRow.columns(before).equals(StoredRow.columns(view))) {
        throw new BadOption(
            "--data",
            null,
            "it has %s with the columns %s, and now they are %s; name another folder, and all is read anew"
                .formatted(view.name(), names(before), names(view)));
      }
      claim(view.name(), view.table());
      file.define(view);
      Counts count = new Counts();
      count.horizon = file.horizon(view.name());
      counts.put(view.name(), count);
      tables.put(
          view.name(),
          ViewTable.of(
              file.writer(), view, !retention.known().isZero(), watermarks.now(view.analysis())));
      books.read(file.writer(), view);
    } finally {
      writing.unlock();
    }
  }

  /**
   * Checks how the columns of the defined views are rolled up.
   *
   * @throws BadOption if one is not there
   */
  public void checkRetention() {
    for (ViewTable table : tables.values()) {
      retention.rolled().getOrDefault(table.view().name(), List.of()).stream()
          .flatMap(rolled -> RollUp.problem(table.view(), rolled).stream())
          .findFirst()
          .ifPresent(
              problem -> {
                throw new BadOption("--rolled", null, problem);
              });
    }
  }

  /** A view as it was defined when the store was open before; null if there was none. */
  public @Nullable ServedView definedBefore(String view) throws SQLException {
    writing.lock();
    try {
      return file.defined(view);
    } finally {
      writing.unlock();
    }
  }

  private static List<String> names(ServedView view) {
    return StoredRow.columns(view).stream().map(ViewColumn::name).toList();
  }

  /** Up to where a place of a view is read; empty if it is not. */
  public Map<String, String> positions(String view, String place) throws SQLException {
    writing.lock();
    try {
      return file.positions(view, place);
    } finally {
      writing.unlock();
    }
  }

  /** Makes the inputs of facts of an analysis known, for {@link #status}. */
  public void facts(String analysis, List<String> inputs) {
    books.facts(analysis, inputs);
  }

  /** What tells about the places of a view in {@link #status}. */
  public void places(Function<String, List<PlaceStatus>> newPlaces) {
    places = newPlaces;
  }

  /**
   * Merges rows into their views, in one transaction: all of them and their positions, or nothing.
   *
   * @throws SQLException if the store fails; nothing is changed then
   */
  public void commit(List<ViewLoad> loads) throws SQLException {
    writing.lock();
    try {
      Map<String, Merging> merged = new LinkedHashMap<>();
      Map<String, Long> expired = new LinkedHashMap<>();
      Map<String, Long> conflicts = new LinkedHashMap<>();
      for (ViewLoad load : loads) {
        ViewLoad young = young(load, expired);
        if (!young.rows().isEmpty()) {
          merged.computeIfAbsent(load.view(), name -> new Merging()).add(young);
        }
      }
      Commit commit = new Commit();
      commit.run(
          () -> {
            for (Map.Entry<String, Merging> each : merged.entrySet()) {
              ViewTable table = tables.get(each.getKey());
              ViewTable.Outcome outcome = table.merge(each.getValue(), known, MOST_CHANGES);
              conflicts.put(each.getKey(), each.getValue().conflicts() + outcome.conflicts());
              commit.changed(table, outcome);
            }
            file.keep(loads);
          });
      merged.forEach(
          (name, merging) -> {
            Counts count = counts.get(name);
            count.taken.addAndGet(merging.taken());
            count.conflicts.addAndGet(conflicts.getOrDefault(name, 0L));
          });
      expired.forEach((name, rows) -> counts.get(name).expired.addAndGet(rows));
    } finally {
      writing.unlock();
    }
  }

  /** The rows of a load that do not belong to what is rolled up or dropped. */
  private ViewLoad young(ViewLoad load, Map<String, Long> expired) {
    Instant horizon = counts.get(load.view()).horizon;
    if (horizon == null) {
      return load;
    }
    ViewTable table = tables.get(load.view());
    List<StoredRow> young = new ArrayList<>(load.rows().size());
    for (StoredRow row : load.rows()) {
      Instant end = table.end(row);
      if (end == null || end.isAfter(horizon)) {
        young.add(row);
      }
    }
    expired.merge(load.view(), (long) load.rows().size() - young.size(), Long::sum);
    return new ViewLoad(
        load.view(), load.place(), young, load.ordered(), load.finished(), load.positions());
  }

  /** The work of a transaction. */
  private interface Work {
    void run() throws SQLException;
  }

  /** One transaction, and what it changes outside of the database when it is committed. */
  private final class Commit {

    private final List<ViewChange> made = new ArrayList<>();
    private final Map<String, Mark> marks = new LinkedHashMap<>();
    private final Set<ServedView> touched = new LinkedHashSet<>();
    private boolean whole = true;
    private long last = change;

    void changed(ViewTable table, ViewTable.Outcome outcome) {
      ServedView view = table.view();
      touched.add(view);
      whole &= outcome.whole();
      if (!outcome.whole()) {
        last++;
      } else if (outcome.size() > 0) {
        last++;
        Mark mark = watermarks.now(view.analysis());
        made.add(
            new ViewChange(
                last,
                known,
                view.name(),
                outcome.upserts().stream().map(row -> whole(view, row, mark)).toList(),
                outcome.removals()));
      }
    }

    /** The values of all columns of a view. */
    private List<@Nullable Object> whole(ServedView view, ViewTable.Upsert row, Mark mark) {
      Object[] state = mark.state(row.end(), row.finished());
      List<@Nullable Object> values = new ArrayList<>(view.columns().size());
      int stored = 0;
      int computed = 0;
      for (ViewColumn column : view.columns()) {
        values.add(
            switch (column.role()) {
              case REVISION -> row.revision();
              case STATE -> state[computed++];
              default -> row.values().get(stored++);
            });
      }
      return values;
    }

    private void show(String analysis, Mark mark) throws SQLException {
      for (ViewTable table : tables.values()) {
        if (table.hasState() && table.view().analysis().equals(analysis)) {
          table.show(mark);
        }
      }
    }

    void run(Work work) throws SQLException {
      Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS).plus(1, ChronoUnit.MICROS);
      known = now.isAfter(known) ? now : known.plus(1, ChronoUnit.MICROS);
      committing = known;
      Connection writer = file.writer();
      writer.setAutoCommit(false);
      boolean done = false;
      try {
        work.run();
        for (ServedView view : touched) {
          if (view.kind() == Kind.LEDGER) {
            Mark mark = watermarks.refreshed(writer, view, known);
            if (mark != null) {
              marks.put(view.analysis(), mark);
              show(view.analysis(), mark);
            }
          }
        }
        file.remember(last, known);
        writer.commit();
        done = true;
      } finally {
        if (!done) {
          writer.rollback();
        }
        writer.setAutoCommit(true);
        committing = null;
        if (!done) {
          for (ViewTable table : tables.values()) {
            table.recount();
          }
        }
      }
      marks.forEach(watermarks::set);
      change = last;
      for (ServedView view : touched) {
        tables.get(view.name()).publish();
      }
      if (last > changes.last()) {
        changes.add(made, last, whole);
      }
      // At the end, because it can fail: who tries again finds equal rows, which are no change.
      for (ServedView view : touched) {
        books.read(writer, view);
      }
    }
  }

  /**
   * Rolls up and drops what is older than the retention says. Call it when all places were read to
   * their ends, and then from time to time: rows that come later for what is dropped are left out.
   *
   * @return what it did, a line for each view
   */
  public List<String> retain() throws SQLException {
    writing.lock();
    try {
      List<String> done = new ArrayList<>();
      for (ViewTable table : tables.values()) {
        RollUp rollUp = RollUp.due(table, retention, file);
        if (rollUp != null) {
          Commit commit = new Commit();
          commit.run(() -> commit.changed(table, rollUp.run(known, MOST_CHANGES)));
          counts.get(table.view().name()).horizon = rollUp.horizon();
          done.add(rollUp.toString());
        }
      }
      forget();
      return done;
    } finally {
      writing.unlock();
    }
  }

  /** Whether rows are rolled up or dropped at some age. */
  public boolean drops() {
    return retention.keep() != null;
  }

  /** Forgets what was known longer ago than the retention says. */
  public void forget() throws SQLException {
    writing.lock();
    try {
      Instant now = Instant.now();
      for (ViewTable table : tables.values()) {
        table.forget(now.minus(retention.known()), now.minus(KeepRules.EXACT), KeepRules.GRAIN);
      }
      // The last one before is in effect after it.
      file.execute(
          "delete from store.past_marks where exists (select 1 from store.past_marks later"
              + " where later.analysis = past_marks.analysis and later.known > past_marks.known"
              + " and later.known < ?)",
          now.minus(retention.known()));
    } finally {
      writing.unlock();
    }
  }

  @Override
  public List<ServedView> all() {
    return tables.values().stream().map(ViewTable::view).toList();
  }

  @Override
  public ServedView named(String view) {
    return table(view).view();
  }

  private ViewTable table(String view) {
    ViewTable table = tables.get(view);
    if (table == null) {
      throw new BadQuery(
          BadQuery.Reason.NO_SUCH_VIEW,
          "there is no view %s.%s GET /api/views lists them"
              .formatted(view, Nearest.question(view, tables.keySet())));
    }
    return table;
  }

  @Override
  public ViewPage query(ViewQuery query) throws SQLException {
    ViewTable table = table(query.view());
    Instant asked = query.asKnownAt();
    Instant answered = asked == null ? null : reached(asked);
    Connection session = idle.poll();
    if (session == null) {
      session = file.session();
    }
    boolean usable = false;
    try {
      String analysis = table.view().analysis();
      Mark mark =
          answered == null ? watermarks.now(analysis) : Watermarks.at(session, analysis, answered);
      ViewPage page = new QuerySql(table, query.asKnownAt(answered), mark).run(session);
      usable = true;
      return page;
    } catch (BadQuery e) {
      usable = true;
      throw e;
    } finally {
      if (usable && idle.size() < IDLE_SESSIONS) {
        idle.add(session);
      } else {
        session.close();
      }
    }
  }

  /**
   * The instant for which the store can answer.
   *
   * @throws BadQuery if it is not known any more, or not yet
   */
  private Instant reached(Instant asked) {
    Instant now = Instant.now();
    if (asked.isAfter(now)) {
      throw new BadQuery(
          BadQuery.Reason.OUT_OF_REACH,
          "asKnownAt=%s: is in the future; it is %s now".formatted(asked, now));
    }
    Instant kept = now.minus(retention.known());
    Instant oldest = kept.isAfter(began) ? kept : began;
    Instant exact = now.minus(KeepRules.EXACT);
    Instant answered = asked.isAfter(exact) ? asked : whole(asked, KeepRules.GRAIN);
    if (answered.isBefore(oldest)) {
      // Rounded up, so that it can be asked for, also a moment later.
      Duration grain = oldest.isAfter(exact) ? Duration.ofSeconds(1) : KeepRules.GRAIN;
      Instant first = whole(oldest.plus(grain), grain);
      throw new BadQuery(
          BadQuery.Reason.OUT_OF_REACH,
          "asKnownAt=%s: what was known then is not kept; the oldest is %s, and serve --known sets it"
              .formatted(asked, first));
    }
    Instant running = committing;
    if (running != null && !asked.isBefore(running)) {
      // The rows of this commit belong to the answer, now and whenever it is asked again.
      writing.lock();
      try {
        // Who has the lock has waited for the commit.
      } finally {
        writing.unlock();
      }
    }
    return answered;
  }

  private static Instant whole(Instant instant, Duration grain) {
    long seconds = grain.toSeconds();
    return Instant.ofEpochSecond(Math.floorDiv(instant.getEpochSecond(), seconds) * seconds);
  }

  @Override
  public Connection session() throws SQLException {
    return file.session();
  }

  @Override
  public ViewChanges changes(long since, int most) {
    return changes.since(since, most);
  }

  @Override
  public long lastChange() {
    return changes.last();
  }

  @Override
  public boolean awaitChange(long since, Duration atMost) throws InterruptedException {
    return changes.await(since, atMost);
  }

  @Override
  public ServingStatus status() {
    List<ViewStatus> views = new ArrayList<>();
    for (ViewTable table : tables.values()) {
      ServedView view = table.view();
      Counts count = counts.get(view.name());
      Mark mark = watermarks.now(view.analysis());
      ViewTable.Size size = table.committed();
      List<PlaceStatus> from = places.apply(view.name());
      views.add(
          new ViewStatus(
              view.name(),
              size.rows(),
              size.past(),
              count.taken.get(),
              count.conflicts.get(),
              count.expired.get(),
              view.columns(Role.WINDOW).isEmpty() ? null : size.newest(),
              mark.watermark(),
              mark.lateness(),
              from.stream().mapToLong(PlaceStatus::lag).sum(),
              from));
    }
    return new ServingStatus(Instant.now(), started, changes.last(), views, books.all(all()));
  }

  @Override
  public void close() throws SQLException {
    writing.lock();
    try {
      for (Connection session = idle.poll(); session != null; session = idle.poll()) {
        session.close();
      }
      file.close();
    } finally {
      writing.unlock();
    }
  }
}
