package dhara.transforms.model;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.windows.InGlobalWindow;
import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Scores the value of each answer by the model that is in force for it.
 *
 * <p>Data: answers → the same answers with what the model says; a withdrawn one is passed on. Time:
 * kept. State: none. The rows of a bundle are scored together, up to 256 of them, and none waits
 * longer than its bundle. Bad data: a row on which the model fails is answered with {@link
 * Scored.Fallback#FAILED}, in every run, because a row has the same score in any batch. A model
 * that cannot be read fails the bundle, which the engine tries again: {@link ModelGate} has read
 * it, so it is the store that fails, and a settled answer must not depend on that.
 *
 * <p><b>A limit of time.</b> How long a model takes differs from run to run, so it may decide when
 * an answer comes, but not what it settles to. With {@link #answeringWithin}, a stream waits so
 * long for the scores of a batch, and for reading the model, and then answers with {@link
 * Scored.Fallback#SLOW}. When the scores are there, each of these answers is replaced. An answer of
 * revision <em>r</em> becomes revision 2<em>r</em> and, if it is replaced, 2<em>r</em> + 1.
 * Refusing slow models instead would make the settled answers depend on the load of a machine.
 *
 * <pre>
 *   answers ─▶ rows of a bundle ─▶ by model ─▶ scores ─▶ answers, in their order
 * </pre>
 *
 * @param <K> what the answers are about
 * @param <F> the values that are scored
 * @param <V> the values with what the model says
 */
public final class ScoreAnswers<K, F, V extends Record>
    extends PTransform<PCollection<Answer<K, F>>, PCollection<Answer<K, V>>> {

  private static final long serialVersionUID = 1L;

  private final Class<V> type;
  private final List<String> features;
  private final Scoring<F, V> scoring;
  private final boolean atOnce;
  private final @Nullable Duration limit;

  private ScoreAnswers(
      Class<V> type,
      List<String> features,
      Scoring<F, V> scoring,
      boolean atOnce,
      @Nullable Duration limit) {
    this.type = type;
    this.features = features;
    this.scoring = scoring;
    this.atOnce = atOnce;
    this.limit = limit;
  }

  /**
   * Scores values.
   *
   * @param type the values that come out
   * @param features the names of a row's features, in their order
   */
  public static <K, F, V extends Record> ScoreAnswers<K, F, V> of(
      Class<V> type, List<String> features, Scoring<F, V> scoring) {
    return new ScoreAnswers<>(type, List.copyOf(features), scoring, false, null);
  }

  /**
   * In a stream, scores each answer when it comes and not with those of its bundle.
   *
   * @param wanted false to score those of a bundle together
   */
  public ScoreAnswers<K, F, V> atOnce(boolean wanted) {
    return new ScoreAnswers<>(type, features, scoring, wanted, limit);
  }

  /**
   * In a stream, answers without the model if it takes longer, and again with it.
   *
   * @param newLimit at least a millisecond; null for no limit
   */
  public ScoreAnswers<K, F, V> answeringWithin(@Nullable Duration newLimit) {
    if (newLimit != null && newLimit.toMillis() < 1) {
      throw new IllegalArgumentException("a limit is at least a millisecond, not " + newLimit);
    }
    return new ScoreAnswers<>(type, features, scoring, atOnce, newLimit);
  }

  @Override
  @SuppressWarnings("unchecked") // the coder of answers has their types
  public PCollection<Answer<K, V>> expand(PCollection<Answer<K, F>> answers) {
    InGlobalWindow.check("ScoreAnswers", answers);
    if (!(answers.getCoder() instanceof AnswerCoder<?, ?>)) {
      throw new IllegalArgumentException(
          "answers are coded by an AnswerCoder, not by " + answers.getCoder());
    }
    boolean stream = answers.isBounded() == IsBounded.UNBOUNDED;
    return answers
        .apply(
            "Score",
            ParDo.of(
                new ScoreFn<K, F, V>(
                    features,
                    scoring,
                    stream && atOnce ? 1 : LoadedModel.MOST_ROWS,
                    stream && limit != null ? limit.toMillis() : 0)))
        .setCoder(
            AnswerCoder.of(
                ((AnswerCoder<K, F>) answers.getCoder()).keyCoder(), RecordCoder.of(type)));
  }
}
