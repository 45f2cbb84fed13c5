package dhara.tools.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * How many of the cards that investigators look into on a day were compromised, as the
 * <em>Reproducible Machine Learning for Credit Card Fraud Detection, Practical Handbook</em> (Le
 * Borgne, Siblini, Lebichot, Bontempi, 2022) defines card precision top-k: each day the k cards
 * with the highest scores are looked into, the share of compromised ones among these k is averaged
 * over the days, and a card that was found compromised is not looked at on later days.
 *
 * @param mean the mean over the days, from 0 to 1
 * @param best the greatest that is possible, because on most days fewer than k cards are
 *     compromised
 */
record CardPrecision(double mean, double best) {

  /** A card on a day. */
  private static final class Card {
    private final String name;
    private double score = Double.NEGATIVE_INFINITY;
    private boolean compromised;

    private Card(String name) {
      this.name = name;
    }

    private double score() {
      return score;
    }

    /** Equal scores are in an order that has nothing to do with the names. */
    private long tie() {
      return new SplittableRandom(name.hashCode()).nextLong();
    }
  }

  /**
   * Computes it.
   *
   * @param k how many cards are looked into on a day
   */
  static CardPrecision of(Examples examples, double[] scores, int k) {
    double[] ideal = new double[scores.length];
    for (int n = 0; n < ideal.length; n++) {
      ideal[n] = examples.labels()[n] ? 1 : 0;
    }
    return new CardPrecision(mean(examples, scores, k), mean(examples, ideal, k));
  }

  private static double mean(Examples examples, double[] scores, int k) {
    Set<String> detected = new HashSet<>();
    List<List<Card>> days = days(examples, scores);
    double sum = 0;
    for (List<Card> day : days) {
      List<String> hits =
          day.stream()
              .filter(card -> !detected.contains(card.name))
              .sorted(Comparator.comparingDouble(Card::score).reversed().thenComparing(Card::tie))
              .limit(k)
              .filter(card -> card.compromised)
              .map(card -> card.name)
              .toList();
      detected.addAll(hits);
      sum += (double) hits.size() / k;
    }
    return sum / days.size();
  }

  private static List<List<Card>> days(Examples examples, double[] scores) {
    Map<Long, Map<String, Card>> days = new TreeMap<>();
    for (int n = 0; n < scores.length; n++) {
      Card card =
          days.computeIfAbsent(examples.days()[n], day -> new HashMap<>())
              .computeIfAbsent(examples.groups()[n], Card::new);
      card.score = Math.max(card.score, scores[n]);
      card.compromised |= examples.labels()[n];
    }
    return days.values().stream().<List<Card>>map(day -> new ArrayList<>(day.values())).toList();
  }
}
