package dhara.transforms.order;

import dhara.events.Event;
import dhara.transforms.shards.BlockCoder;
import java.io.Serializable;
import java.time.Duration;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.Coder.NonDeterministicException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.SerializableFunction;

/**
 * A fold with what its shells need.
 *
 * @param fold the fold
 * @param key the key of an event
 * @param keys the coder of keys, which are compared by their bytes
 * @param events the coder of events
 * @param states the coder of what the fold remembers
 * @param outputs the coder of what the fold gives out
 * @param giving makes elements of outputs
 * @param lateness how far behind the watermark events may come
 */
record Folding<E extends Event, K, S, O, OUT>(
    Fold<E, S, O> fold,
    SerializableFunction<E, K> key,
    Coder<K> keys,
    Coder<E> events,
    Coder<S> states,
    Coder<O> outputs,
    Giving<K, O, OUT> giving,
    Duration lateness)
    implements Serializable {

  Folding {
    try {
      keys.verifyDeterministic();
    } catch (NonDeterministicException e) {
      throw new IllegalArgumentException("one key may have several encodings: " + keys, e);
    }
  }

  /** A new run of the fold's rules, for one thread. */
  Steps<E, S, O> steps() {
    return new Steps<>(fold);
  }

  /** The coder of blocks of events. */
  BlockCoder<K, E> blocks() {
    return BlockCoder.of(keys, events);
  }

  /** The coder of blocks of states. */
  BlockCoder<K, S> held() {
    return BlockCoder.of(keys, states);
  }

  /** The coder of blocks of events with their shard. */
  KvCoder<Integer, byte[]> shards() {
    return KvCoder.of(VarIntCoder.of(), blocks());
  }
}
