package dhara.pipelines.media.learning;

import dhara.statistics.Digits;
import dhara.transforms.learn.Ftrl;
import dhara.transforms.learn.OnlineRegression;
import dhara.transforms.learn.Validation;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Learns from examples in the order in which they became known, and reports at the end of each hour
 * in which there were some.
 *
 * <p>Data: examples → a {@link Report} per hour. Time: a report has the time of the end of the
 * hour. State: the model, 16 bytes per feature, and the validation of the hour, 8 kB; for 90 days
 * after the last example. It is read and written once for all examples that settle together.
 *
 * @param rule how it learns
 * @param buckets how many features there are
 * @param every how long an hour is
 */
record Learner(Ftrl rule, int buckets, Duration every)
    implements Fold<Example, Learner.State, Learner.Report> {

  /** A model without examples for longer than this is forgotten. */
  static final Duration KEPT = Duration.ofDays(90);

  /**
   * What is remembered. The model and the validation are modified.
   *
   * @param examples how many the model has learned from
   * @param segment whose model it is; empty before the first example
   * @param hour the beginning of the hour; null if it has no example yet
   */
  record State(
      OnlineRegression model,
      Validation validation,
      long examples,
      String segment,
      @Nullable Instant hour) {}

  /** What is known at the end of an hour. */
  record Report(
      String segment, Instant start, Instant end, ClickProgress progress, LearnedWeights weights) {}

  @Override
  public State initial() {
    return new State(OnlineRegression.of(buckets), Validation.none(), 0, "", null);
  }

  @Override
  public State apply(State state, Example example, Consumer<Report> out) {
    double logOdds = state.model.learn(rule, example.features(), example.clicked());
    state.validation.add(logOdds, example.clicked());
    return new State(
        state.model, state.validation, state.examples + 1, example.segment(), hour(example.at()));
  }

  private Instant hour(Instant at) {
    long millis = at.toEpochMilli();
    return Instant.ofEpochMilli(millis - Math.floorMod(millis, every.toMillis()));
  }

  @Override
  public @Nullable Instant wakeAt(State state) {
    return state.hour == null ? null : state.hour.plus(every);
  }

  @Override
  public State wake(State state, Instant at, Consumer<Report> out) {
    out.accept(
        new Report(state.segment, state.hour, at, progress(state.validation), weights(state)));
    return new State(state.model, Validation.none(), state.examples, state.segment, null);
  }

  private static ClickProgress progress(Validation of) {
    long examples = of.examples();
    long clicks = of.positives();
    double rate = (double) clicks / examples;
    return new ClickProgress(
        examples,
        clicks,
        Digits.six(of.logLoss()),
        clicks == 0 || clicks == examples ? null : (Double) Digits.six(of.auc()),
        Digits.six(of.meanProbability()),
        Digits.six(rate),
        clicks == 0 ? null : (Double) Digits.six(of.meanProbability() / rate));
  }

  private LearnedWeights weights(State state) {
    List<String> features = new ArrayList<>();
    List<Double> weights = new ArrayList<>();
    state.model.weights(
        rule,
        (name, weight) -> {
          features.add(name);
          weights.add(weight);
        });
    return new LearnedWeights(state.examples, features, state.model.bias(rule), weights);
  }

  @Override
  public Duration keep() {
    return KEPT.plus(every);
  }
}
