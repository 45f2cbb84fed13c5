package dhara.parity.commerce;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Recommendation;
import dhara.pipelines.commerce.RecommendationEffectiveness;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Searches all purchases for the first one after each recommendation. */
@AutoService(Oracle.class)
public final class RecommendationEffectivenessOracle implements Oracle {

  @Override
  public String analysis() {
    return "recommendation-effectiveness";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(List.of("--buyWithin=PT6H"), List.of("--timeZone=Asia/Kolkata", "--since=week"));
  }

  @Override
  public long testEvents() {
    return 800;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    RecommendationEffectiveness.Options options =
        given.as(RecommendationEffectiveness.Options.class);
    List<Activity> purchases =
        inputs.of("activities", Activity.class).stream()
            .filter(activity -> activity.kind() == Activity.Kind.PURCHASE)
            .sorted(Comparator.comparing(Activity::at).thenComparing(Activity::id))
            .toList();
    List<String> answers = new ArrayList<>();
    Box.running(
            inputs.of("recommendations", Recommendation.class),
            RecommendationEffectivenessOracle::choice,
            options)
        .forEach(
            (box, shown) -> {
              List<Activity> bought =
                  shown.stream()
                      .map(each -> first(each, purchases, options.getBuyWithin()))
                      .flatMap(Optional::stream)
                      .toList();
              answers.add(
                  "{%s,%s,\"shown\":%d,\"converted\":%d,\"rate\":%s,\"average_purchase_minor\":%s,\"users\":%d}"
                      .formatted(
                          box.key(),
                          box.window(),
                          shown.size(),
                          bought.size(),
                          1.0 * bought.size() / shown.size(),
                          average(bought),
                          shown.stream().map(Recommendation::user).distinct().count()));
            });
    return Map.of("effectiveness", answers);
  }

  private static String choice(Recommendation shown) {
    return "\"algorithm\":\"%s\",\"category\":\"%s\",\"segment\":\"%s\""
        .formatted(
            shown.algorithm(),
            shown.category() == null ? "unknown" : shown.category(),
            shown.segment() == null ? "unknown" : shown.segment());
  }

  /** The first purchase that follows from a recommendation. */
  static Optional<Activity> first(
      Recommendation shown, List<Activity> purchasesByTime, Duration within) {
    return purchasesByTime.stream()
        .filter(purchase -> shown.user().equals(purchase.user()))
        .filter(purchase -> shown.product().equals(purchase.product()))
        .filter(purchase -> !purchase.at().isBefore(shown.at()))
        .filter(purchase -> !purchase.at().isAfter(shown.at().plus(within)))
        .findFirst();
  }

  private static BigDecimal average(List<Activity> bought) {
    if (bought.isEmpty()) {
      return BigDecimal.ZERO;
    }
    BigDecimal sum = BigDecimal.ZERO;
    for (Activity purchase : bought) {
      sum =
          sum.add(BigDecimal.valueOf(purchase.amountMinor() == null ? 0 : purchase.amountMinor()));
    }
    return sum.divide(BigDecimal.valueOf(bought.size()), 0, RoundingMode.HALF_UP);
  }
}
