package dhara.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.RowJson;
import dhara.pipelines.Output;
import dhara.reconcile.Cause.Side;
import dhara.reconcile.Difference.Change;
import dhara.reconcile.Difference.Settled;
import dhara.reconcile.Explained.Bucket;
import dhara.reconcile.Explained.Differing;
import dhara.reconcile.Explained.Entry;
import dhara.reconcile.Explained.Why;
import dhara.reconcile.Finding.Kind;
import dhara.records.RecordCoder;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Compares two sets of answers by key and window, using their settled revisions, and reports what
 * explains the differences.
 *
 * <pre>
 *   A ─▶ in range ─┐                    ┌▶ same ───────────────────┐
 *                  ├▶ shard ─▶ compare ─┼▶ differences ─▶ explain ─┴▶ findings
 *   B ─▶ in range ─┘                    └▶ their windows ──▲
 *   causes ─▶ on one side only ─────────────── by time ────┘
 * </pre>
 *
 * <p>Data: {@link #A} and {@link #B}, bounded, and {@link #CAUSES} → one {@link Finding} for each
 * output, kind and cause. Time: none; windows are data. A late event explains the differences of
 * windows that contain its time. If it would have begun a session (its window starts with it), it
 * also explains those of windows that contain the last millisecond of that session; for sessions
 * with the same gap, these are the windows that it overlaps. A dead letter explains the differences
 * of windows that contain its time. If an output has a history ({@link Output#history}), its
 * windows count as longer by that. A cause that explains a window that only one side has also
 * explains the windows within it that only the other side has: {@link TakenIn}. A cause that both
 * sides have (the same late record, the same dead bytes) explains nothing. A difference that both a
 * late event and a dead letter explain counts as late.
 *
 * <p>State: none. A worker holds the rows of one shard; the caller chooses the number of shards.
 *
 * <pre>{@code
 * PCollectionTuple.of(Reconcile.A, stream).and(Reconcile.B, backfill).and(Reconcile.CAUSES, late)
 *     .apply(Reconcile.exactly().inShards(128))
 * }</pre>
 */
public final class Reconcile extends PTransform<PCollectionTuple, PCollection<Finding>> {

  private static final long serialVersionUID = 1L;

  /** The rows of one side. */
  public static final TupleTag<AnswerRow> A = new TupleTag<>("a");

  /** The rows of the other side. */
  public static final TupleTag<AnswerRow> B = new TupleTag<>("b");

  /** What may explain differences. */
  public static final TupleTag<Cause> CAUSES = new TupleTag<>("causes");

  /** A number that is fast for small sets on every engine. */
  public static final int LEAST_SHARDS = 64;

  private final Canonical canonical;
  private final Instant from;
  private final Instant until;
  private final int shards;
  private final Histories histories;

  private Reconcile(
      Canonical canonical, Instant from, Instant until, int shards, Histories histories) {
    this.canonical = canonical;
    this.from = from;
    this.until = until;
    this.shards = shards;
    this.histories = histories;
  }

  /**
   * How long before the windows of an output's answers events still have an effect on them.
   *
   * @param millis by output; zero for others
   */
  private record Histories(Map<String, Long> millis) implements Serializable {

    static final Histories NONE = new Histories(Map.of());

    /** The time from which on events have an effect on a window, epoch milliseconds. */
    long since(String output, Instant start) {
      long at = start.toEpochMilli();
      return Math.max(Math.min(at, EARLIEST), at - millis.getOrDefault(output, 0L));
    }

    /** The year 1; far enough before all events, and no subtraction overflows. */
    private static final long EARLIEST = -62_135_596_800_000L;
  }

  /** Numbers must have equal values. */
  public static Reconcile exactly() {
    return by(new Canonical(false, 0));
  }

  static Reconcile by(Canonical canonical) {
    return new Reconcile(canonical, Instant.MIN, Instant.MAX, LEAST_SHARDS, Histories.NONE);
  }

  /**
   * Numbers with a fraction or an exponent, on either side, may differ by this fraction of the
   * larger of them, or of 1 if both are smaller.
   */
  public Reconcile withTolerance(double tolerance) {
    return new Reconcile(
        new Canonical(canonical.textual(), tolerance), from, until, shards, histories);
  }

  /** Compares only windows that are completely in {@code [first, end)}. */
  public Reconcile within(Instant first, Instant end) {
    return new Reconcile(canonical, first, end, shards, histories);
  }

  /** Sets the number of shards; several shards must fit into a worker's memory. */
  public Reconcile inShards(int count) {
    return new Reconcile(canonical, from, until, count, histories);
  }

  /**
   * Explains differences of outputs also by events before their windows, as long as these have an
   * effect ({@link Output#history}).
   */
  public Reconcile of(List<? extends Output<?, ?>> outputs) {
    Map<String, Long> millis = new HashMap<>();
    for (Output<?, ?> output : outputs) {
      // All of time fits into a third of a long.
      Duration most = Duration.ofMillis(Long.MAX_VALUE / 3);
      Duration history = output.history().compareTo(most) < 0 ? output.history() : most;
      millis.put(output.name(), history.toMillis());
    }
    return new Reconcile(canonical, from, until, shards, new Histories(millis));
  }

  /** A row with its side. */
  record Sided(boolean inB, AnswerRow row) {}

  /** A difference, or what explains differences of a window. */
  record Told(@Nullable Difference difference, @Nullable Why why) {}

  private static final TupleTag<KV<Integer, Sided>> ROWS = new TupleTag<>("rows");
  private static final TupleTag<Finding> COUNTS = new TupleTag<>("counts");
  private static final TupleTag<KV<Integer, Told>> DIFFERENCES = new TupleTag<>("differences");
  private static final TupleTag<Finding> DIFFERING = new TupleTag<>("differing");
  private static final TupleTag<Finding> ONE_SIDED = new TupleTag<>("oneSided");
  private static final TupleTag<KV<Bucket, Entry>> WINDOWS = new TupleTag<>("windows");

  @Override
  public PCollection<Finding> expand(PCollectionTuple sides) {
    for (PCollection<?> side : List.of(sides.get(A), sides.get(B), sides.get(CAUSES))) {
      if (side.isBounded() == IsBounded.UNBOUNDED) {
        throw new IllegalArgumentException(
            side.getName() + " is a stream: only sets of answers that end can be compared");
      }
    }
    PCollectionTuple a = sharded("A", false, sides.get(A));
    PCollectionTuple b = sharded("B", true, sides.get(B));
    PCollectionTuple causes =
        sides
            .get(CAUSES)
            .apply("CausesByIdentity", ParDo.of(new ByIdentityFn()))
            .setCoder(KvCoder.of(VarIntCoder.of(), RecordCoder.of(Cause.class)))
            .apply("CausesOfIdentity", GroupByKey.create())
            .apply(
                "OnOneSideOnly",
                ParDo.of(new OneSidedFn()).withOutputTags(WINDOWS, TupleTagList.of(COUNTS)));
    PCollectionTuple compared =
        PCollectionList.of(a.get(ROWS))
            .and(b.get(ROWS))
            .apply("BothSides", Flatten.pCollections())
            .apply("Shard", GroupByKey.create())
            .apply(
                "Compare",
                ParDo.of(new CompareFn(canonical, histories))
                    .withOutputTags(DIFFERENCES, TupleTagList.of(COUNTS).and(WINDOWS)));
    PCollection<KV<Integer, Told>> differences =
        compared
            .get(DIFFERENCES)
            .setCoder(KvCoder.of(VarIntCoder.of(), RecordCoder.of(Told.class)));
    PCollection<KV<Integer, Told>> whys =
        PCollectionList.of(compared.get(WINDOWS).setCoder(Explained.entries()))
            .and(causes.get(WINDOWS).setCoder(Explained.entries()))
            .apply("Explain", new Explained())
            .apply("Why", ParDo.of(new WhyFn()))
            .setCoder(differences.getCoder());
    PCollectionTuple told =
        PCollectionList.of(differences)
            .and(whys)
            .apply("DifferencesAndWhy", Flatten.pCollections())
            .apply("OfShard", GroupByKey.create())
            .apply(
                "Tell",
                ParDo.of(new TellFn(histories))
                    .withOutputTags(DIFFERING, TupleTagList.of(ONE_SIDED)));
    PCollection<Finding> oneSided =
        told.get(ONE_SIDED)
            .setCoder(RecordCoder.of(Finding.class))
            .apply("TakenIn", new TakenIn(shards));
    return PCollectionList.of(told.get(DIFFERING).setCoder(RecordCoder.of(Finding.class)))
        .and(oneSided)
        .and(compared.get(COUNTS).setCoder(RecordCoder.of(Finding.class)))
        .and(causes.get(COUNTS).setCoder(RecordCoder.of(Finding.class)))
        .and(a.get(COUNTS).setCoder(RecordCoder.of(Finding.class)))
        .and(b.get(COUNTS).setCoder(RecordCoder.of(Finding.class)))
        .apply("All", Flatten.pCollections())
        .apply("ByKindAndCause", ParDo.of(new OfFn()))
        .setCoder(KvCoder.of(RecordCoder.of(Finding.Of.class), RecordCoder.of(Finding.class)))
        .apply("Sum", Combine.perKey(new PlusFn()))
        .apply("Findings", Values.create());
  }

  private PCollectionTuple sharded(String side, boolean inB, PCollection<AnswerRow> rows) {
    PCollectionTuple split =
        rows.apply(
            "InRange" + side,
            ParDo.of(new InRangeFn(inB, from, until, shards))
                .withOutputTags(ROWS, TupleTagList.of(COUNTS)));
    split.get(ROWS).setCoder(KvCoder.of(VarIntCoder.of(), RecordCoder.of(Sided.class)));
    return split;
  }

  static int shard(int hash, int shards) {
    return Math.floorMod((hash * 0x9E3779B9) >>> 8, shards);
  }

  /** Lets through rows of windows in the range, by shard; counts the others. */
  private static final class InRangeFn extends DoFn<AnswerRow, KV<Integer, Sided>> {

    private static final long serialVersionUID = 1L;

    private final boolean inB;
    private final Instant from;
    private final Instant until;
    private final int shards;
    private transient Map<String, Long> outside;

    InRangeFn(boolean inB, Instant from, Instant until, int shards) {
      this.inB = inB;
      this.from = from;
      this.until = until;
      this.shards = shards;
    }

    @StartBundle
    public void startBundle() {
      outside = new HashMap<>();
    }

    @ProcessElement
    public void process(@Element AnswerRow row, OutputReceiver<KV<Integer, Sided>> out) {
      if (row.start().isBefore(from) || row.end().isAfter(until)) {
        outside.merge(row.output(), 1L, Long::sum);
        return;
      }
      int hash = (row.output().hashCode() * 31 + row.key().hashCode()) * 31;
      out.output(KV.of(shard(hash + row.start().hashCode(), shards), new Sided(inB, row)));
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      outside.forEach(
          (output, count) ->
              context.output(
                  COUNTS,
                  Finding.count(output, Kind.OUTSIDE, count),
                  GlobalWindow.INSTANCE.maxTimestamp(),
                  GlobalWindow.INSTANCE));
      outside = null;
    }
  }

  /** Compares the rows of a shard. */
  private static final class CompareFn
      extends DoFn<KV<Integer, Iterable<Sided>>, KV<Integer, Told>> {

    private static final long serialVersionUID = 1L;

    private record Of(String output, String key, Instant start, Instant end) {}

    private record Both(Settling a, Settling b) {}

    private final Canonical canonical;
    private final Histories histories;

    CompareFn(Canonical canonical, Histories histories) {
      this.canonical = canonical;
      this.histories = histories;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Sided>> shard, MultiOutputReceiver out)
        throws JsonProcessingException {
      Map<Of, Both> answers = new HashMap<>();
      for (Sided sided : shard.getValue()) {
        AnswerRow row = sided.row();
        Both both =
            answers.computeIfAbsent(
                new Of(row.output(), row.key(), row.start(), row.end()),
                of -> new Both(new Settling(), new Settling()));
        (sided.inB() ? both.b : both.a).add(row);
      }
      Map<String, Long> same = new HashMap<>();
      Set<Differing> windows = new HashSet<>();
      for (Map.Entry<Of, Both> entry : answers.entrySet()) {
        Of of = entry.getKey();
        AnswerRow a = settled("A", entry.getValue().a);
        AnswerRow b = settled("B", entry.getValue().b);
        if (a == null && b == null) {
          continue; // removed from both
        }
        Difference difference = difference(of, a, b);
        if (difference == null) {
          same.merge(of.output, 1L, Long::sum);
        } else {
          out.get(DIFFERENCES).output(KV.of(shard.getKey(), new Told(difference, null)));
          windows.add(
              new Differing(
                  shard.getKey(), histories.since(of.output, of.start), of.end.toEpochMilli()));
        }
      }
      same.forEach(
          (output, count) -> out.get(COUNTS).output(Finding.count(output, Kind.SAME, count)));
      windows.forEach(window -> Explained.window(window, out.get(WINDOWS)));
    }

    private static @Nullable AnswerRow settled(String side, Settling settling) {
      try {
        return settling.settled();
      } catch (IllegalStateException e) {
        throw new IllegalStateException(side + " has " + e.getMessage());
      }
    }

    /** The difference; null if both sides are equal. */
    private @Nullable Difference difference(Of of, @Nullable AnswerRow a, @Nullable AnswerRow b)
        throws JsonProcessingException {
      List<Change> changes = new ArrayList<>();
      double size = 1;
      if (a != null && b != null) {
        if (a.value().equals(b.value())) {
          return null;
        }
        size = changes(a.value(), b.value(), changes);
        if (changes.isEmpty()) {
          return null;
        }
      }
      return new Difference(
          of.output,
          of.key,
          of.start,
          of.end,
          a == null ? null : new Settled(a.revision(), a.value()),
          b == null ? null : new Settled(b.revision(), b.value()),
          changes,
          size,
          List.of());
    }

    private double changes(String a, String b, List<Change> changes)
        throws JsonProcessingException {
      ObjectNode left = (ObjectNode) RowJson.value(a);
      ObjectNode right = (ObjectNode) RowJson.value(b);
      double most = 0;
      for (String column : Canonical.names(left, right)) {
        JsonNode x = left.get(column);
        JsonNode y = right.get(column);
        double distance = canonical.distance(x, y);
        if (distance > 0) {
          most = Math.max(most, distance);
          changes.add(
              new Change(
                  column,
                  x == null ? null : x.toString(),
                  y == null ? null : y.toString(),
                  by(x, y)));
        }
      }
      return most;
    }

    private @Nullable String by(@Nullable JsonNode a, @Nullable JsonNode b) {
      BigDecimal x = a == null ? null : canonical.number(a);
      BigDecimal y = b == null ? null : canonical.number(b);
      return x == null || y == null || !Canonical.subtractable(x, y)
          ? null
          : y.subtract(x).stripTrailingZeros().toPlainString();
    }
  }

  /** Groups dead letters with the same bytes; late events are by position. */
  private static final class ByIdentityFn extends DoFn<Cause, KV<Integer, Cause>> {

    private static final long serialVersionUID = 1L;

    private static final int SHARDS = 256;

    @ProcessElement
    public void process(@Element Cause cause, OutputReceiver<KV<Integer, Cause>> out) {
      out.output(KV.of(shard(cause.identity().hashCode(), SHARDS), cause));
    }
  }

  /** Keeps the late events and dead letters that only one side has. */
  private static final class OneSidedFn
      extends DoFn<KV<Integer, Iterable<Cause>>, KV<Bucket, Entry>> {

    private static final long serialVersionUID = 1L;

    private record Had(Set<Side> sides, Cause first) {}

    private record Same(Cause.Kind kind, String identity) {}

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Cause>> causes, MultiOutputReceiver out) {
      Map<Same, Had> all = new HashMap<>();
      for (Cause cause : causes.getValue()) {
        all.merge(
            new Same(cause.kind(), cause.identity()),
            new Had(Set.of(cause.side()), cause),
            (one, other) -> {
              Set<Side> sides = new HashSet<>(one.sides);
              sides.addAll(other.sides);
              boolean earlier = one.first.id().compareTo(other.first.id()) <= 0;
              return new Had(sides, earlier ? one.first : other.first);
            });
      }
      for (Had had : all.values()) {
        if (!had.sides.containsAll(Set.of(Side.A, Side.B))) {
          output(had.first, out);
        }
      }
    }

    private static void output(Cause cause, MultiOutputReceiver out) {
      Long at = cause.atMillis();
      if (at == null) {
        out.get(COUNTS).output(Finding.count("", Kind.UNDATED, 1));
        return;
      }
      Explained.cause(cause, at, out.get(WINDOWS));
      if (cause.lastMillis() != at) {
        Explained.cause(cause, cause.lastMillis(), out.get(WINDOWS));
      }
    }
  }

  /** Keys explanations of windows by shard, to group them with its differences. */
  private static final class WhyFn extends DoFn<KV<Integer, Why>, KV<Integer, Told>> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<Integer, Why> why, OutputReceiver<KV<Integer, Told>> out) {
      out.output(KV.of(why.getKey(), new Told(null, why.getValue())));
    }
  }

  /**
   * Turns the differences of a shard into findings, with one finding for each answer that only one
   * side has.
   */
  private static final class TellFn extends DoFn<KV<Integer, Iterable<Told>>, Finding> {

    private static final long serialVersionUID = 1L;

    private record Window(long start, long end) {}

    private final Histories histories;

    TellFn(Histories histories) {
      this.histories = histories;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Told>> shard, MultiOutputReceiver out) {
      List<Difference> differences = new ArrayList<>();
      Map<Window, Why> whys = new HashMap<>();
      for (Told told : shard.getValue()) {
        Why why = told.why();
        if (why != null) {
          whys.merge(new Window(why.start(), why.end()), why, Why::plus);
        } else if (told.difference() != null) {
          differences.add(told.difference());
        }
      }
      Map<Finding.Of, Finding> findings = new HashMap<>();
      for (Difference difference : differences) {
        Finding one =
            finding(
                difference,
                whys.get(
                    new Window(
                        histories.since(difference.output(), difference.start()),
                        difference.end().toEpochMilli())));
        if (one.kind() == Kind.DIFFERS) {
          findings.merge(one.of(), one, Finding::plus);
        } else {
          out.get(ONE_SIDED).output(one);
        }
      }
      findings.values().forEach(out.get(DIFFERING)::output);
    }

    private static Finding finding(Difference difference, @Nullable Why why) {
      Kind kind =
          difference.a() == null
              ? Kind.ONLY_IN_B
              : difference.b() == null ? Kind.ONLY_IN_A : Kind.DIFFERS;
      Cause.Kind cause = Cause.Kind.NONE;
      List<String> ids = List.of();
      if (why != null) {
        cause = why.late().isEmpty() ? Cause.Kind.DEAD_LETTER : Cause.Kind.LATE;
        ids = why.late().isEmpty() ? why.dead() : why.late();
      }
      return new Finding(difference.output(), kind, cause, 1, List.of(difference.because(ids)));
    }
  }

  private static final class OfFn extends DoFn<Finding, KV<Finding.Of, Finding>> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Finding finding, OutputReceiver<KV<Finding.Of, Finding>> out) {
      out.output(KV.of(finding.of(), finding));
    }
  }

  private static final class PlusFn extends Combine.BinaryCombineFn<Finding> {

    private static final long serialVersionUID = 1L;

    @Override
    public Finding apply(Finding one, Finding other) {
      return one.plus(other);
    }
  }
}
