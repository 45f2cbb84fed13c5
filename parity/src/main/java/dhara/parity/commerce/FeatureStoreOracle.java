package dhara.parity.commerce;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Kind;
import dhara.pipelines.commerce.features.FeatureStore;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * For each activity, looks at the whole past of its user and its product: back to the last silence,
 * and then forward, once for each feature.
 */
@AutoService(Oracle.class)
public final class FeatureStoreOracle implements Oracle {

  private static final Map<Kind, Integer> POINTS =
      Map.of(
          Kind.PAGE_VIEW, 0,
          Kind.SEARCH, 0,
          Kind.PRODUCT_VIEW, 1,
          Kind.WISHLIST, 2,
          Kind.ADD_TO_CART, 3,
          Kind.CHECKOUT, 4,
          Kind.PURCHASE, 5);

  @Override
  public String analysis() {
    return "features";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(), List.of("--ttl=PT4M", "--interestDecay=0.4", "--popularityHalfLife=PT90S"));
  }

  @Override
  public long testEvents() {
    return 400;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    FeatureStore.Options options = given.as(FeatureStore.Options.class);
    List<Activity> all = new ArrayList<>(inputs.of("activities", Activity.class));
    all.sort(Comparator.comparing(Activity::at).thenComparing(Activity::id));
    List<String> users = new ArrayList<>();
    List<String> products = new ArrayList<>();
    by(all, Activity::user)
        .forEach(
            (user, of) -> {
              for (int i = 0; i < of.size(); i++) {
                users.add(user(user, since(of, i, options.getTtl()), options));
              }
            });
    by(all, Activity::product)
        .forEach(
            (product, of) -> {
              for (int i = 0; i < of.size(); i++) {
                products.add(product(product, since(of, i, options.getTtl()), options));
              }
            });
    return Map.of("users", users, "products", products);
  }

  private static Map<String, List<Activity>> by(
      List<Activity> all, Function<Activity, @Nullable String> key) {
    Map<String, List<Activity>> by = new LinkedHashMap<>();
    for (Activity activity : all) {
      if (key.apply(activity) != null) {
        by.computeIfAbsent(key.apply(activity), k -> new ArrayList<>()).add(activity);
      }
    }
    return by;
  }

  /** The activities up to the one at an index, from after the last silence before it. */
  private static List<Activity> since(List<Activity> of, int index, Duration ttl) {
    int first = index;
    while (first > 0
        && Duration.between(of.get(first - 1).at(), of.get(first).at()).compareTo(ttl) <= 0) {
      first--;
    }
    return of.subList(first, index + 1);
  }

  private static String user(String user, List<Activity> past, FeatureStore.Options options) {
    double decay = options.getInterestDecay();
    Map<String, Double> interests = new LinkedHashMap<>();
    for (Activity activity : past) {
      String category = activity.category();
      if (category != null) {
        interests.put(category, interest(category, past, decay));
      }
    }
    List<Map.Entry<String, Double>> listed =
        interests.entrySet().stream()
            .filter(each -> each.getValue() > 0)
            .map(each -> Map.entry(each.getKey(), rounded(each.getValue())))
            .sorted(
                Map.Entry.<String, Double>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(10)
            .toList();
    double intent = 0;
    for (Activity activity : past) {
      intent = decay * intent + POINTS.get(activity.kind());
    }
    return """
        {"user":"%s",%s,"version":1,"events":%d,"product_views":%d,"carts":%d,"purchases":%d,\
        "spent_minor":%d,"conversion":%s,"intent":%s,"top_category":%s,"interests":[%s],%s}"""
        .formatted(
            user,
            eventAndWindow(past),
            past.size(),
            count(past, Kind.PRODUCT_VIEW),
            count(past, Kind.ADD_TO_CART),
            count(past, Kind.PURCHASE),
            paid(past),
            conversion(past),
            rounded(intent),
            listed.isEmpty() ? "null" : "\"" + listed.get(0).getKey() + "\"",
            listed.stream()
                .map(
                    each ->
                        "{\"category\":\"%s\",\"weight\":%s}"
                            .formatted(each.getKey(), each.getValue()))
                .collect(Collectors.joining(",")),
            last(past, options.getTtl()));
  }

  /** The interest in a category; 0 if it is forgotten. */
  private static double interest(String category, List<Activity> past, double decay) {
    double interest = 0;
    for (Activity activity : past) {
      interest *= decay;
      if (interest < 0.01) {
        interest = 0;
      }
      if (category.equals(activity.category())) {
        interest += 1;
      }
    }
    return interest;
  }

  private static String product(String product, List<Activity> past, FeatureStore.Options options) {
    double popularity = 0;
    Instant before = past.get(0).at();
    for (Activity activity : past) {
      double halves =
          (double) Duration.between(before, activity.at()).toMillis()
              / options.getPopularityHalfLife().toMillis();
      popularity = popularity * StrictMath.pow(0.5, halves) + POINTS.get(activity.kind());
      before = activity.at();
    }
    String category =
        past.stream()
            .map(Activity::category)
            .filter(Objects::nonNull)
            .reduce((earlier, later) -> later)
            .map(last -> "\"" + last + "\"")
            .orElse("null");
    return """
        {"product":"%s",%s,"version":1,"category":%s,"events":%d,"views":%d,"carts":%d,\
        "purchases":%d,"revenue_minor":%d,"conversion":%s,"popularity":%s,%s}"""
        .formatted(
            product,
            eventAndWindow(past),
            category,
            past.size(),
            count(past, Kind.PRODUCT_VIEW),
            count(past, Kind.ADD_TO_CART),
            count(past, Kind.PURCHASE),
            paid(past),
            conversion(past),
            rounded(popularity),
            last(past, options.getTtl()));
  }

  private static String eventAndWindow(List<Activity> past) {
    Activity last = past.get(past.size() - 1);
    return "\"event\":\"%s\",%s"
        .formatted(last.id(), new Box<>("", last.at(), last.at().plusMillis(1)).window());
  }

  private static String last(List<Activity> past, Duration ttl) {
    Activity last = past.get(past.size() - 1);
    return "\"last_kind\":\"%s\",\"last_at\":\"%s\",\"expires_at\":\"%s\""
        .formatted(last.kind(), Box.text(last.at()), Box.text(last.at().plus(ttl)));
  }

  private static long count(List<Activity> past, Kind kind) {
    return past.stream().filter(activity -> activity.kind() == kind).count();
  }

  private static long paid(List<Activity> past) {
    return past.stream()
        .filter(activity -> activity.kind() == Kind.PURCHASE && activity.amountMinor() != null)
        .mapToLong(Activity::amountMinor)
        .sum();
  }

  private static String conversion(List<Activity> past) {
    long views = count(past, Kind.PRODUCT_VIEW);
    return views == 0
        ? "null"
        : String.valueOf(Math.rint(10_000.0 * count(past, Kind.PURCHASE) / views) / 10_000);
  }

  private static double rounded(double number) {
    return Math.rint(number * 1_000_000) / 1_000_000;
  }
}
