package dhara.parity.media;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.pipelines.media.PlaybackQuality;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Goes through the events of each window, and then through the windows of each place. */
@AutoService(Oracle.class)
public final class PlaybackQualityOracle implements Oracle {

  private static final BigDecimal FOUR_FIFTHS = new BigDecimal("0.8");
  private static final long THIRTY_DAYS = 30L * 86_400_000;

  @Override
  public String analysis() {
    return "playback-quality";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of(
            "--window=PT2M",
            "--every=PT1M",
            "--heartbeat=PT19S",
            "--bufferingAbove=0.12",
            "--startupAbove=PT1.5S",
            "--errorsAbove=0.3",
            "--leastViewers=1"));
  }

  @Override
  public long testEvents() {
    return 1_500;
  }

  private record Where(String region, String device) {}

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    PlaybackQuality.Options options = given.as(PlaybackQuality.Options.class);
    List<Playback> players =
        inputs.of("playbacks", Playback.class).stream()
            .filter(event -> event.campaign() == null)
            .toList();
    List<String> quality = new ArrayList<>();
    Map<String, List<Measured>> places = new TreeMap<>();
    Box.fill(
            players,
            event -> new Where(NaivePlays.known(event.region()), NaivePlays.known(event.device())),
            options)
        .forEach(
            (box, of) -> {
              Measured measured = new Measured(box, new NaivePlays(of, options), options);
              quality.add(measured.row());
              places.computeIfAbsent(box.key().toString(), key -> new ArrayList<>()).add(measured);
            });
    List<String> alerts = new ArrayList<>();
    for (List<Measured> windows : places.values()) {
      windows.sort(Comparator.comparing(window -> window.box.end()));
      follow("buffering_ratio", options.getBufferingAbove(), windows, alerts);
      follow("startup_p95_millis", (double) options.getStartupAbove().toMillis(), windows, alerts);
      follow("error_rate", options.getErrorsAbove(), windows, alerts);
    }
    return Map.of("quality", quality, "alerts", alerts);
  }

  /** The numbers of a window. */
  private static final class Measured {

    private final Box<Where> box;
    private final NaivePlays plays;
    private final PlaybackQuality.Options options;
    private final List<Long> startups;
    private final long viewers;

    Measured(Box<Where> box, NaivePlays plays, PlaybackQuality.Options options) {
      this.box = box;
      this.plays = plays;
      this.options = options;
      this.viewers = NaivePlays.users(plays.events());
      this.startups =
          plays.of(Kind.STARTUP).stream()
              .map(Playback::startupMillis)
              .filter(Objects::nonNull)
              .sorted()
              .toList();
    }

    private boolean isBad(Playback event) {
      return switch (event.kind()) {
        case ERROR -> true;
        case BUFFER -> event.durationMillis() != null && event.durationMillis() > 0;
        case STARTUP ->
            event.startupMillis() != null
                && event.startupMillis() > options.getStartupAbove().toMillis();
        default -> false;
      };
    }

    double errorRate() {
      return (double) NaivePlays.users(plays.of(Kind.ERROR)) / viewers;
    }

    String row() {
      return """
      {"region":%s,"device":%s,%s,"viewers":%d,"affected":%d,"starts":%d,"errors":%d,\
      "error_rate":%s,"played_millis":%d,"stalled_millis":%d,"buffering_ratio":%s,\
      "startup_p50_millis":%s,"startup_p95_millis":%s,"startup_p99_millis":%s,\
      "mean_bitrate_kbps":%s}\
      """
          .formatted(
              box.key().region,
              box.key().device,
              box.window(),
              viewers,
              NaivePlays.users(plays.events().stream().filter(this::isBad).toList()),
              plays.of(Kind.START).size(),
              plays.of(Kind.ERROR).size(),
              errorRate(),
              plays.playedMillis(),
              plays.stalledMillis(),
              plays.bufferingRatio(),
              percentile(50),
              percentile(95),
              percentile(99),
              plays.meanBitrateKbps());
    }

    @Nullable Double of(String name) {
      if (viewers < options.getLeastViewers()) {
        return null;
      }
      return switch (name) {
        case "buffering_ratio" -> plays.bufferingRatio();
        case "error_rate" -> Double.valueOf(errorRate());
        default -> percentile(95);
      };
    }

    /**
     * The middle of the bucket of the value with this rank; a bucket has one 128th of a power of 2.
     */
    private @Nullable Double percentile(int percent) {
      int count = startups.size();
      if (count == 0) {
        return null;
      }
      int rank = Math.max(1, (percent * count + 99) / 100);
      double value = (double) (long) startups.get(rank - 1);
      if (rank == 1 || rank == count || value == 0) {
        return value;
      }
      double width = Math.scalb(1.0, Math.getExponent(value) - 7);
      double middle = Math.floor(value / width) * width + width / 2;
      double least = (double) (long) startups.get(0);
      double greatest = (double) (long) startups.get(count - 1);
      return Math.max(least, Math.min(greatest, middle));
    }
  }

  /** The alerts of one number in the windows of a place. */
  private static void follow(
      String name, double limit, List<Measured> windows, List<String> alerts) {
    double clear = new BigDecimal(Double.toString(limit)).multiply(FOUR_FIFTHS).doubleValue();
    long since = -1;
    long before = Long.MAX_VALUE;
    for (Measured window : windows) {
      long at = window.box.end().toEpochMilli() - 1;
      if (at - before > THIRTY_DAYS) {
        since = -1;
      }
      before = at;
      Double value = window.of(name);
      if (value == null) {
        continue;
      }
      boolean alerting = since >= 0;
      if (!alerting && value > limit) {
        since = at;
        alerts.add(row(window.box, name, "RAISED", since, value, limit));
      } else if (alerting && value < clear) {
        alerts.add(row(window.box, name, "CLEARED", since, value, clear));
        since = -1;
      }
    }
  }

  private static String row(
      Box<Where> box, String name, String state, long since, double value, double limit) {
    String began = Instant.ofEpochMilli(since).toString();
    Box<String> moment = new Box<>("", box.end().minusMillis(1), box.end());
    return """
    {"incident":"%s/%s/%s/%s/%s","region":%s,"device":%s,"measured":"%s",%s,"state":"%s",\
    "since":"%s","value":%s,"limit":%s}\
    """
        .formatted(
            box.key().region.replace("\"", ""),
            box.key().device.replace("\"", ""),
            name,
            began,
            state,
            box.key().region,
            box.key().device,
            name,
            moment.window(),
            state,
            began,
            value,
            limit);
  }
}
