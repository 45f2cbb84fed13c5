package dhara.reconcile;

import dhara.reconcile.Cause.Kind;
import dhara.records.RecordCoder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Finds the windows that contain a cause: a join of windows with moments, by buckets of time.
 *
 * <p>Data: windows in which answers differ, each with its shard, and causes → for each shard the
 * windows that contain causes, at most twice each. Time: none. State: none; a worker holds the
 * windows of one bucket, and a bounded number of its causes per cell.
 *
 * <p>A window goes to the buckets of the level with the next larger width, at most two; a cause
 * goes to one or two buckets of every level. Within a bucket, only the first and the last cause of
 * each cell are kept. This is enough: a cell is narrower than every window of its level, so a
 * window that overlaps a cell contains its end (the last cause decides), its start (the first cause
 * decides), or both.
 */
final class Explained
    extends PTransform<
        PCollectionList<KV<Explained.Bucket, Explained.Entry>>,
        PCollection<KV<Integer, Explained.Why>>> {

  private static final long serialVersionUID = 1L;

  /** The widths of buckets are 2^16 ms (about a minute), 2^22 (an hour), … 2^46 (2,000 years). */
  private static final int LEVELS = 6;

  private static final int FIRST_BITS = 16;
  private static final int BITS_PER_LEVEL = 6;

  /** How many ids are reported. */
  private static final int IDS = 3;

  /** A bucket of time. */
  record Bucket(int level, long index) {}

  /** An entry of a bucket: a window with its shard, or a moment. */
  record Entry(@Nullable Differing window, @Nullable Moment moment) {}

  /** A window, in milliseconds, with its shard. */
  record Differing(int shard, long start, long end) {}

  /** A cause at one moment. */
  record Moment(long millis, Kind kind, String id) {}

  /** The causes in a window, in milliseconds; ids are the first few. */
  record Why(long start, long end, List<String> late, List<String> dead) {

    Why plus(Why other) {
      return new Why(start, end, first(late, other.late), first(dead, other.dead));
    }

    private static List<String> first(List<String> one, List<String> other) {
      Set<String> both = new HashSet<>(one);
      both.addAll(other);
      return both.stream().sorted().limit(IDS).toList();
    }
  }

  static KvCoder<Bucket, Entry> entries() {
    return KvCoder.of(RecordCoder.of(Bucket.class), RecordCoder.of(Entry.class));
  }

  private static int bits(int level) {
    return FIRST_BITS + BITS_PER_LEVEL * level;
  }

  private static int level(long width) {
    int level = 0;
    while (level < LEVELS - 1 && width > 1L << bits(level)) {
      level++;
    }
    return level;
  }

  /** Outputs the entries of a window. */
  static void window(Differing window, DoFn.OutputReceiver<KV<Bucket, Entry>> out) {
    int level = level(window.end - window.start);
    long last = (window.end - 1) >> bits(level);
    for (long index = window.start >> bits(level); index <= last; index++) {
      out.output(KV.of(new Bucket(level, index), new Entry(window, null)));
    }
  }

  /** Outputs the entries of a cause. */
  static void cause(Cause cause, long at, DoFn.OutputReceiver<KV<Bucket, Entry>> out) {
    Entry entry = new Entry(null, new Moment(at, cause.kind(), cause.id()));
    for (int level = 0; level < LEVELS; level++) {
      out.output(KV.of(new Bucket(level, at >> bits(level)), entry));
    }
  }

  @Override
  public PCollection<KV<Integer, Why>> expand(PCollectionList<KV<Bucket, Entry>> entries) {
    return entries
        .apply("WindowsAndCauses", Flatten.pCollections())
        .apply("ByTime", GroupByKey.create())
        .apply("InWindow", ParDo.of(new InWindowFn()))
        .setCoder(KvCoder.of(VarIntCoder.of(), RecordCoder.of(Why.class)));
  }

  /** The first and the last moment of a cell. */
  private record Ends(Moment first, Moment last) {

    private static final Comparator<Moment> ORDER =
        Comparator.comparingLong(Moment::millis).thenComparing(Moment::id);

    Ends plus(Ends other) {
      return new Ends(
          ORDER.compare(first, other.first) <= 0 ? first : other.first,
          ORDER.compare(last, other.last) >= 0 ? last : other.last);
    }
  }

  /** Finds the causes in the windows of a bucket. */
  private static final class InWindowFn
      extends DoFn<KV<Bucket, Iterable<Entry>>, KV<Integer, Why>> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<Bucket, Iterable<Entry>> bucket, OutputReceiver<KV<Integer, Why>> out) {
      int level = bucket.getKey().level();
      int cellBits = level == 0 ? 0 : BITS_PER_LEVEL * (level + 1);
      TreeMap<Long, Ends> late = new TreeMap<>();
      TreeMap<Long, Ends> dead = new TreeMap<>();
      List<Differing> windows = new ArrayList<>();
      for (Entry entry : bucket.getValue()) {
        Moment moment = entry.moment();
        if (moment != null) {
          (moment.kind() == Kind.LATE ? late : dead)
              .merge(moment.millis() >> cellBits, new Ends(moment, moment), Ends::plus);
        } else if (entry.window() != null) {
          windows.add(entry.window());
        }
      }
      if (late.isEmpty() && dead.isEmpty()) {
        return;
      }
      Map<Differing, Why> known = new HashMap<>();
      for (Differing window : windows) {
        Why why =
            known.computeIfAbsent(
                new Differing(0, window.start(), window.end()),
                w ->
                    new Why(
                        w.start(), w.end(), within(late, cellBits, w), within(dead, cellBits, w)));
        if (!why.late().isEmpty() || !why.dead().isEmpty()) {
          out.output(KV.of(window.shard(), why));
        }
      }
    }

    private static List<String> within(
        NavigableMap<Long, Ends> cells, int cellBits, Differing window) {
      Set<String> ids = new LinkedHashSet<>();
      for (Ends ends :
          cells
              .subMap(window.start() >> cellBits, true, (window.end() - 1) >> cellBits, true)
              .values()) {
        for (Moment moment : List.of(ends.first(), ends.last())) {
          if (moment.millis() >= window.start() && moment.millis() < window.end()) {
            ids.add(moment.id());
          }
        }
        if (ids.size() >= IDS) {
          break;
        }
      }
      return ids.stream().limit(IDS).sorted().toList();
    }
  }
}
