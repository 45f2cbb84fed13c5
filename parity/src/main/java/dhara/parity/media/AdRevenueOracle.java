package dhara.parity.media;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.media.AdRevenue;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Goes through the advertisements of each window. */
@AutoService(Oracle.class)
public final class AdRevenueOracle implements Oracle {

  @Override
  public String analysis() {
    return "ad-revenue";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(List.of(), List.of("--window=PT2M"), List.of("--window=PT2M", "--every=PT20S"));
  }

  @Override
  public long testEvents() {
    return 1_200;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    List<Playback> ads =
        inputs.of("playbacks", Playback.class).stream()
            .filter(event -> event.kind() == Kind.AD_IMPRESSION || event.kind() == Kind.AD_CLICK)
            .toList();
    List<String> answers = new ArrayList<>();
    Box.fill(
            ads,
            Playback::campaign,
            given.as(AdRevenue.Options.class),
            Duration.ofMinutes(5),
            Duration.ofSeconds(30))
        .forEach((box, of) -> answers.add(row(box, of)));
    return Map.of("revenue", answers);
  }

  private static String row(Box<String> box, List<Playback> of) {
    long shown = of.stream().filter(ad -> ad.kind() == Kind.AD_IMPRESSION).count();
    long clicks = of.size() - shown;
    BigDecimal earned = BigDecimal.ZERO;
    for (Playback ad : of) {
      earned =
          ad.revenueMinor() == null ? earned : earned.add(BigDecimal.valueOf(ad.revenueMinor()));
    }
    return """
        {"campaign":"%s",%s,"impressions":%d,"clicks":%d,"ctr":%s,"revenue_minor":%s,"ecpm_minor":%s}"""
        .formatted(
            box.key(),
            box.window(),
            shown,
            clicks,
            shown == 0 ? "null" : String.valueOf(1.0 * clicks / shown),
            earned,
            shown == 0
                ? "null"
                : earned
                    .movePointRight(3)
                    .divide(BigDecimal.valueOf(shown), 0, RoundingMode.HALF_UP)
                    .toString());
  }
}
