package dhara.transforms;

import static org.apache.beam.sdk.values.TypeDescriptors.integers;
import static org.apache.beam.sdk.values.TypeDescriptors.strings;

import dhara.events.Event;
import dhara.records.RecordCoder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Instant;

/**
 * Each event once: of the events with one id, the first.
 *
 * <p>Data: events in the global window → {@link #unique} events, {@link #duplicates}, and {@link
 * #counts} of both, so that nobody has to count them once more. Time: kept as stamped. State: in a
 * stream one flag per id, until the watermark is past the event's time by the horizon; in a
 * backfill the ids of one shard of many at a time. Late: a copy that arrives after its flag was
 * forgotten is late for every window of the event, so that forgetting cannot change an answer,
 * provided that the horizon covers the widest window and the allowed lateness ({@link
 * Windows#horizon}).
 *
 * <pre>{@code
 * Unique<Trade> unique = Unique.byId(windows.horizon());
 * PCollection<Trade> trades = events.apply(unique).get(unique.unique());
 * }</pre>
 */
public final class Unique<T extends Event> extends PTransform<PCollection<T>, PCollectionTuple> {

  private static final long serialVersionUID = 1L;

  private final Duration horizon;
  private final TupleTag<T> unique = new TupleTag<>("unique");
  private final TupleTag<T> duplicates = new TupleTag<>("duplicates");
  private final TupleTag<Counts> counts = new TupleTag<>("counts");

  private Unique(Duration horizon) {
    this.horizon = horizon;
  }

  /**
   * Unique by {@link Event#id()}.
   *
   * @param horizon how long after its time an event can still matter
   */
  public static <T extends Event> Unique<T> byId(Duration horizon) {
    if (horizon.isNegative() || horizon.isZero()) {
      throw new IllegalArgumentException("the horizon must be above zero, but is " + horizon);
    }
    return new Unique<>(horizon);
  }

  /** The first of each id. */
  public TupleTag<T> unique() {
    return unique;
  }

  /** All the others. */
  public TupleTag<T> duplicates() {
    return duplicates;
  }

  /** How many there were of both, in parts to be added up, at the end of time. */
  public TupleTag<Counts> counts() {
    return counts;
  }

  /**
   * How many there were in a bundle.
   *
   * @param unique the first of their ids
   * @param duplicates all the others
   */
  public record Counts(long unique, long duplicates) {}

  @Override
  public PCollectionTuple expand(PCollection<T> events) {
    Coder<T> coder = events.getCoder();
    PCollectionTuple split =
        events.isBounded() == IsBounded.BOUNDED ? bounded(events, coder) : unbounded(events, coder);
    split.get(unique).setCoder(coder);
    split.get(duplicates).setCoder(coder);
    split.get(counts).setCoder(RecordCoder.of(Counts.class));
    return split;
  }

  private PCollectionTuple bounded(PCollection<T> events, Coder<T> coder) {
    return events
        .apply("KeyByShard", WithKeys.<Integer, T>of(Unique::shard).withKeyType(integers()))
        .setCoder(KvCoder.of(VarIntCoder.of(), coder))
        .apply(
            "EarliestOfShard",
            // A group gets the time of its earliest event: its events are not late behind it.
            Window.<KV<Integer, T>>configure().withTimestampCombiner(TimestampCombiner.EARLIEST))
        .apply("Shard", GroupByKey.create())
        .apply(
            "First",
            ParDo.of(new FirstOfShardFn<>(duplicates, counts))
                .withOutputTags(unique, TupleTagList.of(duplicates).and(counts)));
  }

  private PCollectionTuple unbounded(PCollection<T> events, Coder<T> coder) {
    return events
        .apply("KeyById", WithKeys.<String, T>of(Event::id).withKeyType(strings()))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), coder))
        .apply(
            "First",
            ParDo.of(new FirstWithinFn<>(duplicates, counts, horizon))
                .withOutputTags(unique, TupleTagList.of(duplicates).and(counts)));
  }

  /**
   * In a backfill ids are grouped by the shard they hash to: engines pay per key (the direct runner
   * a bundle for each, which took minutes for 700,000 of them), and a shard fits in memory.
   */
  private static final int SHARDS = 64;

  private static int shard(Event event) {
    return Math.floorMod((event.id().hashCode() * 0x9E3779B9) >>> 8, SHARDS);
  }

  /** The earliest of each id among the events of a shard. */
  private static final class FirstOfShardFn<T extends Event>
      extends DoFn<KV<Integer, Iterable<T>>, T> {

    private static final long serialVersionUID = 1L;

    private final TupleTag<T> duplicates;
    private final TupleTag<Counts> counts;
    private transient long firsts;
    private transient long copies;

    FirstOfShardFn(TupleTag<T> duplicates, TupleTag<Counts> counts) {
      this.duplicates = duplicates;
      this.counts = counts;
    }

    @StartBundle
    public void startBundle() {
      firsts = 0;
      copies = 0;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      Map<String, T> first = new HashMap<>();
      for (T event : context.element().getValue()) {
        T other = first.putIfAbsent(event.id(), event);
        if (other == null) {
          continue;
        }
        boolean earlier = event.at().isBefore(other.at());
        if (earlier) {
          first.put(event.id(), event);
        }
        T duplicate = earlier ? other : event;
        copies++;
        context.outputWithTimestamp(duplicates, duplicate, timestamp(duplicate));
      }
      firsts += first.size();
      first.values().forEach(event -> context.outputWithTimestamp(event, timestamp(event)));
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      context.output(
          counts,
          new Counts(firsts, copies),
          GlobalWindow.INSTANCE.maxTimestamp(),
          GlobalWindow.INSTANCE);
    }

    private static Instant timestamp(Event event) {
      return Instant.ofEpochMilli(event.at().toEpochMilli());
    }
  }

  /** The first of each id in an unbounded input: a timer forgets the id once it cannot matter. */
  private static final class FirstWithinFn<T extends Event> extends DoFn<KV<String, T>, T> {

    private static final long serialVersionUID = 1L;

    private final TupleTag<T> duplicates;
    private final TupleTag<Counts> counts;
    private final long horizonMillis;
    private transient long firsts;
    private transient long copies;

    @StateId("seen")
    private final StateSpec<ValueState<Boolean>> seenSpec = StateSpecs.value(BooleanCoder.of());

    @TimerId("forget")
    private final TimerSpec forgetSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    FirstWithinFn(TupleTag<T> duplicates, TupleTag<Counts> counts, Duration horizon) {
      this.duplicates = duplicates;
      this.counts = counts;
      this.horizonMillis = horizon.toMillis();
    }

    @StartBundle
    public void startBundle() {
      firsts = 0;
      copies = 0;
    }

    @ProcessElement
    public void process(
        ProcessContext context,
        @StateId("seen") ValueState<Boolean> seen,
        @TimerId("forget") Timer forget) {
      if (seen.read() == null) {
        seen.write(true);
        forget
            .withNoOutputTimestamp()
            .set(context.timestamp().plus(org.joda.time.Duration.millis(horizonMillis)));
        firsts++;
        context.output(context.element().getValue());
      } else {
        copies++;
        context.output(duplicates, context.element().getValue());
      }
    }

    @OnTimer("forget")
    public void forget(@StateId("seen") ValueState<Boolean> seen) {
      seen.clear();
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      if (firsts + copies > 0) { // a bundle may be one of timers
        context.output(
            counts,
            new Counts(firsts, copies),
            GlobalWindow.INSTANCE.maxTimestamp(),
            GlobalWindow.INSTANCE);
      }
    }
  }
}
