package dhara.parity.commerce;

import com.fasterxml.jackson.databind.node.TextNode;
import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.demand.ProductStock;
import dhara.pipelines.commerce.recommend.CatalogueProduct;
import dhara.pipelines.commerce.recommend.EnsembleWeights;
import dhara.pipelines.commerce.recommend.RecommendationRequest;
import dhara.pipelines.commerce.recommend.Recommendations;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Goes through all activities in order, keeps the tables of each period, and searches everything
 * else. It never forgets a product, which the analysis does after 90 days.
 */
@AutoService(Oracle.class)
public final class RecommendationsOracle implements Oracle {

  private static final Map<String, Integer> POINTS =
      Map.of("PRODUCT_VIEW", 1, "WISHLIST", 2, "ADD_TO_CART", 5, "PURCHASE", 10);

  private static final Set<String> AFTER = Set.of("PRODUCT_VIEW", "ADD_TO_CART", "PURCHASE");

  @Override
  public String analysis() {
    return "recommendations";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of(
            "--recommendAfter=ADD_TO_CART,WISHLIST",
            "--picks=3",
            "--recentProducts=4",
            "--recentFor=PT2H",
            "--notBoughtFor=PT6H",
            "--neighbours=3",
            "--tableProducts=20",
            "--tableEvery=PT30M",
            "--popularityHalfLife=PT5H",
            "--candidates=5",
            "--hitWithin=PT3H",
            "--timeZone=Asia/Kolkata"));
  }

  @Override
  public long testEvents() {
    return 600;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    return new Replay(inputs, given.as(Recommendations.Options.class)).rows();
  }

  /** Something that happened. */
  private record Happening(
      String user, String occasion, String id, Instant at, @Nullable String product) {

    static Happening of(Activity activity) {
      return new Happening(
          activity.user(),
          activity.kind().name(),
          activity.id(),
          activity.at(),
          activity.product());
    }

    static Happening of(RecommendationRequest request) {
      return new Happening(request.user(), "REQUEST", request.id(), request.at(), null);
    }

    boolean isRequest() {
      return occasion.equals("REQUEST");
    }
  }

  /** A neighbour in a table. */
  private record Near(String product, long count, long over, Instant last) {}

  /** A product until now. */
  private static final class Known {
    private final List<Happening> touches = new ArrayList<>();
    private final Map<String, Near> near = new LinkedHashMap<>();
    private long arrivals;
    private boolean touched;
  }

  /** A product at the end of a period. */
  private record Frozen(double heat, long arrivals, List<Near> near) {}

  /** All products in force after a period, most popular first. */
  private record Tables(Instant end, LinkedHashMap<String, Frozen> products) {}

  private record Scored(String product, double together, double content, double popularity) {}

  /** What was recommended, with what decides whether it was right. */
  private record Given(Happening asked, boolean cold, List<String> picks, List<String> popular) {}

  /** All events in order. */
  private static final class Replay {

    private final Recommendations.Options options;
    private final Set<String> after;
    private final List<Happening> all = new ArrayList<>();
    private final Map<String, List<Happening>> byUser;
    private final Map<String, List<ProductStock>> stock;
    private final Map<String, List<CatalogueProduct>> catalogue;
    private final List<EnsembleWeights> weights;
    private final Map<String, Known> products = new TreeMap<>();
    private final List<Tables> versions = new ArrayList<>();
    private final List<Given> given = new ArrayList<>();
    private final List<String> recommended = new ArrayList<>();

    Replay(Inputs inputs, Recommendations.Options options) {
      this.options = options;
      this.stock =
          inputs.of("stock", ProductStock.class).stream()
              .collect(Collectors.groupingBy(ProductStock::product));
      this.catalogue =
          inputs.of("catalogue", CatalogueProduct.class).stream()
              .collect(Collectors.groupingBy(CatalogueProduct::product));
      this.weights = inputs.of("weights", EnsembleWeights.class);
      this.after =
          options.getRecommendAfter() == null ? AFTER : Set.copyOf(options.getRecommendAfter());
      inputs.of("activities", Activity.class).stream()
          .map(Happening::of)
          .filter(each -> POINTS.containsKey(each.occasion) && each.product != null)
          .forEach(all::add);
      inputs.of("requests", RecommendationRequest.class).stream()
          .map(Happening::of)
          .forEach(all::add);
      all.sort(
          Comparator.comparing(Happening::at)
              .thenComparing(Happening::isRequest)
              .thenComparing(Happening::id));
      byUser = all.stream().collect(Collectors.groupingBy(Happening::user));
    }

    Map<String, List<String>> rows() {
      Map<String, List<Happening>> untilNow = new HashMap<>();
      Instant end = Instant.MIN; // of the period in which something was touched last
      for (Happening now : all) {
        if (!now.at.isBefore(end) && products.values().stream().anyMatch(each -> each.touched)) {
          freeze(end);
        }
        List<Happening> until = untilNow.computeIfAbsent(now.user, user -> new ArrayList<>());
        if (!now.isRequest()) {
          touch(now, recent(now, until));
          long length = options.getTableEvery().toMillis();
          end = Instant.ofEpochMilli((now.at.toEpochMilli() / length + 1) * length);
        }
        until.add(now);
        if (now.isRequest() || after.contains(now.occasion)) {
          recommend(now, until);
        }
      }
      return Map.of("recommendations", recommended, "hits", hits());
    }

    /**
     * The last products of the user, latest first.
     *
     * @param until what the user did before
     */
    private List<String> recent(Happening now, List<Happening> until) {
      List<String> latest = had(now, until, options.getRecentFor(), each -> true);
      return latest.subList(0, Math.min(latest.size(), options.getRecentProducts()));
    }

    private static List<String> had(
        Happening now, List<Happening> until, Duration within, Predicate<Happening> which) {
      List<String> latest = new ArrayList<>();
      for (int i = until.size() - 1; i >= 0; i--) {
        Happening each = until.get(i);
        if (!each.isRequest()
            && which.test(each)
            && !each.at.isBefore(now.at.minus(within))
            && !latest.contains(each.product)) {
          latest.add(each.product);
        }
      }
      return latest;
    }

    private void touch(Happening now, List<String> before) {
      Known known = known(now.product);
      known.touches.add(now);
      if (!before.contains(now.product)) {
        known.arrivals++;
        // The new product is the last of the recent ones, so the earliest may have gone.
        List<String> with =
            before.subList(0, Math.min(before.size(), options.getRecentProducts() - 1));
        for (String other : with) {
          meet(known, other, now.at);
          meet(known(other), now.product, now.at);
        }
      }
    }

    private Known known(String product) {
      Known known = products.computeIfAbsent(product, p -> new Known());
      known.touched = true;
      return known;
    }

    private void meet(Known known, String other, Instant at) {
      Near near = known.near.get(other);
      if (near != null) {
        known.near.put(other, new Near(other, near.count + 1, near.over, at));
      } else if (known.near.size() < options.getNeighbours()) {
        known.near.put(other, new Near(other, 1, 0, at));
      } else {
        List<Near> sorted = new ArrayList<>(known.near.values());
        sorted.sort(
            Comparator.comparing(Near::count)
                .thenComparing(Near::last)
                .thenComparing(Near::product));
        Near weakest = sorted.get(0);
        known.near.remove(weakest.product);
        known.near.put(other, new Near(other, weakest.count + 1, weakest.count, at));
      }
    }

    private void freeze(Instant end) {
      Map<String, Frozen> frozen =
          new HashMap<>(versions.isEmpty() ? Map.of() : versions.get(versions.size() - 1).products);
      products.forEach(
          (product, known) -> {
            if (known.touched) {
              known.touched = false;
              frozen.put(
                  product,
                  new Frozen(
                      heat(known.touches, end), known.arrivals, List.copyOf(known.near.values())));
            }
          });
      LinkedHashMap<String, Frozen> top = new LinkedHashMap<>();
      new TreeSet<>(frozen.keySet())
          .stream()
              .sorted(Comparator.comparing((String each) -> -frozen.get(each).heat))
              .limit(options.getTableProducts())
              .forEach(each -> top.put(each, frozen.get(each)));
      versions.add(new Tables(end, top));
    }

    /** The points that are left at the end of a period, and then as if they decayed since 1970. */
    private double heat(List<Happening> touches, Instant end) {
      double halfLife = options.getPopularityHalfLife().toMillis();
      double left = 0;
      for (Happening touch : touches) {
        left +=
            POINTS.get(touch.occasion)
                * Math.exp(-Math.log(2) * Duration.between(touch.at, end).toMillis() / halfLife);
      }
      double log = Math.log(left) / Math.log(2) + end.toEpochMilli() / halfLife;
      return Math.rint(log * 1_048_576) / 1_048_576;
    }

    private void recommend(Happening asked, List<Happening> until) {
      List<String> recent = recent(asked, until);
      Tables tables = null;
      for (Tables each : versions) {
        if (each.end.isBefore(asked.at)) {
          tables = each;
        }
      }
      List<Scored> scored = tables == null ? List.of() : scored(asked, recent, until, tables);
      EnsembleWeights weights = last(this.weights, asked.at);
      double[] greatest = new double[3];
      for (Scored each : scored) {
        greatest[0] = Math.max(greatest[0], each.together);
        greatest[1] = Math.max(greatest[1], each.content);
        greatest[2] = Math.max(greatest[2], each.popularity);
      }
      Map<Scored, String> json = new HashMap<>();
      Map<Scored, Double> scores = new HashMap<>();
      for (Scored each : scored) {
        double together = greatest[0] == 0 ? 0 : six(each.together / greatest[0]);
        double content = greatest[1] == 0 ? 0 : six(each.content / greatest[1]);
        double popularity = greatest[2] == 0 ? 0 : six(each.popularity / greatest[2]);
        double[] w =
            weights == null
                ? new double[] {0.3, 0.1, 0.6}
                : new double[] {weights.coOccurrence(), weights.content(), weights.popularity()};
        double score =
            six((w[0] * together + w[1] * content + w[2] * popularity) / (w[0] + w[1] + w[2]));
        scores.put(each, score);
        json.put(
            each,
            """
            {"product":%s,"score":%s,"co_occurrence":%s,"content":%s,"popularity":%s}\
            """
                .formatted(text(each.product), score, together, content, popularity));
      }
      List<Scored> picks =
          scored.stream()
              .sorted(
                  Comparator.comparing((Scored each) -> -scores.get(each))
                      .thenComparing(each -> -six(each.popularity / greatest[2]))
                      .thenComparing(Scored::product))
              .limit(options.getPicks())
              .toList();
      recommended.add(
          "{\"user\":%s,\"occasion\":\"%s\",\"id\":%s,%s,\"cold\":%s,\"tables\":%s,\"weights\":%s,\"picks\":[%s]}"
              .formatted(
                  text(asked.user),
                  asked.occasion,
                  text(asked.id),
                  new Box<>("", asked.at, asked.at.plusMillis(1)).window(),
                  recent.isEmpty(),
                  tables == null ? "null" : "\"" + Box.text(tables.end) + "\"",
                  text(weights == null ? "default" : weights.version()),
                  picks.stream().map(json::get).collect(Collectors.joining(","))));
      given.add(
          new Given(
              asked,
              recent.isEmpty(),
              picks.stream().map(Scored::product).toList(),
              scored.stream()
                  .sorted(
                      Comparator.comparing((Scored each) -> -each.popularity)
                          .thenComparing(Scored::product))
                  .limit(options.getPicks())
                  .map(Scored::product)
                  .toList()));
    }

    private List<Scored> scored(
        Happening asked, List<String> recent, List<Happening> until, Tables tables) {
      List<String> bought =
          had(asked, until, options.getNotBoughtFor(), each -> each.occasion.equals("PURCHASE"))
              .stream()
              .limit(200)
              .toList();
      double hottest = tables.products.values().iterator().next().heat;
      Map<String, Double> together = new TreeMap<>();
      for (int i = 0; i < recent.size(); i++) {
        Frozen seed = tables.products.get(recent.get(i));
        for (Near each : seed == null ? List.<Near>of() : seed.near) {
          Frozen other = tables.products.get(each.product);
          if (other != null && !recent.contains(each.product) && !bought.contains(each.product)) {
            double of = Math.sqrt((double) seed.arrivals * other.arrivals);
            together.merge(
                each.product, (each.count - each.over) / of * (1.0 / (i + 1)), Double::sum);
          }
        }
      }
      List<String> chosen =
          together.keySet().stream()
              .sorted(Comparator.comparing((String each) -> -nine(together.get(each))))
              .limit(options.getCandidates())
              .collect(Collectors.toList());
      tables.products.keySet().stream()
          .limit(2L * options.getCandidates())
          .filter(each -> !recent.contains(each) && !bought.contains(each))
          .limit(options.getCandidates())
          .filter(each -> !chosen.contains(each))
          .toList()
          .forEach(chosen::add);
      List<Scored> scored = new ArrayList<>();
      for (String product : chosen) {
        ProductStock units = last(stock.getOrDefault(product, List.of()), asked.at);
        if (units == null || units.units() > 0) {
          scored.add(
              new Scored(
                  product,
                  nine(together.getOrDefault(product, 0.0)),
                  nine(content(product, recent, asked.at)),
                  nine(Math.pow(2, tables.products.get(product).heat - hottest))));
        }
      }
      return scored;
    }

    private double content(String product, List<String> recent, Instant at) {
      double sum = 0;
      CatalogueProduct of = entry(product, at);
      for (int i = 0; i < recent.size(); i++) {
        CatalogueProduct seed = entry(recent.get(i), at);
        if (of != null && seed != null) {
          double alike = of.category().equals(seed.category()) ? 0.5 : 0;
          if (of.brand() != null && of.brand().equals(seed.brand())) {
            alike += 0.25;
          }
          if (of.priceMinor() != null && seed.priceMinor() != null) {
            double ratio = (double) of.priceMinor() / seed.priceMinor();
            alike += ratio >= 0.5 && ratio <= 2 ? 0.25 : 0;
          }
          sum += alike / (i + 1);
        }
      }
      return sum;
    }

    private @Nullable CatalogueProduct entry(String product, Instant at) {
      return last(catalogue.getOrDefault(product, List.of()), at);
    }

    private static <T extends Event> @Nullable T last(List<T> all, Instant at) {
      return all.stream()
          .filter(each -> !each.at().isAfter(at))
          .max(Comparator.<T, Instant>comparing(Event::at).thenComparing(Event::id))
          .orElse(null);
    }

    private List<String> hits() {
      ZoneId zone = ZoneId.of(options.getTimeZone());
      Map<List<String>, List<Given>> days = new LinkedHashMap<>();
      for (Given each : given) {
        LocalDate day = each.asked.at.atZone(zone).toLocalDate();
        String window =
            new Box<>(
                    "",
                    day.atStartOfDay(zone).toInstant(),
                    day.plusDays(1).atStartOfDay(zone).toInstant())
                .window();
        days.computeIfAbsent(List.of(each.asked.occasion, window), d -> new ArrayList<>())
            .add(each);
      }
      List<String> rows = new ArrayList<>();
      days.forEach(
          (day, of) -> {
            long hits = right(of, Given::picks);
            long popular = right(of, Given::popular);
            rows.add(
                "{\"occasion\":\"%s\",%s,\"requests\":%d,\"cold\":%d,\"hits\":%d,\"hit_rate\":%s,\"popular_hits\":%d,\"popular_hit_rate\":%s}"
                    .formatted(
                        day.get(0),
                        day.get(1),
                        of.size(),
                        of.stream().filter(Given::cold).count(),
                        hits,
                        1.0 * hits / of.size(),
                        popular,
                        1.0 * popular / of.size()));
          });
      return rows;
    }

    private long right(List<Given> of, Function<Given, List<String>> products) {
      return of.stream()
          .filter(
              each ->
                  byUser.get(each.asked.user).stream()
                      .anyMatch(
                          later ->
                              later.product != null
                                  && later.at.isAfter(each.asked.at)
                                  && !later.at.isAfter(each.asked.at.plus(options.getHitWithin()))
                                  && products.apply(each).contains(later.product)))
          .count();
    }

    /** As JSON, because shops have quotes in their texts. */
    private static String text(String unquoted) {
      return TextNode.valueOf(unquoted).toString();
    }

    private static double six(double score) {
      return Math.rint(score * 1e6) / 1e6;
    }

    private static double nine(double score) {
      return Math.rint(score * 1e9) / 1e9;
    }
  }
}
