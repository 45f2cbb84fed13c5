package dhara.transforms.effect;

import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.windows.InGlobalWindow;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;

/**
 * Passes on answers once no event can change them: for what follows the answers of windows from one
 * to the next, such as a fold in the order of their ends.
 *
 * <p>Data: answers and their revisions → of each key and window the answer that counts, unless it
 * is withdrawn, in the global window. Time: when the watermark has passed the end of the window
 * plus the allowed lateness of the answers' windowing; until then it is held there, so a fold with
 * that lateness over the ends of windows misses none. State: per key and window the answer that
 * counts, until it is settled. Late: a revision before the answer is settled replaces it.
 */
public final class Settled<K extends Record, V>
    extends PTransform<PCollection<Answer<K, V>>, PCollection<Answer<K, V>>> {

  private static final long serialVersionUID = 1L;

  private Settled() {}

  /** The settled answers. */
  public static <K extends Record, V> Settled<K, V> answers() {
    return new Settled<>();
  }

  @Override
  @SuppressWarnings("unchecked") // the coder of answers has their types
  public PCollection<Answer<K, V>> expand(PCollection<Answer<K, V>> answers) {
    if (!(answers.getCoder() instanceof AnswerCoder<?, ?>)) {
      throw new IllegalArgumentException(
          "answers are coded by an AnswerCoder, not by " + answers.getCoder());
    }
    AnswerCoder<K, V> coder = (AnswerCoder<K, V>) answers.getCoder();
    long lateness = answers.getWindowingStrategy().getAllowedLateness().getMillis();
    PCollection<Answer<K, V>> global = answers.apply("Global", InGlobalWindow.into());
    return (answers.isBounded() == IsBounded.BOUNDED
            ? bounded(global, coder)
            : global
                .apply("KeyAndWindow", ParDo.of(new KeyWindowFn<>(coder.keyCoder())))
                .setCoder(KvCoder.of(ByteArrayCoder.of(), coder))
                .apply("Settle", ParDo.of(new SettleFn<>(coder, lateness))))
        .setCoder(coder);
  }

  private static <K, V> PCollection<Answer<K, V>> bounded(
      PCollection<Answer<K, V>> answers, AnswerCoder<K, V> coder) {
    Coder<K> keys = coder.keyCoder();
    return BoundedFns.sharded(
            "Revisions", answers, coder, (answer, name) -> KeyWindowFn.write(answer, keys, name))
        .apply("Settle", ParDo.of(new BoundedFns.SettleFn<>(coder)));
  }
}
