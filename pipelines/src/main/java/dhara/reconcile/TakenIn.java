package dhara.reconcile;

import dhara.records.RecordCoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Explains the parts of joined sessions. A late event that joins sessions makes a longer window,
 * which only one side has; the event is in this window and explains it. The absorbed windows are
 * only on the other side, and the event need not be in them. So a cause that explains a window of
 * one side also explains the windows of the same key within it that only the other side has.
 * Windows of the same width are never within each other.
 *
 * <p>Data: findings of one difference each that is on one side only → the same findings, added up.
 * Time: none; windows are data. State: none; a worker holds the findings of the keys of a shard.
 */
final class TakenIn extends PTransform<PCollection<Finding>, PCollection<Finding>> {

  private static final long serialVersionUID = 1L;

  private final int shards;

  TakenIn(int shards) {
    this.shards = shards;
  }

  @Override
  public PCollection<Finding> expand(PCollection<Finding> findings) {
    RecordCoder<Finding> coder = RecordCoder.of(Finding.class);
    return findings
        .apply("ByKey", ParDo.of(new ByKeyFn(shards)))
        .setCoder(KvCoder.of(VarIntCoder.of(), coder))
        .apply("OfKeys", GroupByKey.create())
        .apply("Explain", ParDo.of(new ExplainFn()))
        .setCoder(coder);
  }

  private static final class ByKeyFn extends DoFn<Finding, KV<Integer, Finding>> {

    private static final long serialVersionUID = 1L;

    private final int shards;

    ByKeyFn(int shards) {
      this.shards = shards;
    }

    @ProcessElement
    public void process(@Element Finding finding, OutputReceiver<KV<Integer, Finding>> out) {
      int hash = finding.output().hashCode() * 31 + only(finding).key().hashCode();
      out.output(KV.of(Reconcile.shard(hash, shards), finding));
    }
  }

  private static Difference only(Finding finding) {
    return finding.worst().get(0);
  }

  private static final class ExplainFn extends DoFn<KV<Integer, Iterable<Finding>>, Finding> {

    private static final long serialVersionUID = 1L;

    /** The windows of a key on one side. */
    private record Of(String output, Finding.Kind side, String key) {}

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<Finding>> shard, OutputReceiver<Finding> out) {
      Map<Of, NavigableMap<Long, Finding>> explained = new HashMap<>();
      List<Finding> open = new ArrayList<>();
      Map<Finding.Of, Finding> sums = new HashMap<>();
      for (Finding finding : shard.getValue()) {
        if (finding.cause() == Cause.Kind.NONE) {
          open.add(finding);
          continue;
        }
        Difference difference = only(finding);
        explained
            .computeIfAbsent(
                new Of(finding.output(), finding.kind(), difference.key()), of -> new TreeMap<>())
            .put(difference.start().toEpochMilli(), finding);
        sums.merge(finding.of(), finding, Finding::plus);
      }
      for (Finding finding : open) {
        Finding whole = around(finding, explained);
        Finding told =
            whole == null ? finding : finding.because(whole.cause(), only(whole).causes());
        sums.merge(told.of(), told, Finding::plus);
      }
      sums.values().forEach(out::output);
    }

    /** The explained window of the other side that contains a finding's window, if there is one. */
    private static @Nullable Finding around(
        Finding finding, Map<Of, NavigableMap<Long, Finding>> explained) {
      Difference part = only(finding);
      Finding.Kind other =
          finding.kind() == Finding.Kind.ONLY_IN_A
              ? Finding.Kind.ONLY_IN_B
              : Finding.Kind.ONLY_IN_A;
      NavigableMap<Long, Finding> windows =
          explained.get(new Of(finding.output(), other, part.key()));
      Map.Entry<Long, Finding> before =
          windows == null ? null : windows.floorEntry(part.start().toEpochMilli());
      boolean within = before != null && !only(before.getValue()).end().isBefore(part.end());
      return within ? before.getValue() : null;
    }
  }
}
