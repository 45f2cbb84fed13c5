package dhara.parity.commerce;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.commerce.engagement.Engagement;
import dhara.pipelines.commerce.engagement.Interaction;
import dhara.pipelines.commerce.engagement.KindWeight;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Searches the weight of each interaction, and adds up decimals. */
@AutoService(Oracle.class)
public final class EngagementOracle implements Oracle {

  @Override
  public String analysis() {
    return "engagement";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(List.of(), List.of("--kinds=2", "--since=week", "--timeZone=America/New_York"));
  }

  @Override
  public long testEvents() {
    return 1_500;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    Engagement.Options options = given.as(Engagement.Options.class);
    List<KindWeight> weights = inputs.of("weights", KindWeight.class);
    List<String> rows = new ArrayList<>();
    Box.running(inputs.of("interactions", Interaction.class), Interaction::user, options)
        .forEach(
            (box, of) -> {
              BigDecimal points =
                  of.stream()
                      .map(each -> new BigDecimal(weight(each, weights)))
                      .reduce(BigDecimal.ZERO, BigDecimal::add);
              rows.add(
                  """
                  {"user":"%s",%s,"interactions":%d,"points":%s,"score":%s,%s}"""
                      .formatted(
                          box.key(),
                          box.window(),
                          of.size(),
                          points.doubleValue(),
                          points.doubleValue() / of.size(),
                          kinds(of, options.getKinds())));
            });
    return Map.of("engagement", rows);
  }

  private static double weight(Interaction of, List<KindWeight> weights) {
    return weights.stream()
        .filter(weight -> weight.kind().equals(of.kind()) && !weight.at().isAfter(of.at()))
        .max(Comparator.comparing(KindWeight::at).thenComparing(KindWeight::id))
        .map(KindWeight::weight)
        .orElse(
            switch (of.kind()) {
              case "LIKE" -> 1.0;
              case "SHARE" -> 2.0;
              case "COMMENT" -> 3.0;
              default -> 0.0;
            });
  }

  private static String kinds(List<Interaction> of, int most) {
    TreeMap<String, Integer> counts = new TreeMap<>();
    of.forEach(each -> counts.merge(each.kind(), 1, Integer::sum));
    List<String> listed =
        counts.keySet().stream()
            .limit(most)
            .sorted((a, b) -> Integer.compare(counts.get(b), counts.get(a)))
            .toList();
    return "\"kinds\":[%s],\"other_interactions\":%d"
        .formatted(
            String.join(
                ",",
                listed.stream()
                    .map(
                        kind ->
                            "{\"kind\":\"%s\",\"interactions\":%d}"
                                .formatted(kind, counts.get(kind)))
                    .toList()),
            of.size() - listed.stream().mapToInt(counts::get).sum());
  }
}
