package dhara.pipelines.platform.quality;

import dhara.events.Event;
import dhara.pipelines.platform.quality.Counted.Counts;
import dhara.pipelines.platform.quality.Quality.ReasonCount;
import dhara.transforms.anomaly.Baseline.Normal;
import dhara.transforms.anomaly.Memory;
import dhara.transforms.anomaly.Sample;
import dhara.transforms.anomaly.SeasonalBaseline;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Judges the periods of a source, in the order of time, by what was normal in the same hour of the
 * days before. If a source falls silent, the period in which that is certain has no records, unless
 * that is normal or nothing is known; it is judged once. A period that has dead letters or late
 * events is judged by these, so silence is then told by the next one.
 *
 * @param normal what is normal
 * @param deviations how many standard deviations from the mean are normal
 * @param period the width of periods
 * @param silentAfter after how long without records a source is silent; a multiple of the period
 * @param keep a source without records for longer than this starts anew
 */
record Judging(
    SeasonalBaseline normal,
    double deviations,
    Duration period,
    Duration silentAfter,
    Duration keep)
    implements Fold<Judging.Period, Judging.Past, Judging.Judged> {

  /**
   * What was counted of a source in a period.
   *
   * @param id of no meaning: periods of a source are at different times
   * @param at the last millisecond of the period
   */
  record Period(String id, Instant at, String source, Instant end, Counts counts)
      implements Event {}

  /**
   * What is known of a source.
   *
   * @param numbers what the baseline remembers; empty before the first period
   * @param silentAt when it is silent, if nothing comes; null if it is already
   */
  record Past(List<Double> numbers, @Nullable Instant silentAt) {}

  /** A judgement. */
  record Judged(Instant end, Quality quality) {}

  @Override
  public Past initial() {
    return new Past(List.of(), null);
  }

  @Override
  public Past apply(Past past, Period of, Consumer<Judged> out) {
    if (of.counts.read() == 0) {
      // Dead letters and late events of a period without a ledger say nothing of its volume.
      out.accept(new Judged(of.end, quality(of.counts, null)));
      boolean taken = of.end.equals(past.silentAt);
      return taken ? new Past(past.numbers, of.end.plus(period)) : past;
    }
    Memory memory = memory(past);
    Normal usual = normal.next(memory, new Sample(of.at, (double) of.counts.read()));
    out.accept(new Judged(of.end, quality(of.counts, usual)));
    return new Past(numbers(memory), of.end.plus(silentAfter));
  }

  @Override
  public @Nullable Instant wakeAt(Past past) {
    return past.silentAt;
  }

  @Override
  public Past wake(Past past, Instant at, Consumer<Judged> out) {
    Normal usual = normal.next(memory(past), new Sample(at.minusMillis(1), 0));
    if (usual != null && lowest(usual) > 0) {
      out.accept(new Judged(at, quality(new Counts(0, 0, 0, 0, 0, 0, 0, Map.of()), usual)));
    }
    return new Past(past.numbers, null);
  }

  private Quality quality(Counts counts, @Nullable Normal usual) {
    long bad = counts.deadLettered() + counts.late() + counts.duplicate();
    long all = Math.max(counts.read(), bad);
    double valid = all == 0 ? 1 : (double) (all - bad) / all;
    double volume = usual == null ? 1 : volume(counts.read(), usual);
    List<ReasonCount> reasons = new ArrayList<>();
    new TreeMap<>(counts.reasons())
        .forEach((reason, records) -> reasons.add(new ReasonCount(reason, records)));
    return new Quality(
        counts.read() == 0 && usual == null ? null : (Double) (100 * valid * volume),
        valid,
        volume,
        counts.read(),
        usual == null ? null : (Double) usual.mean(),
        counts.deadLettered(),
        counts.late(),
        counts.duplicate(),
        counts.missed(),
        counts.nullIds(),
        counts.invalidTimes(),
        reasons);
  }

  private double lowest(Normal usual) {
    return usual.mean() - deviations * usual.deviation();
  }

  private double volume(long records, Normal usual) {
    double highest = usual.mean() + deviations * usual.deviation();
    if (records < lowest(usual)) {
      return records / lowest(usual);
    }
    return records > highest ? highest / records : 1;
  }

  private Memory memory(Past past) {
    Memory memory = normal.initial();
    for (int i = 0; i < past.numbers.size(); i++) {
      memory.set(i, past.numbers.get(i));
    }
    return memory;
  }

  private static List<Double> numbers(Memory memory) {
    List<Double> numbers = new ArrayList<>(memory.size());
    for (int i = 0; i < memory.size(); i++) {
      numbers.add(memory.get(i));
    }
    return numbers;
  }
}
