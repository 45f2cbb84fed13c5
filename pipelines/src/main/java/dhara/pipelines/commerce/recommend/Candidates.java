package dhara.pipelines.commerce.recommend;

import dhara.events.Event;
import dhara.pipelines.commerce.demand.ProductStock;
import dhara.pipelines.commerce.recommend.Recommendations.Pick;
import dhara.transforms.join.InForce;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The products that may be recommended on an occasion: first those of the tables, then those of
 * them that are in stock, then with their likeness, and last the best.
 *
 * @param id identity of the activity or request
 * @param at when
 * @param user for whom
 * @param occasion what it is
 * @param recent the user's recent products, latest first
 * @param tables the end of the last period that the tables know; null if there are none
 * @param products the products
 */
record Candidates(
    String id,
    Instant at,
    String user,
    Occasion occasion,
    List<String> recent,
    @Nullable Instant tables,
    List<Candidate> products)
    implements Event {

  /** Scores are rounded to nine digits, so that sums in another order would not change a rank. */
  private static final double RAW = 1e9;

  /** What is answered has six digits. */
  private static final double SHOWN = 1e6;

  private static final Comparator<Candidate> TOGETHER =
      Comparator.comparingDouble(Candidate::coOccurrence)
          .reversed()
          .thenComparing(Candidate::product);

  private static final Comparator<Candidate> POPULAR =
      Comparator.comparingDouble(Candidate::popularity)
          .reversed()
          .thenComparing(Candidate::product);

  private static final Comparator<Pick> BEST =
      Comparator.comparingDouble(Pick::score)
          .thenComparingDouble(Pick::popularity)
          .reversed()
          .thenComparing(Pick::product);

  /**
   * The neighbours of the user's recent products, and the most popular products, but none that the
   * user has had lately.
   *
   * @param most how many of each are taken
   */
  static Candidates of(Visited visit, InForce<KnownTable> tables, int most) {
    Optional<KnownTable> shop = tables.get(KnownTable.SHOP);
    List<Candidate> products =
        shop.isEmpty() ? List.of() : products(visit, tables, shop.get(), most);
    return new Candidates(
        visit.id(),
        visit.at(),
        visit.user(),
        visit.occasion(),
        visit.recent(),
        shop.map(KnownTable::at).orElse(null),
        products);
  }

  private static List<Candidate> products(
      Visited visit, InForce<KnownTable> tables, KnownTable shop, int most) {
    Set<String> excluded = new HashSet<>(visit.recent());
    excluded.addAll(visit.bought());
    List<Candidate> together = new ArrayList<>();
    Map<String, Double> scores = coOccurrence(visit.recent(), tables);
    scores.forEach(
        (product, score) -> {
          if (!excluded.contains(product)) {
            double heat = tables.get(product).orElseThrow().heat();
            together.add(new Candidate(product, rounded(score, RAW), 0, popularity(heat, shop)));
          }
        });
    together.sort(TOGETHER);
    List<Candidate> all =
        new ArrayList<>(together.size() > most ? together.subList(0, most) : together);
    Set<String> chosen = new HashSet<>();
    all.forEach(candidate -> chosen.add(candidate.product()));
    List<String> popular =
        shop.hottest().stream().filter(each -> !excluded.contains(each)).limit(most).toList();
    for (String product : popular) {
      // At the arrival of an event in a stream, the table of a product may not have come yet.
      Optional<KnownTable> table =
          chosen.contains(product) ? Optional.empty() : tables.get(product);
      // A popular product may be a neighbour too, but not one of the nearest.
      double score = rounded(scores.getOrDefault(product, 0.0), RAW);
      table.ifPresent(of -> all.add(new Candidate(product, score, 0, popularity(of.heat(), shop))));
    }
    return all;
  }

  /**
   * By product: how often it came together with the recent ones, which count for less the earlier
   * they were. If two products came together {@code n} times, and came {@code a} and {@code b}
   * times at all, that is {@code n / √(a·b)}, the cosine of the sets of those who had them.
   */
  private static Map<String, Double> coOccurrence(List<String> recent, InForce<KnownTable> tables) {
    Map<String, Double> scores = new HashMap<>();
    for (int i = 0; i < recent.size(); i++) {
      KnownTable seed = tables.get(recent.get(i)).orElse(null);
      for (Neighbour each : seed == null ? List.<Neighbour>of() : seed.neighbours()) {
        // A product that is not in force is not popular enough to be recommended.
        KnownTable other = tables.get(each.product()).orElse(null);
        if (other != null) {
          double cosine = each.certain() / Math.sqrt((double) seed.arrivals() * other.arrivals());
          scores.merge(each.product(), cosine * weight(i), Double::sum);
        }
      }
    }
    return scores;
  }

  /** What the i-th of the recent products counts. */
  private static double weight(int i) {
    return 1.0 / (i + 1);
  }

  private static double popularity(double heat, KnownTable shop) {
    return rounded(Heat.share(heat, shop.heat()), RAW);
  }

  /** Those that are in stock; one whose stock is not known is. */
  Candidates inStock(InForce<ProductStock> stock) {
    return with(
        products.stream()
            .filter(each -> stock.get(each.product()).map(of -> of.units() > 0).orElse(true))
            .toList());
  }

  /** With how much they are like the recent products; one that is not in the catalogue is not. */
  Candidates likened(InForce<CatalogueProduct> catalogue) {
    List<Optional<CatalogueProduct>> seeds = recent.stream().map(catalogue::get).toList();
    return with(
        products.stream()
            .map(
                each ->
                    catalogue
                        .get(each.product())
                        .map(of -> each.withContent(rounded(content(of, seeds), RAW)))
                        .orElse(each))
            .toList());
  }

  private static double content(CatalogueProduct of, List<Optional<CatalogueProduct>> seeds) {
    double sum = 0;
    for (int i = 0; i < seeds.size(); i++) {
      sum += seeds.get(i).isEmpty() ? 0 : weight(i) * of.likeness(seeds.get(i).get());
    }
    return sum;
  }

  private Candidates with(List<Candidate> newProducts) {
    return new Candidates(id, at, user, occasion, recent, tables, newProducts);
  }

  /**
   * The best of them by all scores together, and by popularity alone.
   *
   * @param weights those in force
   * @param most how many
   */
  Ranking ranked(EnsembleWeights weights, int most) {
    double together = greatest(Candidate::coOccurrence);
    double content = greatest(Candidate::content);
    double popular = greatest(Candidate::popularity);
    List<Pick> picks =
        products.stream()
            .map(
                each ->
                    new Candidate(
                        each.product(),
                        share(each.coOccurrence(), together),
                        share(each.content(), content),
                        share(each.popularity(), popular)))
            .map(
                each ->
                    new Pick(
                        each.product(),
                        rounded(weights.score(each), SHOWN),
                        each.coOccurrence(),
                        each.content(),
                        each.popularity()))
            .sorted(BEST)
            .limit(most)
            .toList();
    return new Ranking(
        at,
        id,
        user,
        occasion,
        recent.isEmpty(),
        tables,
        weights.version(),
        picks,
        products.stream().sorted(POPULAR).limit(most).map(Candidate::product).toList());
  }

  private double greatest(ToDoubleFunction<Candidate> score) {
    return products.stream().mapToDouble(score).max().orElse(0);
  }

  /** The best candidate has 1, so that scores of different kinds can be weighed. */
  private static double share(double score, double greatest) {
    return greatest > 0 ? rounded(score / greatest, SHOWN) : 0;
  }

  private static double rounded(double score, double unit) {
    return Math.rint(score * unit) / unit;
  }
}
