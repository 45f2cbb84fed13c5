package dhara.transforms.model;

import dhara.transforms.aggregate.Answer;
import dhara.transforms.model.Scored.Fallback;
import dhara.transforms.shards.EarlierOutputFn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Scores the answers of a bundle together, see {@link ScoreAnswers}. Those that it gives at the end
 * of the bundle are not behind the watermark, which waits for the bundle.
 */
final class ScoreFn<K, F, V> extends EarlierOutputFn<Answer<K, F>, Answer<K, V>> {

  private static final long serialVersionUID = 1L;

  private final List<String> features;
  private final Scoring<F, V> scoring;
  private final int most;
  private final long limitMillis;
  private final Counter scores = Metrics.counter("dhara", "model_scores");
  private final Counter failed = Metrics.counter("dhara", "model_failed");
  private final Counter slow = Metrics.counter("dhara", "model_slow");
  private transient List<Waiting<K, F>> waiting;
  private transient float[] row;
  private transient @Nullable ExecutorService beside;

  /**
   * @param most how many answers are scored together
   * @param limitMillis how long an answer waits for its score; 0 for as long as that takes
   */
  ScoreFn(List<String> features, Scoring<F, V> scoring, int most, long limitMillis) {
    this.features = features;
    this.scoring = scoring;
    this.most = most;
    this.limitMillis = limitMillis;
  }

  /** An answer that waits for its score. */
  private static final class Waiting<K, F> {

    private final Answer<K, F> answer;
    private final Instant at;
    private final @Nullable ModelInForce model;
    private @Nullable Scored scored;

    private Waiting(Answer<K, F> answer, Instant at, @Nullable ModelInForce model) {
      this.answer = answer;
      this.at = at;
      this.model = model;
    }
  }

  /** Takes an output with its timestamp. */
  @FunctionalInterface
  private interface Out<T> {
    void output(T element, Instant at);
  }

  @Setup
  public void setUp() {
    row = new float[features.size()];
    LoadedModels.ofProcess().open();
    if (limitMillis > 0) {
      beside =
          Executors.newSingleThreadExecutor(
              work -> {
                Thread thread = new Thread(work, "dhara-model");
                thread.setDaemon(true);
                return thread;
              });
    }
  }

  @StartBundle
  public void startBundle() {
    waiting = new ArrayList<>(); // a bundle that failed may have left something behind
  }

  @ProcessElement
  public void process(ProcessContext context) {
    Answer<K, F> answer = context.element();
    waiting.add(
        new Waiting<>(
            answer,
            context.timestamp(),
            answer.isWithdrawn() ? null : scoring.model(answer.value())));
    if (waiting.size() >= most) {
      flush(context::outputWithTimestamp);
    }
  }

  @FinishBundle
  public void finishBundle(FinishBundleContext context) {
    flush((answer, at) -> context.output(answer, at, GlobalWindow.INSTANCE));
  }

  private void flush(Out<Answer<K, V>> out) {
    List<Waiting<K, F>> batch = waiting;
    waiting = new ArrayList<>();
    if (beside == null) {
      score(batch);
      for (Waiting<K, F> each : batch) {
        out.output(with(each, each.answer.revision(), each.answer.first(), counted(each)), each.at);
      }
      return;
    }
    Future<?> pending = beside.submit(() -> score(batch));
    boolean inTime = isDone(pending);
    for (Waiting<K, F> each : batch) {
      Scored said = inTime || each.model == null ? counted(each) : slow(each.model);
      out.output(with(each, 2 * each.answer.revision(), each.answer.first(), said), each.at);
    }
    if (inTime) {
      return;
    }
    await(pending);
    for (Waiting<K, F> each : batch) {
      if (each.model != null) {
        out.output(with(each, 2 * each.answer.revision() + 1, false, counted(each)), each.at);
      }
    }
  }

  private Answer<K, V> with(
      Waiting<K, F> each, long revision, boolean first, @Nullable Scored said) {
    Answer<K, F> of = each.answer;
    return of.isWithdrawn()
        ? Answer.withdrawn(of.key(), of.start(), of.end(), revision)
        : new Answer<>(
            of.key(), of.start(), of.end(), revision, first, scoring.with(of.value(), said));
  }

  /** What the model says; counted by the thread of the bundle, because metrics are its own. */
  private @Nullable Scored counted(Waiting<K, F> each) {
    if (each.scored != null) {
      (each.scored.fallback() == null ? scores : failed).inc();
    }
    return each.scored;
  }

  private Scored slow(ModelInForce model) {
    slow.inc();
    return new Scored(model.version(), Double.NaN, Fallback.SLOW);
  }

  private void score(List<Waiting<K, F>> batch) {
    Map<ModelInForce, List<Waiting<K, F>>> byModel = new LinkedHashMap<>();
    for (Waiting<K, F> each : batch) {
      if (each.model != null) {
        byModel.computeIfAbsent(each.model, of -> new ArrayList<>()).add(each);
      }
    }
    byModel.forEach(this::score);
  }

  private void score(ModelInForce of, List<Waiting<K, F>> batch) {
    LoadedModel model = LoadedModels.ofProcess().take(of, features);
    boolean usable = false;
    try {
      for (Waiting<K, F> each : batch) {
        scoring.row(each.answer.value(), row);
        model.add(row);
      }
      double[] probabilities = model.score();
      for (int n = 0; n < batch.size(); n++) {
        double probability = probabilities[n];
        batch.get(n).scored =
            new Scored(
                of.version(), probability, Double.isNaN(probability) ? Fallback.FAILED : null);
      }
      usable = true;
    } finally {
      if (usable) {
        LoadedModels.ofProcess().giveBack(model);
      } else {
        model.close();
      }
    }
  }

  private boolean isDone(Future<?> pending) {
    try {
      Object unused = pending.get(limitMillis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static void await(Future<?> pending) {
    try {
      Object unused = pending.get();
    } catch (ExecutionException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static RuntimeException failure(ExecutionException e) {
    return new IllegalStateException("the model in force cannot be used now", e.getCause());
  }

  private static RuntimeException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while it waited for scores", e);
  }

  @Teardown
  public void close() {
    if (beside != null) {
      beside.shutdownNow();
    }
    LoadedModels.ofProcess().release();
  }
}
