package dhara.pipelines.media.learning;

import dhara.pipelines.media.Playback;
import dhara.transforms.learn.HashedFeatures;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a model knows of an impression: the campaign, where, on what, in which language and at which
 * hour of the day (UTC) it was shown, and the campaign with each of the others. The texts of the
 * features are {@code campaign=chai}, {@code region=Pune}, {@code hour=14} and {@code
 * campaign=chai&region=Pune}; what an impression does not tell is {@code unknown}. Models know the
 * hashes of the texts.
 */
public final class AdFeatures {

  private AdFeatures() {}

  /** The numbers of an impression's features, each once, in ascending order. */
  public static List<Integer> of(Playback impression, int buckets) {
    String campaign = "campaign=" + known(impression.campaign());
    String region = "region=" + known(impression.region());
    String device = "device=" + known(impression.device());
    String language = "language=" + known(impression.language());
    String hour = "hour=" + impression.at().atOffset(ZoneOffset.UTC).getHour();
    return HashedFeatures.numbers(
        List.of(
            campaign,
            region,
            device,
            language,
            hour,
            campaign + "&" + region,
            campaign + "&" + device,
            campaign + "&" + language,
            campaign + "&" + hour),
        buckets);
  }

  private static String known(@Nullable String value) {
    return value == null ? "unknown" : value;
  }

  /** The names of all numbers, in order: the features that a model may ask for. */
  public static List<String> names(int buckets) {
    return IntStream.range(0, buckets).mapToObj(HashedFeatures::name).toList();
  }
}
