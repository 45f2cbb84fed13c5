package dhara.transforms.aggregate;

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
 * What is added up per key, and how keys and sums become bytes.
 *
 * @param fn adds up
 * @param keys codes keys
 * @param sums codes what the values of a key add up to
 * @param outs codes what a sum becomes in an answer
 */
record Aggregation<K, InT, AccT, OutT>(
    CombineFn<InT, AccT, OutT> fn, Coder<K> keys, Coder<AccT> sums, Coder<OutT> outs)
    implements Serializable {

  /**
   * The aggregation of values.
   *
   * @param registry knows the coders of sums and answers
   * @throws IllegalArgumentException where one is missing, or that of keys is not deterministic
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

  /** Codes blocks of sums. */
  BlockCoder<K, AccT> blocks() {
    return BlockCoder.of(keys, sums);
  }

  /** Codes blocks with the shard that they are of. */
  KvCoder<Integer, byte[]> shards() {
    return KvCoder.of(VarIntCoder.of(), blocks());
  }

  /** Codes blocks of sessions. */
  BlockCoder<K, Session<AccT>> sessionBlocks() {
    return BlockCoder.of(keys, SessionCoder.of(sums));
  }

  /** Codes blocks of sessions with the shard that they are of. */
  KvCoder<Integer, byte[]> sessions() {
    return KvCoder.of(VarIntCoder.of(), sessionBlocks());
  }

  /** Codes answers. */
  AnswerCoder<K, OutT> answers() {
    return AnswerCoder.of(keys, outs);
  }

  /** The sum of two; may change the first. */
  AccT plus(AccT a, AccT b) {
    return fn.mergeAccumulators(Arrays.asList(a, b));
  }

  /** Sums to be merged. */
  SumTable<AccT> table() {
    return new SumTable<>(this::plus, sums);
  }
}
