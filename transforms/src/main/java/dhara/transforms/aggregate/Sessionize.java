package dhara.transforms.aggregate;

import dhara.records.RecordCoder;
import dhara.transforms.backfill.GroupShards;
import dhara.transforms.backfill.PartedMerge;
import dhara.transforms.backfill.Room;
import dhara.transforms.load.WorkerLoad;
import dhara.transforms.shards.BlockCoder;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.EarlierOutputFn;
import dhara.transforms.shards.KeyTable;
import dhara.transforms.shards.TableBudget;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Duration;

/**
 * Merges the sessions of a shard, and emits their answers.
 *
 * <p>Data: {@code KV<shard, block>} in the global window; each block has parts of the sessions of
 * many keys and the time of its earliest event → answers, in their windows. Time: for bounded
 * input, once per session; for unbounded input, when the watermark has passed the session's end by
 * at most a sixteenth of the gap, again at the next watermark advance after an event within the
 * lateness, and, on request, early. An answer has its window's maximum timestamp. State: per shard
 * the open sessions, and the ended ones until no event can join them, which is a gap plus the
 * lateness after their end. Late: if an event joins sessions that were answered, the joined session
 * is answered and the answers of its parts are withdrawn. Parts whose events are all later than the
 * lateness are dropped; the shard decides this by the sessions that it has answered.
 *
 * <p><b>Why not the engine's windows.</b> Session windows differ from key to key, so an engine
 * keeps a set of windows, a state cell and timers for each key, and merges them at each event.
 * There are two designs that work with blocks:
 *
 * <ol>
 *   <li>an index of open sessions by key, in memory beside the state, so that each event finds its
 *       session at once. It answers exactly at the end of a session, but it needs memory for all
 *       open keys, a protocol to detect whether the memory matches the state after a failure, and
 *       work for each event;
 *   <li>parts are stored as they arrive, and merged with the open sessions when one of these may
 *       have ended. This reads all open sessions of a shard, so it must not happen for each
 *       session's end.
 * </ol>
 *
 * <p>This is the second: nothing but state has to be restored, and an event costs nothing beyond
 * its bundle. Ends are rounded up to a grid of a sixteenth of the gap, so a session is read at most
 * about sixteen times while it waits for its end, and in encoded form: sums are decoded when they
 * are added up or answered. With a gap of half an hour an answer comes up to two minutes later.
 *
 * <p>Ended sessions are stored in cells by the time at which they were answered. A cell is read
 * only if an event comes that is older than that time, and cells are dropped one by one.
 */
final class Sessionize<K, InT, AccT, OutT>
    extends PTransform<PCollection<KV<Integer, byte[]>>, PCollection<Answer<K, OutT>>> {

  private static final long serialVersionUID = 1L;

  /** Ends of sessions are rounded up to this fraction of the gap. */
  private static final int GRID = 16;

  /** Ended sessions are dropped in this many portions. */
  private static final int CELLS = 32;

  private final Aggregation<K, InT, AccT, OutT> aggregation;
  private final Windows windows;
  private final int compactBytes;

  Sessionize(Aggregation<K, InT, AccT, OutT> aggregation, Windows windows, int compactBytes) {
    this.aggregation = aggregation;
    this.windows = windows;
    this.compactBytes = compactBytes;
  }

  @Override
  public PCollection<Answer<K, OutT>> expand(PCollection<KV<Integer, byte[]>> blocks) {
    PCollection<Answer<K, OutT>> answers =
        blocks.isBounded() == IsBounded.BOUNDED
            ? blocks
                .apply("Shard", GroupShards.create())
                .apply("Merge", ParDo.of(new MergeFn<>(new Giving<>(aggregation, windows))))
            : blocks.apply("Merge", ParDo.of(new FireFn<>(aggregation, windows, compactBytes)));
    // An answer can be withdrawn while an event can join its session.
    Windows revised = windows.withLateness(windows.lateness().plus(windows.gap()));
    return answers
        .setCoder(aggregation.answers())
        .apply("InWindows", revised.into(new AnswerWindows()));
  }

  /** Emits answers. */
  private record Giving<K, InT, AccT, OutT>(
      Aggregation<K, InT, AccT, OutT> aggregation, Windows windows) implements Serializable {

    long gap() {
      return windows.gap().toMillis();
    }

    SessionTable<AccT> table() {
      return new SessionTable<>(gap(), aggregation::plus, aggregation.sums());
    }

    /**
     * Emits the answer of a session, after withdrawing the answers of the sessions that it
     * absorbed.
     *
     * @param session a session that is being answered; its sum is consumed
     */
    void give(
        SessionTable<AccT> table,
        KeyTable.Entry entry,
        Session<SessionTable.Sum<AccT>> session,
        List<Session.Given> absorbed,
        OutputReceiver<Answer<K, OutT>> out)
        throws IOException {
      K key = entry.key(aggregation.keys());
      for (Session.Given given : absorbed) {
        withdraw(key, given, given.revision() + 1, out);
      }
      Session.Given own = session.given().get(0);
      OutT value = aggregation.fn().extractOutput(table.value(session.sum()));
      if (value != null) {
        out.outputWithTimestamp(
            new Answer<>(
                key,
                Instant.ofEpochMilli(own.start()),
                Instant.ofEpochMilli(own.end()),
                own.revision(),
                value),
            last(own));
      } else if (own.revision() > 0) {
        withdraw(key, own, own.revision(), out);
      }
    }

    private void withdraw(
        K key, Session.Given given, long revision, OutputReceiver<Answer<K, OutT>> out) {
      out.outputWithTimestamp(
          Answer.withdrawn(
              key,
              Instant.ofEpochMilli(given.start()),
              Instant.ofEpochMilli(given.end()),
              revision),
          last(given));
    }

    private static org.joda.time.Instant last(Session.Given given) {
      return org.joda.time.Instant.ofEpochMilli(given.end() - 1);
    }
  }

  /** For bounded input: a shard at once, in bounded memory. */
  private static final class MergeFn<K, InT, AccT, OutT>
      extends EarlierOutputFn<KV<Integer, Iterable<byte[]>>, Answer<K, OutT>> {

    private static final long serialVersionUID = 1L;

    private final Giving<K, InT, AccT, OutT> giving;

    MergeFn(Giving<K, InT, AccT, OutT> giving) {
      this.giving = giving;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<byte[]>> shard, OutputReceiver<Answer<K, OutT>> out)
        throws IOException {
      TableBudget budget = TableBudget.ofProcess();
      new PartedMerge(
              () ->
                  new MergedSessions<>(
                      giving.table(),
                      new Room(budget, Room.LEAST_BYTES),
                      (table, key, session) ->
                          giving.give(table, key, session, session.answer(giving.gap()), out)),
              budget)
          .merge(shard.getValue());
    }
  }

  /**
   * The progress of a shard.
   *
   * @param now sessions that ended until this time are answered; the watermark has passed it
   * @param due the time at which {@code now} advances, or late events are answered
   * @param news whether a part has come since the last early answers
   * @param armed whether a timer for early answers is set
   * @param freshBytes size of the parts that are not merged yet
   * @param openBytes size of the open sessions
   */
  private record Clock(
      long now, long due, boolean news, boolean armed, long freshBytes, long openBytes) {

    static final long BEFORE = Long.MIN_VALUE;
    static final long NEVER = Long.MAX_VALUE;
    static final Clock NEW = new Clock(BEFORE, NEVER, false, false, 0, 0);

    Clock with(long newNow, long newDue) {
      return new Clock(newNow, newDue, news, armed, freshBytes, openBytes);
    }

    Clock with(boolean nowNews, boolean nowArmed) {
      return new Clock(now, due, nowNews, nowArmed, freshBytes, openBytes);
    }

    Clock holding(long newFreshBytes, long newOpenBytes) {
      return new Clock(now, due, news, armed, newFreshBytes, newOpenBytes);
    }
  }

  /**
   * For unbounded input: parts are {@code fresh} until they are merged with the {@code open}
   * sessions and, if they are older than {@code Clock.now}, with those of {@code ended} that they
   * reach. Withdrawals are emitted behind the watermark.
   */
  static final class FireFn<K, InT, AccT, OutT>
      extends EarlierOutputFn<KV<Integer, byte[]>, Answer<K, OutT>> {

    private static final long serialVersionUID = 1L;

    /** Which sessions with news are answered. */
    private enum Which {
      NONE,
      OVER,
      ALL
    }

    private final Giving<K, InT, AccT, OutT> giving;
    private final Firings firings;
    private final long gap;
    private final long kept;
    private final long grid;
    private final long cell;
    private final int compactBytes;
    private transient @Nullable WorkerLoad load;
    private final Counter dropped = Metrics.counter(Sessionize.class, "droppedDueToLateness");

    @StateId("fresh")
    private final StateSpec<BagState<byte[]>> freshSpec;

    @StateId("open")
    private final StateSpec<ValueState<byte[]>> openSpec;

    /** The ended sessions, by a time that is not before the end of any of them. */
    @StateId("ended")
    private final StateSpec<MapState<Long, byte[]>> endedSpec;

    /**
     * The keys of {@code ended}, in order, because on some engines listing the keys also reads the
     * values.
     */
    @StateId("cells")
    private final StateSpec<ValueState<List<Long>>> cellsSpec =
        StateSpecs.value(ListCoder.of(VarLongCoder.of()));

    @StateId("clock")
    private final StateSpec<ValueState<Clock>> clockSpec =
        StateSpecs.value(RecordCoder.of(Clock.class));

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("forget")
    private final TimerSpec forgetSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("early")
    private final TimerSpec earlySpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    FireFn(Aggregation<K, InT, AccT, OutT> aggregation, Windows windows, int compactBytes) {
      this.giving = new Giving<>(aggregation, windows);
      this.firings = Firings.of(windows);
      this.gap = windows.gap().toMillis();
      this.kept = gap + windows.lateness().toMillis();
      this.grid = Math.max(1, gap / GRID);
      this.cell = Math.max(grid, kept / CELLS);
      this.compactBytes = compactBytes;
      BlockCoder<K, Session<AccT>> blocks = aggregation.sessionBlocks();
      this.freshSpec = StateSpecs.bag(blocks);
      this.openSpec = StateSpecs.value(blocks);
      this.endedSpec = StateSpecs.map(VarLongCoder.of(), blocks);
    }

    @Setup
    public void setUp(PipelineOptions options) {
      load = WorkerLoad.here(options);
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, byte[]> block,
        @Timestamp org.joda.time.Instant first,
        @StateId("fresh") BagState<byte[]> fresh,
        @StateId("open") ValueState<byte[]> open,
        @StateId("ended") MapState<Long, byte[]> ended,
        @StateId("cells") ValueState<List<Long>> cells,
        @StateId("clock") ValueState<Clock> clock,
        @TimerId("end") Timer end,
        @TimerId("early") Timer early,
        OutputReceiver<Answer<K, OutT>> out)
        throws IOException {
      Clock read = clock.read();
      Clock now = read == null ? Clock.NEW : read;
      fresh.add(block.getValue());
      now = now.holding(now.freshBytes + block.getValue().length, now.openBytes);
      if (now.freshBytes >= Math.max(compactBytes, now.openBytes)) {
        Shard shard = new Shard(fresh, open, ended, cells, now);
        shard.fire(now.now, Which.NONE, out);
        now = shard.clock;
      }
      // No session of the block ends before this time.
      long due = up(first.getMillis() + gap, grid);
      if (due < now.due) {
        now = now.with(now.now, due);
        set(end, now);
      }
      boolean arms = firings.earlyMillis() > 0;
      if (arms && !now.armed) {
        early
            .withNoOutputTimestamp()
            .offset(Duration.millis(firings.firstEarlyMillis(block.getKey())))
            .setRelative();
      }
      clock.write(now.with(true, arms));
    }

    @OnTimer("end")
    public void end(
        OnTimerContext context,
        @StateId("fresh") BagState<byte[]> fresh,
        @StateId("open") ValueState<byte[]> open,
        @StateId("ended") MapState<Long, byte[]> ended,
        @StateId("cells") ValueState<List<Long>> cells,
        @StateId("clock") ValueState<Clock> clock,
        @TimerId("end") Timer end,
        @TimerId("forget") Timer forget,
        OutputReceiver<Answer<K, OutT>> out)
        throws IOException {
      Shard shard = new Shard(fresh, open, ended, cells, clock.read());
      long until = Math.max(shard.clock.now, context.fireTimestamp().getMillis() + 1);
      long next = shard.fire(until, Which.OVER, out);
      shard.forget(until);
      shard.clock = shard.clock.with(until, next == Clock.NEVER ? Clock.NEVER : up(next, grid));
      if (next != Clock.NEVER) {
        set(end, shard.clock);
      } else {
        shard.forgetLater(forget);
      }
      clock.write(shard.clock);
    }

    @OnTimer("early")
    public void early(
        @StateId("fresh") BagState<byte[]> fresh,
        @StateId("open") ValueState<byte[]> open,
        @StateId("ended") MapState<Long, byte[]> ended,
        @StateId("cells") ValueState<List<Long>> cells,
        @StateId("clock") ValueState<Clock> clock,
        @TimerId("early") Timer early,
        OutputReceiver<Answer<K, OutT>> out)
        throws IOException {
      Clock now = clock.read();
      if (now == null) {
        return; // the end of the input came first
      }
      if (!now.news) {
        clock.write(now.with(false, false));
        return;
      }
      // Set here, not at the next block, so that a shard keeps its turn.
      early.withNoOutputTimestamp().offset(Duration.millis(firings.earlyMillis())).setRelative();
      if (load != null && load.skipsEarly()) {
        return;
      }
      Shard shard = new Shard(fresh, open, ended, cells, now);
      shard.fire(now.now, Which.ALL, out);
      clock.write(shard.clock.with(false, true));
    }

    /** Drops ended sessions even if no session is open. */
    @OnTimer("forget")
    public void forget(
        OnTimerContext context,
        @StateId("fresh") BagState<byte[]> fresh,
        @StateId("open") ValueState<byte[]> open,
        @StateId("ended") MapState<Long, byte[]> ended,
        @StateId("cells") ValueState<List<Long>> cells,
        @StateId("clock") ValueState<Clock> clock,
        @TimerId("forget") Timer forget) {
      Clock now = clock.read();
      // At the end of its input an engine may have dropped the state already, because this timer
      // does not hold the watermark.
      if (now != null && now.due == Clock.NEVER) {
        Shard shard = new Shard(fresh, open, ended, cells, now);
        shard.forget(context.fireTimestamp().getMillis());
        shard.forgetLater(forget);
      }
    }

    /**
     * Holds the watermark before the sessions that will be answered then, late ones too, because an
     * engine may drop all state of a shard when its output watermark reaches the end of time.
     */
    private void set(Timer end, Clock clock) {
      end.withOutputTimestamp(org.joda.time.Instant.ofEpochMilli(clock.due - grid))
          .set(org.joda.time.Instant.ofEpochMilli(clock.due - 1));
    }

    private static long up(long millis, long step) {
      return -Math.floorDiv(-millis, step) * step;
    }

    /** The state of a shard. */
    private final class Shard {

      private final BagState<byte[]> fresh;
      private final ValueState<byte[]> open;
      private final MapState<Long, byte[]> ended;
      private final ValueState<List<Long>> cells;
      private Clock clock;

      Shard(
          BagState<byte[]> fresh,
          ValueState<byte[]> open,
          MapState<Long, byte[]> ended,
          ValueState<List<Long>> cells,
          Clock clock) {
        this.fresh = fresh;
        this.open = open;
        this.ended = ended;
        this.cells = cells;
        this.clock = clock;
      }

      /**
       * Merges new parts, and moves ended sessions to {@code ended}.
       *
       * @param until sessions that end later stay open
       * @return the earliest end of an open session; {@link Clock#NEVER} if none is open
       */
      long fire(long until, Which which, OutputReceiver<Answer<K, OutT>> out) throws IOException {
        SessionTable<AccT> table = freshTable();
        long earliest = table.earliest();
        BlockWriter stillOpen = new BlockWriter();
        long[] next = {addOpen(table, until, which, stillOpen)};
        table.merge();
        if (earliest < clock.now) {
          joinEnded(table, earliest);
        }
        BlockWriter over = new BlockWriter();
        table.forEach(
            (key, session) -> {
              long end = session.last() + gap;
              boolean answered =
                  session.news() && (which == Which.ALL || (which == Which.OVER && end <= until));
              List<Session.Given> absorbed = answered ? session.answer(gap) : List.of();
              if (end <= until && !session.news()) {
                table.write(key, session, over);
              } else {
                table.write(key, session, stillOpen);
                next[0] = Math.min(next[0], end);
              }
              if (answered) {
                giving.give(table, key, session, absorbed, out); // last, as it consumes the sum
              }
            });
        fresh.clear();
        if (stillOpen.size() > 0) {
          open.write(stillOpen.toBytes());
        } else {
          open.clear();
        }
        clock = clock.holding(0, stillOpen.size());
        if (over.size() > 0) {
          putAside(up(until, cell), over.toBytes());
        }
        return next[0];
      }

      private SessionTable<AccT> freshTable() throws IOException {
        SessionTable<AccT> table = giving.table();
        long expired = clock.now == Clock.BEFORE ? Clock.BEFORE : clock.now - kept;
        for (byte[] block : fresh.read()) {
          table.add(block, expired);
        }
        if (table.dropped() > 0) {
          dropped.inc(table.dropped());
        }
        return table;
      }

      /**
       * Adds the open sessions that have new parts or are answered or over; the rest stays open.
       *
       * @return the earliest end of the rest
       */
      private long addOpen(SessionTable<AccT> table, long until, Which which, BlockWriter stillOpen)
          throws IOException {
        byte[] sessions = open.read();
        if (sessions == null) {
          return Clock.NEVER;
        }
        long last =
            table.addSome(
                sessions,
                (at, news) -> at + gap <= until || (news && which == Which.ALL),
                stillOpen);
        return last == Long.MAX_VALUE ? Clock.NEVER : last + gap;
      }

      private void joinEnded(SessionTable<AccT> table, long earliest) throws IOException {
        List<Long> left = new ArrayList<>();
        for (long of : cells()) {
          byte[] sessions = of > earliest ? ended.get(of).read() : null;
          byte[] others = sessions == null ? null : table.addOverlapping(sessions);
          if (others != null && others.length == 0) {
            ended.remove(of);
            continue;
          }
          left.add(of);
          if (others != sessions) {
            ended.put(of, others);
          }
        }
        keep(left);
        table.merge();
      }

      private List<Long> cells() {
        List<Long> read = cells.read();
        return read == null ? List.of() : read;
      }

      private void putAside(long of, byte[] sessions) {
        byte[] before = ended.get(of).read();
        if (before == null) {
          ended.put(of, sessions);
          List<Long> more = new ArrayList<>(cells());
          more.add(of);
          cells.write(more);
        } else {
          ended.put(of, BlockWriter.joined(before, sessions));
        }
      }

      /** Drops sessions that no event can join any more. */
      void forget(long until) {
        List<Long> left = new ArrayList<>();
        for (long of : cells()) {
          if (of + kept <= until) {
            ended.remove(of);
          } else {
            left.add(of);
          }
        }
        keep(left);
      }

      private void keep(List<Long> left) {
        if (left.size() < cells().size()) {
          cells.write(left);
        }
      }

      void forgetLater(Timer forget) {
        cells().stream()
            .min(Long::compare)
            .ifPresent(
                of ->
                    forget
                        .withNoOutputTimestamp()
                        .set(org.joda.time.Instant.ofEpochMilli(of + kept)));
      }
    }
  }
}
