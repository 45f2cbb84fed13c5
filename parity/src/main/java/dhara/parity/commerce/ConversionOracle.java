package dhara.parity.commerce;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Kind;
import dhara.pipelines.commerce.ShopConversion;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Looks for each visitor of each window what they did. */
@AutoService(Oracle.class)
public final class ConversionOracle implements Oracle {

  private static final List<Kind> FUNNEL =
      List.of(Kind.PRODUCT_VIEW, Kind.ADD_TO_CART, Kind.CHECKOUT, Kind.PURCHASE);

  @Override
  public String analysis() {
    return "conversion";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(List.of(), List.of("--by=channel", "--window=PT4M", "--every=PT2M"));
  }

  @Override
  public long testEvents() {
    return 1_500;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    ShopConversion.Options options = given.as(ShopConversion.Options.class);
    List<String> conversion = new ArrayList<>();
    List<String> funnel = new ArrayList<>();
    Box.fill(
            inputs.of("activities", Activity.class),
            activity -> group(activity, options),
            options,
            Duration.ofMinutes(5))
        .forEach(
            (box, of) -> {
              String about =
                  "{\"dimension\":\"%s\",\"name\":\"%s\",%s,"
                      .formatted(options.getBy(), box.key(), box.window());
              conversion.add(about + visits(of) + "}");
              funnel.add(about + "\"steps\":[" + String.join(",", steps(of)) + "]}");
            });
    return Map.of("conversion", conversion, "funnel", funnel);
  }

  private static String group(Activity activity, ShopConversion.Options options) {
    Object group =
        switch (options.getBy()) {
          case device -> activity.device();
          case platform -> activity.platform();
          case channel -> activity.channel();
          case city -> activity.city();
          case all -> "all";
        };
    return Objects.toString(group, "unknown");
  }

  private static String visits(List<Activity> of) {
    long visitors = of.stream().map(Activity::user).distinct().count();
    List<Activity> purchases =
        of.stream().filter(activity -> activity.kind() == Kind.PURCHASE).toList();
    BigDecimal revenue =
        purchases.stream()
            .map(Activity::amountMinor)
            .filter(Objects::nonNull)
            .map(BigDecimal::valueOf)
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    return """
        "page_views":%d,"product_views":%d,"visitors":%d,"carts":%d,"checkouts":%d,"buyers":%d,\
        "orders":%d,"conversion_percent":%s,"revenue_minor":%s,"revenue_per_visitor_minor":%s"""
        .formatted(
            of.stream().filter(activity -> activity.kind() == Kind.PAGE_VIEW).count(),
            of.stream().filter(activity -> activity.kind() == Kind.PRODUCT_VIEW).count(),
            visitors,
            users(of, Kind.ADD_TO_CART),
            users(of, Kind.CHECKOUT),
            users(of, Kind.PURCHASE),
            purchases.stream().map(each -> List.of(each.user(), each.at())).distinct().count(),
            percent(users(of, Kind.PURCHASE), visitors),
            revenue,
            revenue.divide(BigDecimal.valueOf(visitors), 0, RoundingMode.HALF_UP));
  }

  private static long users(List<Activity> of, Kind kind) {
    return of.stream().filter(each -> each.kind() == kind).map(Activity::user).distinct().count();
  }

  private static List<String> steps(List<Activity> of) {
    Map<String, Set<Kind>> done = new HashMap<>();
    of.forEach(each -> done.computeIfAbsent(each.user(), u -> new HashSet<>()).add(each.kind()));
    List<String> steps = new ArrayList<>();
    int before = done.size();
    for (int step = 0; step <= FUNNEL.size(); step++) {
      List<Kind> needed = FUNNEL.subList(0, step);
      int reached = (int) done.values().stream().filter(kinds -> kinds.containsAll(needed)).count();
      steps.add(
          """
          {"step":"%s","visitors":%d,"reached_percent":%s,"dropped":%d,"drop_off_percent":%s}"""
              .formatted(
                  step == 0 ? "VISIT" : FUNNEL.get(step - 1),
                  reached,
                  percent(reached, done.size()),
                  before - reached,
                  percent(before - reached, before)));
      before = reached;
    }
    return steps;
  }

  private static double percent(long part, long whole) {
    return whole == 0 ? 0 : 100.0 * part / whole;
  }
}
