package dhara.parity.media;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.pipelines.media.Viewership;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Writes down from when until when each viewer is there, and counts them anew for each window and
 * each moment.
 */
@AutoService(Oracle.class)
public final class ViewershipOracle implements Oracle {

  @Override
  public String analysis() {
    return "viewership";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of(
            "--window=PT1M",
            "--every=PT20S",
            "--goneAfter=PT19S",
            "--audienceWindow=PT45S",
            "--timeZone=Asia/Kolkata"));
  }

  @Override
  public long testEvents() {
    return 1_500;
  }

  private record Where(String content, String device, String region) {

    String columns() {
      return "\"content\":%s,\"device\":%s,\"region\":%s".formatted(content, device, region);
    }
  }

  /** Someone is there from a moment, until another one. */
  private record Stay(Instant from, Instant until) {}

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    Viewership.Options options = given.as(Viewership.Options.class);
    List<Playback> watching =
        inputs.of("playbacks", Playback.class).stream()
            .filter(event -> event.campaign() == null && event.content() != null)
            .toList();
    List<String> viewers = new ArrayList<>();
    Box.fill(watching, ViewershipOracle::where, options, Duration.ofSeconds(10))
        .forEach(
            (box, of) ->
                viewers.add(
                    "{%s,%s,\"viewers\":%d}"
                        .formatted(box.key().columns(), box.window(), NaivePlays.users(of))));
    Map<Where, List<Playback>> byWhere = new LinkedHashMap<>();
    for (Playback event : watching) {
      byWhere.computeIfAbsent(where(event), where -> new ArrayList<>()).add(event);
    }
    List<String> audience = new ArrayList<>();
    byWhere.forEach(
        (where, of) ->
            audience.addAll(
                new Room(stays(of, options.getGoneAfter()), options).rows(where.columns())));
    return Map.of("viewers", viewers, "audience", audience);
  }

  private static Where where(Playback event) {
    return new Where(
        NaivePlays.known(event.content()),
        NaivePlays.known(event.device()),
        NaivePlays.known(event.region()));
  }

  private static List<Stay> stays(List<Playback> events, Duration goneAfter) {
    Map<String, List<Playback>> byUser = new HashMap<>();
    events.forEach(e -> byUser.computeIfAbsent(e.user(), user -> new ArrayList<>()).add(e));
    List<Stay> stays = new ArrayList<>();
    for (List<Playback> of : byUser.values()) {
      of.sort(Comparator.comparing(Event::at).thenComparing(Event::id));
      Instant from = null;
      for (int i = 0; i < of.size(); i++) {
        Playback event = of.get(i);
        if (event.kind() == Kind.COMPLETE || event.kind() == Kind.ERROR) {
          if (from != null) {
            stays.add(new Stay(from, event.at()));
          }
          from = null;
          continue;
        }
        from = from == null ? event.at() : from;
        Instant gone = event.at().plus(goneAfter);
        if (i + 1 == of.size() || !of.get(i + 1).at().isBefore(gone)) {
          stays.add(new Stay(from, gone));
          from = null;
        }
      }
    }
    return stays;
  }

  /** Those who watch the same. */
  private record Room(List<Stay> stays, Viewership.Options options) {

    private Duration width() {
      return options.getAudienceWindow();
    }

    List<String> rows(String columns) {
      TreeSet<Instant> starts = new TreeSet<>();
      for (Stay stay : stays) {
        // There at the ends of these windows, and told of in the one in which they go.
        Instant last = start(stay.until);
        for (Instant at = start(stay.from); !at.isAfter(last); at = at.plus(width())) {
          if (at.isBefore(stay.until) || at.equals(last)) {
            starts.add(at);
          }
        }
      }
      List<String> rows = new ArrayList<>();
      for (Instant start : starts) {
        rows.add(row(columns, start));
      }
      return rows;
    }

    private String row(String columns, Instant start) {
      Instant end = start.plus(width());
      Instant first = firstOfDay(end.minusMillis(1));
      long peak = 0;
      Instant peakAt = null;
      TreeSet<Instant> moments = new TreeSet<>();
      stays.forEach(stay -> moments.add(stay.from));
      moments.add(first);
      for (Instant moment : moments.subSet(first, end)) {
        long there = moment.equals(first) ? Math.max(before(first), at(first)) : at(moment);
        if (there > peak) {
          peak = there;
          peakAt = moment;
        }
      }
      return "{%s,%s,\"concurrent\":%d,\"peak\":%d,\"peak_at\":%s}"
          .formatted(columns, new Box<>("", start, end).window(), before(end), peak, time(peakAt));
    }

    /** How many are there just before a moment. */
    private long before(Instant moment) {
      return stays.stream()
          .filter(stay -> stay.from.isBefore(moment) && !stay.until.isBefore(moment))
          .count();
    }

    /** How many are there from a moment on. */
    private long at(Instant moment) {
      return stays.stream()
          .filter(stay -> !stay.from.isAfter(moment) && stay.until.isAfter(moment))
          .count();
    }

    private Instant start(Instant at) {
      long millis = width().toMillis();
      return Instant.ofEpochMilli(Math.floorDiv(at.toEpochMilli(), millis) * millis);
    }

    /** The beginning of the window that holds the beginning of the day. */
    private Instant firstOfDay(Instant at) {
      ZoneId zone = ZoneId.of(options.getTimeZone());
      return start(at.atZone(zone).toLocalDate().atStartOfDay(zone).toInstant());
    }

    private static String time(@Nullable Instant at) {
      return at == null ? "null" : "\"" + Box.text(at) + "\"";
    }
  }
}
