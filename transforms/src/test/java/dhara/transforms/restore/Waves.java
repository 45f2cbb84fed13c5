package dhara.transforms.restore;

import dhara.events.Event;
import dhara.transforms.restore.RestoredStream.Timed;
import dhara.transforms.restore.RestoredStream.Wave;
import dhara.transforms.unique.Unique;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Instant;

/** Arrivals by chance: any order within the lateness, and copies of some events. */
public final class Waves {

  /** Long enough for every copy that comes. */
  private static final Duration HORIZON = Duration.ofHours(1);

  private Waves() {}

  /**
   * Each event comes at a watermark that has not passed its time by more than the lateness, and one
   * in five comes again.
   *
   * @param latenessMillis how late an event may come
   * @param aheadMillis how much earlier than that it may come
   */
  public static <T extends Event> List<Wave<T>> of(
      List<T> events, ToLongFunction<T> latenessMillis, int aheadMillis, Random random) {
    return of(events, latenessMillis, aheadMillis, true, random);
  }

  /** The same without copies. */
  public static <T extends Event> List<Wave<T>> once(
      List<T> events, ToLongFunction<T> latenessMillis, int aheadMillis, Random random) {
    return of(events, latenessMillis, aheadMillis, false, random);
  }

  private static <T extends Event> List<Wave<T>> of(
      List<T> events,
      ToLongFunction<T> latenessMillis,
      int aheadMillis,
      boolean copied,
      Random random) {
    Map<Long, List<Timed<T>>> waves = new TreeMap<>();
    for (T event : events) {
      for (int copies = copied && random.nextInt(5) == 0 ? 2 : 1; copies > 0; copies--) {
        long at = event.at().toEpochMilli();
        long latest = at + latenessMillis.applyAsLong(event);
        // Often the latest moment of all.
        long watermark = latest - Math.max(0, random.nextInt(aheadMillis + 2) - 1);
        waves
            .computeIfAbsent(watermark, none -> new ArrayList<>())
            .add(new Timed<>(event, Instant.ofEpochMilli(at)));
      }
    }
    List<Wave<T>> all = new ArrayList<>();
    waves.forEach(
        (watermark, elements) -> all.add(new Wave<>(Instant.ofEpochMilli(watermark), elements)));
    return all;
  }

  /** A transform of unique events, over events that come more than once. */
  public static <T extends Event, OutT> PTransform<PCollection<T>, PCollection<OutT>> unique(
      PTransform<? super PCollection<T>, PCollection<OutT>> transform) {
    return new PTransform<>() {
      private static final long serialVersionUID = 1L;

      @Override
      public PCollection<OutT> expand(PCollection<T> events) {
        Unique<T> unique = Unique.byId(HORIZON);
        return events.apply("Unique", unique).get(unique.unique()).apply("Once", transform);
      }
    };
  }
}
