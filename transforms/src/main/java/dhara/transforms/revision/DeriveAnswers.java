package dhara.transforms.revision;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import java.time.Duration;
import java.time.Instant;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Makes another answer of each answer, or none: an alert of what is unusual, or a part.
 *
 * <p>Data: answers and their revisions → answers of the same windows and revisions. Time: kept.
 * State: none. A revision that makes no answer withdraws the one that an earlier revision may have
 * made; so does a withdrawal.
 *
 * <pre>{@code
 * levels.apply(DeriveAnswers.of(Low.class, level -> level.units() < 100 ? new Low(…) : null))
 * }</pre>
 *
 * @param <K> what the answers are about
 * @param <V> what they answer
 * @param <A> what the answers that are made are about
 * @param <B> what these answer
 */
public final class DeriveAnswers<K, V, A, B extends Record>
    extends PTransform<PCollection<Answer<K, V>>, PCollection<Answer<A, B>>> {

  private static final long serialVersionUID = 1L;

  private final @Nullable Class<? extends Record> about;
  private final SerializableFunction<K, A> key;
  private final Class<B> type;
  private final SerializableFunction<V, @Nullable B> value;
  private final @Nullable Duration width;

  private DeriveAnswers(
      @Nullable Class<? extends Record> about,
      SerializableFunction<K, A> key,
      Class<B> type,
      SerializableFunction<V, @Nullable B> value,
      @Nullable Duration width) {
    this.about = about;
    this.key = key;
    this.type = type;
    this.value = value;
    this.width = width;
  }

  /**
   * Answers about the same keys.
   *
   * @param value what is answered; null for no answer
   */
  public static <K, V, B extends Record> DeriveAnswers<K, V, K, B> of(
      Class<B> type, SerializableFunction<V, @Nullable B> value) {
    return new DeriveAnswers<>(null, same -> same, type, value, null);
  }

  /**
   * The same answers about other keys.
   *
   * @param newKey the other key; of one window, at most one answer may be about it
   */
  public <C extends Record> DeriveAnswers<K, V, C, B> about(
      Class<C> newAbout, SerializableFunction<K, C> newKey) {
    return new DeriveAnswers<>(newAbout, newKey, type, value, width);
  }

  /**
   * The same with windows of this width that have the same ends: for answers whose values are about
   * more than the window in which they were brought together.
   */
  public DeriveAnswers<K, V, A, B> reachingBack(Duration newWidth) {
    return new DeriveAnswers<>(about, key, type, value, newWidth);
  }

  @Override
  @SuppressWarnings("unchecked") // without another key, it is that of the answers
  public PCollection<Answer<A, B>> expand(PCollection<Answer<K, V>> answers) {
    if (!(answers.getCoder() instanceof AnswerCoder<?, ?>)) {
      throw new IllegalArgumentException(
          "answers are coded by an AnswerCoder, not by " + answers.getCoder());
    }
    Coder<A> keys =
        about == null
            ? (Coder<A>) ((AnswerCoder<K, V>) answers.getCoder()).keyCoder()
            : (Coder<A>) RecordCoder.of(about);
    return answers
        .apply("Derive", ParDo.of(new DeriveFn<>(key, value, width)))
        .setCoder(AnswerCoder.of(keys, RecordCoder.of(type)));
  }

  private static final class DeriveFn<K, V, A, B> extends DoFn<Answer<K, V>, Answer<A, B>> {

    private static final long serialVersionUID = 1L;

    private final SerializableFunction<K, A> key;
    private final SerializableFunction<V, @Nullable B> value;

    private final @Nullable Duration width;

    DeriveFn(
        SerializableFunction<K, A> key,
        SerializableFunction<V, @Nullable B> value,
        @Nullable Duration width) {
      this.key = key;
      this.value = value;
      this.width = width;
    }

    @ProcessElement
    public void derive(@Element Answer<K, V> of, OutputReceiver<Answer<A, B>> out) {
      B made = of.isWithdrawn() ? null : value.apply(of.value());
      Instant start = width == null ? of.start() : of.end().minus(width);
      if (made != null) {
        out.output(
            new Answer<>(key.apply(of.key()), start, of.end(), of.revision(), of.first(), made));
      } else if (!of.first()) {
        out.output(Answer.withdrawn(key.apply(of.key()), start, of.end(), of.revision()));
      }
    }
  }
}
