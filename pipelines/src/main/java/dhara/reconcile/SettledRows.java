package dhara.reconcile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.ResultSet;
import dhara.records.RecordCoder;
import dhara.transforms.backfill.GroupShards;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * The settled answers of an output, read back: of each key and window the one of the highest
 * revision, if that does not withdraw it.
 *
 * <p>Data: nothing → a row for each key and window; keys are in the form of {@link #key}. Time:
 * none; windows are data. State: none. A worker holds the rows of one shard; there are so many
 * shards that several fit. Bad data: a row that is no answer fails the run.
 */
public final class SettledRows extends PTransform<PBegin, PCollection<AnswerRow>> {

  private static final long serialVersionUID = 1L;

  /** Files of CSV have text only, and what is looked up in other rows may come from one. */
  private static final Canonical TEXTUAL = new Canonical(true, 0);

  /** A few of these fit into a worker's memory as objects. */
  private static final long BYTES_PER_SHARD = 8L << 20;

  private static final int MOST_SHARDS = 1 << 16;

  private final transient ResultSet set;
  private final String part;
  private final String output;

  private SettledRows(ResultSet set, String part, String output) {
    this.set = set;
    this.part = part;
    this.output = output;
  }

  /**
   * The answers of an output.
   *
   * @param part the name of the output in the set
   * @param output its name
   */
  public static SettledRows of(ResultSet set, String part, String output) {
    return new SettledRows(set, part, output);
  }

  /** The text of a key's columns, or some of them, whether numbers are written as text or not. */
  public static String key(ObjectNode columns) {
    return TEXTUAL.key(columns);
  }

  /** Into how many shards the answers of a set are divided, so that several fit into memory. */
  public static int shards(ResultSet set, String part) {
    return (int)
        Math.max(
            Reconcile.LEAST_SHARDS,
            Math.min(MOST_SHARDS, set.bytes(List.of(part)) / BYTES_PER_SHARD));
  }

  @Override
  public PCollection<AnswerRow> expand(PBegin begin) {
    RecordCoder<AnswerRow> coder = RecordCoder.of(AnswerRow.class);
    return set.read(
            begin.getPipeline(), "Answers", Map.of(part, output), new AnswerReader(TEXTUAL), coder)
        .apply("Shard", ParDo.of(new ShardFn(shards(set, part))))
        .setCoder(KvCoder.of(VarIntCoder.of(), coder))
        .apply("OfShard", GroupShards.create())
        .apply("Settle", ParDo.of(new SettleFn()))
        .setCoder(coder);
  }

  private record Of(String key, Instant start, Instant end) {

    static Of row(AnswerRow row) {
      return new Of(row.key(), row.start(), row.end());
    }
  }

  private static final class ShardFn extends DoFn<AnswerRow, KV<Integer, AnswerRow>> {

    private static final long serialVersionUID = 1L;

    private final int shards;

    ShardFn(int shards) {
      this.shards = shards;
    }

    @ProcessElement
    public void process(@Element AnswerRow row, OutputReceiver<KV<Integer, AnswerRow>> out) {
      int hash = Objects.hash(row.key(), row.start(), row.end());
      out.output(KV.of(Reconcile.shard(hash, shards), row));
    }
  }

  private static final class SettleFn extends DoFn<KV<Integer, Iterable<AnswerRow>>, AnswerRow> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<AnswerRow>> shard, OutputReceiver<AnswerRow> out) {
      Map<Of, Settling> answers = new HashMap<>();
      for (AnswerRow row : shard.getValue()) {
        answers.computeIfAbsent(Of.row(row), of -> new Settling()).add(row);
      }
      for (Settling settling : answers.values()) {
        AnswerRow settled = settling.settled();
        if (settled != null) {
          out.output(settled);
        }
      }
    }
  }
}
