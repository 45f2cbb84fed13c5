package dhara.tools.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.options.BadOption;
import dhara.pipelines.Training;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A model that was learned from the earlier part of a history, and judged on the later one.
 *
 * @param name of the analysis
 * @param split of the history in time
 * @param rows of the history
 * @param learned what the model was learned from
 * @param held what it was judged on
 * @param model with the features that rules compute
 * @param qualities on the held examples: of the rules, of a model that does not know the rules, and
 *     of {@code model}; only the last if the analysis has no rules
 */
record Trained(
    String name,
    TimeSplit split,
    int rows,
    Examples learned,
    Examples held,
    TrainedModel model,
    List<ScoreQuality> qualities) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** With fewer, neither learning nor judging makes sense. */
  private static final int LEAST_ROWS = 100;

  private static final int LEAST_OF_A_KIND = 5;

  Trained {
    qualities = List.copyOf(qualities);
  }

  /**
   * Learns and judges.
   *
   * @param until the end of the history; null for after its last row and label
   * @throws BadOption if there are too few rows, or labels of one kind only
   */
  static Trained of(
      String name,
      History history,
      Training<?> training,
      @Nullable Instant until,
      TrainOptions options) {
    TimeSplit split =
        TimeSplit.of(
            history.first(),
            history.end(until),
            options.getLabelDelay() == null ? training.delay() : options.getLabelDelay(),
            options.getSplit());
    Examples learned =
        enough(
            "learn from",
            history.examples(split.first(), split.learnedUntil(), split.heldFrom()),
            split);
    Examples held =
        enough(
            "judge on", history.examples(split.heldFrom(), split.heldUntil(), split.end()), split);
    Trainer trainer = Trainer.of(options);
    TrainedModel model = trainer.learn(learned);
    int cards = options.getCards();
    List<ScoreQuality> qualities = new ArrayList<>();
    if (training.rules().isEmpty()) {
      qualities.add(ScoreQuality.of("model", held, model.scores(held), cards));
    } else {
      var rules = new LinkedHashSet<>(training.rules());
      Examples alone = held.without(rules);
      TrainedModel without = trainer.learn(learned.without(rules));
      double[] ofRules = held.column(training.rules().get(0));
      qualities.add(ScoreQuality.of("rules", held, ofRules, cards));
      qualities.add(ScoreQuality.of("model", alone, without.scores(alone), cards));
      qualities.add(ScoreQuality.of("rules and model", held, model.scores(held), cards));
    }
    return new Trained(name, split, history.size(), learned, held, model, qualities);
  }

  private static Examples enough(String what, Examples examples, TimeSplit split) {
    int positives = examples.positives();
    int negatives = examples.size() - positives;
    if (examples.size() < LEAST_ROWS) {
      throw new BadOption(
          "--events",
          null,
          "there are %,d rows to %s, and %d are the least (%s)"
              .formatted(examples.size(), what, LEAST_ROWS, split));
    } else if (positives < LEAST_OF_A_KIND || negatives < LEAST_OF_A_KIND) {
      throw new BadOption(
          "--events",
          null,
          "of the %,d rows to %s, %,d are positive and %,d are not, and %d of each are the least (%s)"
              .formatted(examples.size(), what, positives, negatives, LEAST_OF_A_KIND, split));
    }
    return examples;
  }

  /**
   * The score of each row that the model was judged on, and its label, as JSON lines: a stream or a
   * backfill in which the model is in force gives the row the same score.
   */
  byte[] scores() throws IOException {
    double[] scores = model.scores(held);
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (int n = 0; n < scores.length; n++) {
      ObjectNode line = JSON.createObjectNode();
      line.put("id", held.ids()[n]);
      line.put("label", held.labels()[n] ? 1 : 0);
      line.put("score", scores[n]);
      lines.write(JSON.writeValueAsBytes(line));
      lines.write('\n');
    }
    return lines.toByteArray();
  }

  /** How many rows were neither learned from nor judged on, because their labels may be missing. */
  int leftOut() {
    return rows - learned.size() - held.size();
  }

  /** The features, those that contribute most first. */
  List<String> byGain() {
    List<String> features = new ArrayList<>(learned.features());
    features.sort(
        Comparator.comparingDouble((String feature) -> model.gains().get(feature)).reversed());
    return features;
  }
}
