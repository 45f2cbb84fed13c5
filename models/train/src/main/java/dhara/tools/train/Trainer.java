package dhara.tools.train;

import dhara.options.BadOption;
import java.util.Map;

/** Learns a model from examples. The same examples and options give the same bytes. */
interface Trainer {

  /**
   * Learns.
   *
   * @param examples of both labels
   */
  TrainedModel learn(Examples examples);

  /** Its options, for the card of a model. */
  Map<String, Object> parameters();

  /**
   * The trainer that the user asked for.
   *
   * @throws BadOption if an option is for another kind
   */
  static Trainer of(TrainOptions options) {
    Integer rounds = options.getRounds();
    return switch (options.getKind()) {
      case trees -> {
        if (options.getDepth() > TreeTrainer.DEEPEST) {
          throw new BadOption(
              "--depth",
              options.getDepth(),
              "is above " + TreeTrainer.DEEPEST + ", e.g. --depth=4");
        }
        yield new TreeTrainer(
            rounds == null ? TreeTrainer.ROUNDS : rounds,
            options.getDepth(),
            options.getLearningRate(),
            options.getSeed());
      }
      case linear ->
          new LinearTrainer(rounds == null ? LinearTrainer.ROUNDS : rounds, options.getSeed());
    };
  }
}
