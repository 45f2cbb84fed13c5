package dhara.transforms.aggregate;

import dhara.transforms.backfill.Summing;
import dhara.transforms.backfill.WindowedKey;
import dhara.transforms.shards.BlockCoder;
import java.io.Serializable;
import java.util.Arrays;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.Coder.NonDeterministicException;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;

/**
 * A combination per key, with its coders.
 *
 * @param fn combines values
 * @param keys the coder of keys
 * @param sums the coder of accumulators
 * @param outs the coder of outputs
 */
record Aggregation<K, InT, AccT, OutT>(
    CombineFn<InT, AccT, OutT> fn, Coder<K> keys, Coder<AccT> sums, Coder<OutT> outs)
    implements Serializable {

  /**
   * The aggregation of values.
   *
   * @param registry provides the coders of sums and answers
   * @throws IllegalArgumentException if one is missing, or that of keys is not deterministic
   */
  static <K, InT, AccT, OutT> Aggregation<K, InT, AccT, OutT> of(
      CombineFn<InT, AccT, OutT> fn, Coder<K> keys, Coder<InT> values, CoderRegistry registry) {
    try {
      keys.verifyDeterministic();
      return new Aggregation<>(
          fn,
          keys,
          fn.getAccumulatorCoder(registry, values),
          fn.getDefaultOutputCoder(registry, values));
    } catch (NonDeterministicException e) {
      throw new IllegalArgumentException("one key may have several encodings: " + keys, e);
    } catch (CannotProvideCoderException e) {
      throw new IllegalArgumentException("no coder for what " + fn + " adds up", e);
    }
  }

  /** Codes keys in their windows. */
  WindowedKey.InWindow<K> keysInWindows() {
    return WindowedKey.InWindow.of(keys);
  }

  /** How sums of keys in their windows are added up. */
  Summing<WindowedKey<K>, AccT> inWindows() {
    return new Summing<>(keysInWindows(), sums, this::plus);
  }

  /** The coder of blocks of sums. */
  BlockCoder<K, AccT> blocks() {
    return BlockCoder.of(keys, sums);
  }

  /** The coder of blocks with their shard. */
  KvCoder<Integer, byte[]> shards() {
    return KvCoder.of(VarIntCoder.of(), blocks());
  }

  /** The coder of blocks of sessions. */
  BlockCoder<K, Session<AccT>> sessionBlocks() {
    return BlockCoder.of(keys, SessionCoder.of(sums));
  }

  /** The coder of blocks of sessions with their shard. */
  KvCoder<Integer, byte[]> sessions() {
    return KvCoder.of(VarIntCoder.of(), sessionBlocks());
  }

  /** The coder of answers. */
  AnswerCoder<K, OutT> answers() {
    return AnswerCoder.of(keys, outs);
  }

  /** The sum of two accumulators; may modify the first. */
  AccT plus(AccT a, AccT b) {
    return fn.mergeAccumulators(Arrays.asList(a, b));
  }

  /** An empty table for merging sums. */
  SumTable<AccT> table() {
    return new SumTable<>(this::plus, sums);
  }
}
