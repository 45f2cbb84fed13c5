package dhara.pipelines.commerce.recommend;

import dhara.events.Event;
import java.time.Instant;

/**
 * How much each score counts, from a time on. Only their proportions matter.
 *
 * @param id identity of the record
 * @param at from when on they hold
 * @param version their name, which is in each answer that they made
 * @param coOccurrence for what others had who had the user's products
 * @param content for what is like the user's products
 * @param popularity for what is popular
 */
public record EnsembleWeights(
    String id, Instant at, String version, double coOccurrence, double content, double popularity)
    implements Event {

  private static final double MOST = 1_000_000;

  /**
   * Those in force before any are given. A score is a share of the greatest, however little is
   * known, so what came together by chance counts as much as what often does. Popularity therefore
   * has the most weight: on two months of a real shop's purchases these weights were as good as
   * popularity alone, and on made-up visits, where what users had together says more, almost as
   * good as that alone.
   */
  static final EnsembleWeights DEFAULT =
      new EnsembleWeights("", Instant.EPOCH, "default", 0.3, 0.1, 0.6);

  public EnsembleWeights {
    check("coOccurrence", coOccurrence);
    check("content", content);
    check("popularity", popularity);
    if (coOccurrence + content + popularity < 1 / MOST) {
      throw new IllegalArgumentException("no weight is above zero");
    }
  }

  private static void check(String name, double weight) {
    if (!(weight >= 0 && weight <= MOST)) {
      throw new IllegalArgumentException(name + " is not from 0 to a million: " + weight);
    }
  }

  /** The score of a product, from 0 to 1. */
  double score(Candidate of) {
    return (coOccurrence * of.coOccurrence()
            + content * of.content()
            + popularity * of.popularity())
        / (coOccurrence + content + popularity);
  }
}
