package dhara.benchmarks.playback;

import dhara.benchmarks.harness.Checksum;
import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * No engine: a loop on one thread, with Dhara's parser and hash maps of mutable tallies. It shows
 * the limit of one core: nothing is distributed, checkpointed or passed between threads.
 * Overlapping windows are made of slices, so each event is added up once. To find duplicates it
 * keeps all ids.
 */
public final class PlainLoop implements Contestant {

  private static final class Sums {
    long events;
    long sum;
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    long errors;

    void add(Sums other) {
      events += other.events;
      sum += other.sum;
      min = Math.min(min, other.min);
      max = Math.max(max, other.max);
      errors += other.errors;
    }
  }

  /** How many events pass between checks for ended windows. */
  private static final int LOOK_EVERY = 10_000;

  /** Made by name. */
  public PlainLoop() {}

  @Override
  public Outcome run(Task task) throws BadEvent {
    PlaybackJob job = PlaybackJob.of(task);
    Checksum.start();
    long width = job.width().toMillis();
    long every = job.every().toMillis();
    PlaybackLines lines = new PlaybackLines(job.lines());
    EventParser<Played> parser = JsonFormat.of(Played.class, Mapping.none()).parser();
    EventParser<Reported> twice = JsonFormat.of(Reported.class, Mapping.none()).parser();
    Set<String> seen = new HashSet<>();
    NavigableMap<Long, Map<String, Sums>> slices = new TreeMap<>();
    long latest = Long.MIN_VALUE;
    long open = Long.MIN_VALUE;
    for (long i = 0; i < job.events(); i++) {
      Played event;
      if (job.lines().copied() > 0) {
        Reported reported = twice.parse(lines.line(i), 0, PlaybackLines.length());
        if (!seen.add(reported.id())) {
          continue;
        }
        event = reported.playback();
      } else {
        event = parser.parse(lines.line(i), 0, PlaybackLines.length());
      }
      long at = event.at().toEpochMilli();
      latest = Math.max(latest, at);
      Sums sums =
          slices
              .computeIfAbsent(at - Math.floorMod(at, every), start -> new HashMap<>())
              .computeIfAbsent(job.byUser() ? event.user() : event.title(), key -> new Sums());
      sums.events++;
      sums.sum += event.bitrateKbps();
      sums.min = Math.min(sums.min, event.bitrateKbps());
      sums.max = Math.max(sums.max, event.bitrateKbps());
      sums.errors += event.error() ? 1 : 0;
      if (i % LOOK_EVERY == 0) {
        open = answer(slices, open, latest - PlaybackLines.DISORDER_MILLIS, width, every);
      }
    }
    answer(slices, open, latest + width + every, width, every);
    return Checksum.outcome(job.events());
  }

  /**
   * Answers windows that end by the watermark, and returns the start of the first that may still be
   * open.
   */
  private static long answer(
      NavigableMap<Long, Map<String, Sums>> slices,
      long open,
      long watermark,
      long width,
      long every) {
    if (slices.isEmpty()) {
      return open;
    }
    long start = Math.max(open, slices.firstKey() - width + every);
    for (; start + width <= watermark && !slices.isEmpty(); start += every) {
      Map<String, Sums> window = slices.get(start);
      if (width > every) {
        window = new HashMap<>();
        for (Map<String, Sums> slice : slices.subMap(start, start + width).values()) {
          for (Map.Entry<String, Sums> each : slice.entrySet()) {
            window.computeIfAbsent(each.getKey(), key -> new Sums()).add(each.getValue());
          }
        }
      }
      if (window != null) {
        long from = start;
        window.forEach(
            (key, s) -> PlaybackJob.settle(key, from, s.events, s.sum, s.min, s.max, s.errors));
      }
      slices.remove(start);
    }
    return start;
  }
}
