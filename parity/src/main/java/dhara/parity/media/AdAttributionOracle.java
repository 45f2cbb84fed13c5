package dhara.parity.media;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.pipelines.media.AdAttribution;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Attributes each click by searching all impressions for the last one before it. */
@AutoService(Oracle.class)
public final class AdAttributionOracle implements Oracle {

  private static final Comparator<Event> BY_TIME =
      Comparator.comparing(Event::at).thenComparing(Event::id);

  @Override
  public String analysis() {
    return "ad-attribution";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(), List.of("--clickWithin=PT30S", "--repeatedClicks=true", "--window=PT5M"));
  }

  @Override
  public long testEvents() {
    return 800;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    AdAttribution.Options options = given.as(AdAttribution.Options.class);
    List<Playback> ads =
        inputs.of("playbacks", Playback.class).stream()
            .filter(playback -> playback.kind().isAd())
            .toList();
    Map<String, Long> delays = delays(ads, options);
    List<String> answers = new ArrayList<>();
    Box.fill(ads, Playback::campaign, options)
        .forEach(
            (box, of) -> {
              List<Playback> clicks = of.stream().filter(ad -> ad.kind() == Kind.AD_CLICK).toList();
              List<Long> attributed =
                  clicks.stream()
                      .map(Playback::id)
                      .filter(delays::containsKey)
                      .map(delays::get)
                      .sorted()
                      .toList();
              answers.add(
                  "{\"campaign\":\"%s\",%s,\"impressions\":%d,\"attributed\":%d,\"unattributed\":%d,\"median_delay_millis\":%s}"
                      .formatted(
                          box.key(),
                          box.window(),
                          of.size() - clicks.size(),
                          attributed.size(),
                          clicks.size() - attributed.size(),
                          attributed.isEmpty()
                              ? "null"
                              : attributed.get((attributed.size() - 1) / 2)));
            });
    return Map.of("attribution", answers);
  }

  /** The delays of attributed clicks, by the click's id. */
  static Map<String, Long> delays(List<Playback> ads, AdAttribution.Options options) {
    List<Playback> sorted = ads.stream().sorted(BY_TIME).toList();
    Set<String> used = new HashSet<>();
    Map<String, Long> delays = new HashMap<>();
    for (Playback click : sorted) {
      if (click.kind() != Kind.AD_CLICK) {
        continue;
      }
      Playback last = null;
      for (Playback shown : sorted) {
        Duration delay = Duration.between(shown.at(), click.at());
        if (shown.kind() == Kind.AD_IMPRESSION
            && shown.user().equals(click.user())
            && shown.campaign().equals(click.campaign())
            && !delay.isNegative()
            && delay.compareTo(options.getClickWithin()) <= 0
            && (options.getRepeatedClicks() || !used.contains(shown.id()))) {
          last = shown;
        }
      }
      if (last != null) {
        used.add(last.id());
        delays.put(click.id(), Duration.between(last.at(), click.at()).toMillis());
      }
    }
    return delays;
  }
}
