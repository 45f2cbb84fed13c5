package dhara.transforms.effect;

import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.windows.InGlobalWindow;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Outputs answers that make something happen, such as an alert or a payment, once for each
 * incident, whatever revisions come.
 *
 * <p>Data: answers and their revisions → the answers to act on, whose key is an {@link Incident}.
 * An incident is a key and window, or is named by a function of key and value; then it may have
 * several windows, and lasts for a given time after the last of them. A withdrawn answer is not
 * acted on. Time: on settled answers, it acts when the watermark has passed the end of the window
 * plus the allowed lateness of the answers' windowing; on first answers, when they come. The output
 * is in the global window. State: on settled answers, the answer that counts per key and window
 * until it is settled; per incident, how far it reaches, until no answer of it can come any more.
 * Late: a revision before the answer is settled replaces it; on first answers, revisions are
 * ignored, so an answer that was acted on may turn out to be wrong.
 *
 * <pre>{@code
 * stockOuts.apply(
 *     OncePerIncident.onSettled(Product.class)
 *         .named((product, level) -> product.id(), Duration.ofHours(6)))
 * }</pre>
 *
 * <p>A backfill acts on settled answers in either case, because it has one answer for each key and
 * window. A stream that resumes from a checkpoint acts again on answers since then, with the same
 * incident ids, so a receiver can recognise them.
 */
public final class OncePerIncident<K extends Record, V>
    extends PTransform<PCollection<Answer<K, V>>, PCollection<Answer<Incident<K>, V>>> {

  private static final long serialVersionUID = 1L;

  /** Names the incident of an answer. */
  @FunctionalInterface
  public interface Name<K, V> extends Serializable {
    String of(K key, V value);
  }

  private final Class<K> key;
  private final boolean settled;
  private final @Nullable Name<K, V> named;
  private final Duration lasting;

  private OncePerIncident(
      Class<K> key, boolean settled, @Nullable Name<K, V> named, Duration lasting) {
    this.key = key;
    this.settled = settled;
    this.named = named;
    this.lasting = lasting;
  }

  /** Acts on an answer that no event can change any more. */
  public static <K extends Record, V> OncePerIncident<K, V> onSettled(Class<K> key) {
    return new OncePerIncident<>(key, true, null, Duration.ZERO);
  }

  /** Acts on the first answer at once, although later events may change it. */
  public static <K extends Record, V> OncePerIncident<K, V> onFirst(Class<K> key) {
    return new OncePerIncident<>(key, false, null, Duration.ZERO);
  }

  /**
   * Names incidents by a function.
   *
   * @param newName the name of an incident; not empty
   * @param newLasting answers with the same name are one incident if each window ends at most this
   *     long after the one before
   */
  public OncePerIncident<K, V> named(Name<K, V> newName, Duration newLasting) {
    if (newLasting.isNegative()) {
      throw new IllegalArgumentException(
          "an incident lasts for no less than zero, but is to last for " + newLasting);
    }
    return new OncePerIncident<>(key, settled, newName, newLasting);
  }

  /** Whether it acts on settled answers, and not on first ones. */
  public boolean settled() {
    return settled;
  }

  @Override
  @SuppressWarnings("unchecked") // the coder of answers has their types
  public PCollection<Answer<Incident<K>, V>> expand(PCollection<Answer<K, V>> answers) {
    if (!(answers.getCoder() instanceof AnswerCoder<?, ?>)) {
      throw new IllegalArgumentException(
          "answers are coded by an AnswerCoder, not by " + answers.getCoder());
    }
    AnswerCoder<K, V> coder = (AnswerCoder<K, V>) answers.getCoder();
    long lateness = answers.getWindowingStrategy().getAllowedLateness().getMillis();
    PCollection<Answer<K, V>> global = answers.apply("Global", InGlobalWindow.into());
    Naming<K, V> naming = new Naming<>(key, named);
    Firing<K, V> firing = new Firing<>(naming, lasting.toMillis());
    PCollection<Answer<Incident<K>, V>> fired =
        answers.isBounded() == IsBounded.BOUNDED
            ? backfilled(global, coder, naming, firing)
            : streamed(global, coder, naming, firing, lateness);
    return fired.setCoder(AnswerCoder.of(IncidentCoder.of(coder.keyCoder()), coder.valueCoder()));
  }

  private PCollection<Answer<Incident<K>, V>> backfilled(
      PCollection<Answer<K, V>> answers,
      AnswerCoder<K, V> coder,
      Naming<K, V> naming,
      Firing<K, V> firing) {
    return BoundedFns.sharded(
            "Incident",
            answers.apply("Settled", Settled.answers()),
            coder,
            (answer, name) -> {
              name.write(naming.of(answer).getBytes(StandardCharsets.UTF_8));
              return true;
            })
        .apply("Fire", ParDo.of(new BoundedFns.FireFn<>(coder, firing)));
  }

  private PCollection<Answer<Incident<K>, V>> streamed(
      PCollection<Answer<K, V>> answers,
      AnswerCoder<K, V> coder,
      Naming<K, V> naming,
      Firing<K, V> firing,
      long lateness) {
    PCollection<Answer<K, V>> acting =
        settled
            ? answers
                .apply("KeyAndWindow", ParDo.of(new KeyWindowFn<>(coder.keyCoder())))
                .setCoder(KvCoder.of(ByteArrayCoder.of(), coder))
                .apply("Settle", ParDo.of(new SettleFn<>(coder, lateness)))
                .setCoder(coder)
            : answers.apply("Given", Filter.by(answer -> !answer.isWithdrawn()));
    return acting
        .apply("Name", ParDo.of(new NameFn<>(naming)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), coder))
        .apply("Fire", ParDo.of(new FireFn<>(coder, firing, settled, lateness)));
  }
}
