package dhara.tools.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.statistics.RankedScores;
import dhara.transforms.model.ModelRelease;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is told of a model: figures for the console, and a card beside it for people and programs.
 */
final class ModelCard {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Trained trained;
  private final ModelRelease release;
  private final Map<String, Object> parameters;
  private final int cards;
  private final Examples tried;
  private final double averagePrecision;

  /**
   * @param parameters of the trainer
   * @param cards how many cards are looked into on a day
   * @param tried the examples of the held set
   */
  ModelCard(
      Trained trained,
      ModelRelease release,
      Map<String, Object> parameters,
      int cards,
      Examples tried) {
    this.trained = trained;
    this.release = release;
    this.parameters = parameters;
    this.cards = cards;
    this.tried = tried;
    this.averagePrecision =
        RankedScores.averagePrecision(trained.model().scores(tried), tried.labels());
  }

  /** The card for people, in Markdown. */
  String markdown() {
    try (Formatter card = new Formatter(Locale.ROOT)) {
      card.format("# %s\n\n", release.id());
      lines().forEach(text -> card.format("- %s\n", text));
      card.format(
          """

          | on the later rows | ROC AUC | average precision | card precision@%d | Brier |
          | --- | --: | --: | --: | --: |
          """,
          cards);
      for (ScoreQuality quality : trained.qualities()) {
        card.format(
            "| %s | %.4f | %.4f | %.4f | %.5f |\n",
            quality.of(),
            quality.rocAuc(),
            quality.averagePrecision(),
            quality.cards().mean(),
            quality.reliability().brier());
      }
      card.format(
          "\nThe best card precision that is possible is %.4f.\n\n", released().cards().best());
      card.format(
          "| score of %s | rows | mean score | positive |\n| --- | --: | --: | --: |\n",
          released().of());
      List<Reliability.Tenth> tenths = released().reliability().tenths();
      for (int n = 0; n < tenths.size(); n++) {
        Reliability.Tenth tenth = tenths.get(n);
        card.format(
            "| from %.1f | %d | %s | %s |\n",
            n / 10.0, tenth.rows(), share(tenth.meanScore()), share(tenth.share()));
      }
      card.format("\n| feature | gain |\n| --- | --: |\n");
      for (String feature : trained.byGain()) {
        card.format("| `%s` | %.4g |\n", feature, trained.model().gains().get(feature));
      }
      return card.toString();
    }
  }

  private static String share(double share) {
    return Double.isNaN(share) ? "" : String.format(Locale.ROOT, "%.4f", share);
  }

  private ScoreQuality released() {
    return trained.qualities().get(trained.qualities().size() - 1);
  }

  private List<String> lines() {
    TimeSplit split = trained.split();
    List<String> lines = new ArrayList<>();
    lines.add(
        range("learned from", trained.learned())
            + ", from %s until %s".formatted(split.first(), split.learnedUntil()));
    lines.add(
        range("judged on", trained.held())
            + ", from %s until %s".formatted(split.heldFrom(), split.heldUntil()));
    lines.add("left out, because labels may still come: %d rows".formatted(trained.leftOut()));
    lines.add(range("held set", tried) + averagePrecision());
    lines.add("parameters: " + parameters);
    return lines;
  }

  private String averagePrecision() {
    return String.format(Locale.ROOT, ", average precision %.4f", averagePrecision);
  }

  private static String range(String what, Examples examples) {
    return "%s: %d rows, %d positive".formatted(what, examples.size(), examples.positives());
  }

  /** The card for programs. */
  byte[] json() {
    TimeSplit split = trained.split();
    ObjectNode card = JSON.createObjectNode();
    card.put("id", release.id());
    card.put("model", release.model());
    card.put("version", release.version());
    card.put("sha256", release.sha256());
    ObjectNode data = card.putObject("data");
    data.put("first", split.first().toString());
    data.put("end", split.end().toString());
    data.put("rows", trained.rows());
    range(data.putObject("learned"), trained.learned())
        .put("until", split.learnedUntil().toString());
    range(data.putObject("judged"), trained.held())
        .put("from", split.heldFrom().toString())
        .put("until", split.heldUntil().toString());
    range(data.putObject("held_set"), tried).put("average_precision", averagePrecision);
    card.set("parameters", JSON.valueToTree(parameters));
    ArrayNode features = card.putArray("features");
    for (String feature : trained.byGain()) {
      features.addObject().put("name", feature).put("gain", trained.model().gains().get(feature));
    }
    ObjectNode figures = card.putObject("figures");
    figures.put("cards", cards);
    trained.qualities().forEach(quality -> put(figures.putObject(quality.of()), quality));
    return TrainedModel.utf8(card.toPrettyString() + "\n");
  }

  private static ObjectNode range(ObjectNode node, Examples examples) {
    return node.put("rows", examples.size()).put("positives", examples.positives());
  }

  private static void put(ObjectNode node, ScoreQuality quality) {
    node.put("roc_auc", quality.rocAuc());
    node.put("average_precision", quality.averagePrecision());
    node.put("card_precision", quality.cards().mean());
    node.put("best_card_precision", quality.cards().best());
    node.put("brier", quality.reliability().brier());
    ArrayNode tenths = node.putArray("reliability");
    for (Reliability.Tenth tenth : quality.reliability().tenths()) {
      ObjectNode each = tenths.addObject().put("rows", tenth.rows());
      if (tenth.rows() > 0) {
        each.put("mean_score", tenth.meanScore()).put("positive", tenth.share());
      }
    }
  }
}
