package dhara.parity.media;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.media.ContentPerformance;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Goes through the events of each content and day. */
@AutoService(Oracle.class)
public final class ContentPerformanceOracle implements Oracle {

  @Override
  public String analysis() {
    return "content-performance";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(List.of(), List.of("--timeZone=Asia/Kolkata", "--heartbeat=PT25S"));
  }

  @Override
  public long testEvents() {
    return 1_500;
  }

  private record What(String content, String language, String genre) {}

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    ContentPerformance.Options options = given.as(ContentPerformance.Options.class);
    List<Playback> watching =
        inputs.of("playbacks", Playback.class).stream()
            .filter(event -> event.campaign() == null && event.content() != null)
            .toList();
    List<String> answers = new ArrayList<>();
    Box.running(
            watching,
            event ->
                new What(
                    NaivePlays.known(event.content()),
                    NaivePlays.known(event.language()),
                    NaivePlays.known(event.genre())),
            options)
        .forEach((box, of) -> answers.add(row(box, new NaivePlays(of, options))));
    return Map.of("performance", answers);
  }

  private static String row(Box<What> box, NaivePlays plays) {
    long viewers = NaivePlays.users(plays.events());
    long starts = plays.of(Kind.START).size();
    long ends = plays.of(Kind.COMPLETE).size();
    return """
        {"content":%s,"language":%s,"genre":%s,%s,"viewers":%d,"starts":%d,"completions":%d,\
        "completion_rate":%s,"watch_millis":%d,"watch_per_viewer_millis":%d,\
        "mean_bitrate_kbps":%s,"buffering_ratio":%s}"""
        .formatted(
            box.key().content,
            box.key().language,
            box.key().genre,
            box.window(),
            viewers,
            starts,
            ends,
            starts == 0 ? "null" : String.valueOf((double) ends / starts),
            plays.playedMillis(),
            (plays.playedMillis() + viewers / 2) / viewers,
            plays.meanBitrateKbps(),
            plays.bufferingRatio());
  }
}
