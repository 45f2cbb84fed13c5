package dhara.transforms.decide;

import dhara.events.Event;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.shards.BlockCoder;
import java.io.Serializable;
import java.time.Duration;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.SerializableFunction;

/**
 * A decider with what its shells need.
 *
 * @param decider decides
 * @param key the key of an event
 * @param answers the coder of what is decided about
 * @param decisions the coder of decisions
 * @param lateness how far behind the watermark events may come
 * @param provisional whether a stream decides at arrival too
 */
record Deciding<K, E extends Event, O>(
    Decider<E, O> decider,
    SerializableFunction<E, String> key,
    AnswerCoder<K, E> answers,
    Coder<O> decisions,
    Duration lateness,
    boolean provisional)
    implements Serializable {

  /** The coder of what is decided about, as events. */
  Coder<Undecided<K, E>> undecided() {
    return Undecided.coder(answers);
  }

  /** The coder of blocks of waiting events; provisional ones have their decision with them. */
  BlockCoder<String, ?> waiting() {
    return provisional
        ? BlockCoder.of(StringUtf8Coder.of(), KvCoder.of(undecided(), decisions))
        : BlockCoder.of(StringUtf8Coder.of(), undecided());
  }

  /** The coder of blocks of events with their shard. */
  KvCoder<Integer, byte[]> shards() {
    return KvCoder.of(VarIntCoder.of(), BlockCoder.of(StringUtf8Coder.of(), undecided()));
  }
}
