package dhara.transforms.join;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.records.RecordInput;
import dhara.transforms.shards.BlockCoder;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.EarlierOutputFn;
import dhara.transforms.shards.TableBudget;
import dhara.transforms.shards.WaitingBlocks;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * The as-of join of a stream.
 *
 * <p>Data: facts → a record for each; on request two, see {@link JoinedAnswers}. Time: a fact keeps
 * its own, and holds the watermark until it is joined, when the watermark has passed its time plus
 * the lateness of the reference. State: per shard a bag of waiting facts and a bag of versions.
 * Versions that no fact can need any more are swept when the bag has doubled, so it holds at most
 * twice the needed versions, plus those that came since the horizon. Late: a fact whose versions
 * are already swept is dropped.
 *
 * <p><b>Two designs.</b> A state cell for each key's versions reads only what a fact needs, but
 * costs a cell and an encoded key per key, and needs a second implementation for facts that see the
 * whole reference. Here the versions of a shard are one bag, which a worker reads once and caches
 * as a table in memory, as long as the token in the state shows that the table matches the bag.
 * Together with those of other steps, tables take at most about a quarter of the heap; beyond that,
 * a shard's bag is read for each watermark at which some of its facts are due.
 */
final class AsOfStream<F extends Event, T extends Record, OutT>
    extends PTransform<PCollection<F>, PCollection<OutT>> {

  private static final long serialVersionUID = 1L;

  /** For joins by key: enough shards to spread the keys evenly over many workers. */
  private static final int SHARDS = 256;

  /** For joins in which each shard has the whole reference. */
  private static final int WHOLE_SHARDS = 32;

  private final transient PCollection<Version<T>> reference;
  private final @Nullable SerializableFunction<F, String> key;
  private final AsOf.Join<F, T, OutT> join;
  private final Duration horizon;
  private final Duration lateness;
  private final @Nullable Revising<OutT> revising;

  AsOfStream(
      PCollection<Version<T>> reference,
      @Nullable SerializableFunction<F, String> key,
      AsOf.Join<F, T, OutT> join,
      Duration horizon,
      Duration lateness,
      @Nullable Revising<OutT> revising) {
    this.reference = reference;
    this.key = key;
    this.join = join;
    this.horizon = horizon;
    this.lateness = lateness;
    this.revising = revising;
  }

  @Override
  public PCollection<OutT> expand(PCollection<F> facts) {
    return new Sharded<>(reference, key, key == null ? WHOLE_SHARDS : SHARDS, revising != null)
        .blocks(facts)
        .apply("Join", ParDo.of(new JoinFn<>(this, facts.getCoder(), reference.getCoder())));
  }

  /** Joins facts when they are due; a late fact is due behind the watermark. */
  static final class JoinFn<F extends Event, T extends Record, OutT>
      extends EarlierOutputFn<KV<Integer, byte[]>, OutT> {

    private static final long serialVersionUID = 1L;

    private static final long END = GlobalWindow.INSTANCE.maxTimestamp().getMillis();

    private final Coder<F> facts;
    private final Coder<Version<T>> versions;
    private final AsOf.Join<F, T, OutT> join;
    private final @Nullable Revising<OutT> revising;
    private final long latenessMillis;
    private final long keptMillis;
    private final Counter dropped = Metrics.counter(AsOf.class, "droppedDueToLateness");
    private transient HeldVersions<T> reference;

    @StateId("waiting")
    private final StateSpec<BagState<byte[]>> waitingSpec;

    @StateId("versions")
    private final StateSpec<BagState<byte[]>> versionsSpec;

    @StateId("standing")
    private final StateSpec<ValueState<Standing>> standingSpec =
        StateSpecs.value(RecordCoder.of(Standing.class));

    @TimerId("due")
    private final TimerSpec dueSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("forget")
    private final TimerSpec forgetSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    JoinFn(AsOfStream<F, T, OutT> of, Coder<F> facts, Coder<Version<T>> versions) {
      this.facts = facts;
      this.versions = versions;
      this.join = of.join;
      this.revising = of.revising;
      this.latenessMillis = Math.min(of.lateness.toMillis(), END);
      this.keptMillis = Math.max(latenessMillis, Math.min(of.horizon.toMillis(), END));
      BlockCoder<?, Version<T>> blocks =
          revising == null
              ? BlockCoder.of(facts, versions)
              : BlockCoder.of(KvCoder.of(facts, revising.coder()), versions);
      this.waitingSpec = StateSpecs.bag(blocks);
      this.versionsSpec = StateSpecs.bag(blocks);
    }

    @Setup
    public void setUp() {
      reference = new HeldVersions<>(versions, keptMillis, TableBudget.ofProcess());
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, byte[]> block,
        @Timestamp Instant first,
        @StateId("waiting") BagState<byte[]> waiting,
        @StateId("versions") BagState<byte[]> held,
        @StateId("standing") ValueState<Standing> standing,
        @TimerId("due") Timer due,
        @TimerId("forget") Timer forget,
        ProcessContext context)
        throws IOException {
      Standing now = Objects.requireNonNullElse(standing.read(), Standing.NEW);
      if (JoinBlocks.ofFacts(block.getValue())) {
        waiting.add(
            revising == null
                ? block.getValue()
                : arrive(
                    block.getValue(), reference.table(block.getKey(), now, held), now, context));
        if (first.getMillis() < now.earliest()) {
          now = now.waiting(first.getMillis());
          set(due, now);
          standing.write(now);
        }
        return;
      }
      Standing next = reference.add(block.getKey(), block.getValue(), now, held);
      if (next.forget() != now.forget()) {
        forget.withNoOutputTimestamp().set(Instant.ofEpochMilli(next.forget()));
      }
      standing.write(next);
    }

    /** Joins facts at their arrival, and returns a block of them with their results. */
    private byte[] arrive(
        byte[] block, ReferenceTable<T> table, Standing now, ProcessContext context)
        throws IOException {
      BlockWriter joined = new BlockWriter();
      for (BlockReader entry = new BlockReader(block); entry.next(); ) {
        F fact = entry.sum(facts);
        OutT result = join.join(fact, table);
        joined.add(
            block,
            entry.keyOffset(),
            entry.keyLength(),
            entry.revision(),
            body -> {
              facts.encode(fact, body);
              revising.coder().encode(result, body);
            });
        if (entry.revision() >= now.forgotten()) { // an older one is dropped when it is due
          output(context, revising.first().apply(result), Instant.ofEpochMilli(entry.revision()));
        }
      }
      return joined.toBytes();
    }

    /** A result that differs from the one at arrival. */
    private record Changed<OutT>(OutT result, long atMillis) {}

    /** Joins facts that are due, and gives those results that were not given at arrival. */
    private final class Settling {

      private final ReferenceTable<T> table;
      private final OnTimerContext context;
      private final List<Changed<OutT>> changed = new ArrayList<>();
      private final Map<Object, Long> latest = new HashMap<>();

      Settling(ReferenceTable<T> table, OnTimerContext context) {
        this.table = table;
        this.context = context;
      }

      void take(BlockReader entry) throws IOException {
        if (revising == null) {
          give(join.join(entry.sum(facts), table), entry.revision());
          return;
        }
        RecordInput in = entry.sumBytes();
        OutT result = join.join(facts.decode(in), table);
        latest.merge(revising.about().apply(result), revising.revision().apply(result), Math::max);
        if (!result.equals(revising.coder().decode(in))) {
          changed.add(new Changed<>(result, entry.revision()));
        }
      }

      void end() {
        for (Changed<OutT> of : changed) {
          Long revision = revising.revision().apply(of.result);
          if (revision.equals(latest.get(revising.about().apply(of.result)))) {
            give(revising.again().apply(of.result), of.atMillis);
          }
        }
      }

      private void give(OutT result, long atMillis) {
        output(context, result, Instant.ofEpochMilli(atMillis));
      }
    }

    @OnTimer("due")
    public void due(
        OnTimerContext context,
        @Key Integer shard,
        @StateId("waiting") BagState<byte[]> waiting,
        @StateId("versions") BagState<byte[]> held,
        @StateId("standing") ValueState<Standing> standing,
        @TimerId("due") Timer due)
        throws IOException {
      Standing now = Objects.requireNonNullElse(standing.read(), Standing.NEW);
      long until = until(context, due);
      Settling settling = new Settling(reference.table(shard, now, held), context);
      WaitingBlocks parted =
          WaitingBlocks.part(
              waiting.read(),
              until,
              fact -> {
                if (fact.revision() < now.forgotten()) {
                  dropped.inc();
                } else {
                  settling.take(fact);
                }
              });
      settling.end();
      waiting.clear();
      parted.left().forEach(waiting::add);
      Standing next = now.waiting(parted.earliest());
      if (next.earliest() != Standing.NEVER) {
        set(due, next);
      }
      if (until != Long.MAX_VALUE && next.forget() <= until + latenessMillis) {
        // The timer would come after those of all other shards, whose tables are as large.
        next = reference.sweep(shard, until + latenessMillis, next, held);
      }
      standing.write(next);
    }

    /**
     * Facts before this time are due. The watermark may be far past the timer, and advancing timer
     * by timer would read the waiting facts each time. An engine that does not report the watermark
     * reports the time of the timer instead.
     */
    private long until(OnTimerContext context, Timer due) {
      long watermark =
          Math.max(
              context.fireTimestamp().getMillis() + 1, due.getCurrentRelativeTime().getMillis());
      return watermark > END ? Long.MAX_VALUE : watermark - latenessMillis;
    }

    /** Holds the watermark before the waiting facts. */
    private void set(Timer due, Standing now) {
      due.withOutputTimestamp(Instant.ofEpochMilli(now.earliest()))
          .set(Instant.ofEpochMilli(HeldVersions.plus(now.earliest(), latenessMillis)));
    }

    @OnTimer("forget")
    public void forget(
        OnTimerContext context,
        @Key Integer shard,
        @StateId("versions") BagState<byte[]> held,
        @StateId("standing") ValueState<Standing> standing)
        throws IOException {
      Standing now = standing.read();
      // At the end of its input an engine may have dropped the state; and it may be swept already.
      if (now != null && now.forget() != Standing.NEVER) {
        standing.write(reference.sweep(shard, context.fireTimestamp().getMillis(), now, held));
      }
    }

    @Teardown
    public void close() {
      reference.close();
    }
  }
}
