package dhara.benchmarks.harness;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How time and memory grow along a curve, whose points are works.
 *
 * <p>Each run includes the start and the end of the engine, so the time per event falls with the
 * number of events even if each event takes the same. Therefore points that differ in the number of
 * events also show the time per further event: that of the events that a point has more than the
 * one before, in which the start cancels out.
 *
 * @param name its name
 * @param axis what grows
 * @param steps the measurements, contestant by contestant, each in the order of x
 */
record Curve(String name, String axis, List<Step> steps) {

  /** What was measured of a point. */
  record Point(Work.Point at, Result result) {

    /** How much there is of what grows. */
    long x() {
      return at.x() == null ? result.events() : at.x();
    }
  }

  /**
   * A contestant at a point, by the middle of its rounds; memory by their most.
   *
   * @param x how much there is of what grows
   * @param wallNanos time of a run
   * @param cpuNanos processor time of a run
   * @param heapMebibytes heap kept
   * @param processMebibytes physical memory of the process
   * @param before the contestant at the point before; null at the first
   */
  record Step(
      String contestant,
      long x,
      long events,
      long answers,
      double wallNanos,
      double cpuNanos,
      double heapMebibytes,
      double processMebibytes,
      @Nullable Step before) {

    private static Step of(long x, Result.Runs runs, @Nullable Step before) {
      Outcome outcome = runs.rounds().get(0).outcome();
      return new Step(
          runs.name(),
          x,
          outcome.events(),
          outcome.answers(),
          runs.spread(Measured::wallNanos).middle(),
          runs.spread(Measured::cpuNanos).middle(),
          runs.spread(Measured::heapMebibytes).most(),
          runs.spread(Measured::processMebibytes).most(),
          before);
    }

    /** What each event took. */
    double perEvent(ToDoubleFunction<Step> nanos) {
      return nanos.applyAsDouble(this) / events;
    }

    /** The time of each event that the point before does not have; null if it has as many. */
    @Nullable Double perFurtherEvent(ToDoubleFunction<Step> nanos) {
      return before == null || before.events >= events
          ? null
          : (nanos.applyAsDouble(this) - nanos.applyAsDouble(before)) / (events - before.events);
    }
  }

  /** The curve of some points, all of one curve. */
  static Curve of(List<Point> points) {
    Map<String, List<Step>> steps = new LinkedHashMap<>();
    for (Point point : points.stream().sorted(Comparator.comparingLong(Point::x)).toList()) {
      for (Result.Runs runs : point.result.contestants()) {
        if (!runs.failed()) {
          List<Step> line = steps.computeIfAbsent(runs.name(), name -> new ArrayList<>());
          line.add(Step.of(point.x(), runs, line.isEmpty() ? null : line.get(line.size() - 1)));
        }
      }
    }
    Work.Point any = points.get(0).at;
    return new Curve(
        any.curve(), any.axis(), steps.values().stream().flatMap(List::stream).toList());
  }

  /** Whether the heap was measured: that of a command is not. */
  boolean knowsHeap() {
    return steps.stream().anyMatch(step -> step.heapMebibytes != Measured.UNKNOWN);
  }

  /** A line of a chart for each contestant. */
  Map<String, Charts.Series> lines(ToDoubleFunction<Step> y) {
    Map<String, Charts.Series> lines = new LinkedHashMap<>();
    for (Step step : steps) {
      lines
          .computeIfAbsent(step.contestant, name -> Charts.Series.empty())
          .add(step.x, y.applyAsDouble(step));
    }
    return lines;
  }

  /** A row for each contestant and point, Markdown that ends with an empty line. */
  String table() {
    boolean slopes = steps.stream().anyMatch(step -> step.perFurtherEvent(Step::wallNanos) != null);
    List<String> heads = new ArrayList<>(List.of(axis, "answers", "ns per event"));
    if (slopes) {
      heads.add("ns per further event");
    }
    heads.add("CPU ns per event");
    if (slopes) {
      heads.add("CPU ns per further event");
    }
    if (knowsHeap()) {
      heads.add("heap kept, MiB");
    }
    heads.add("process, MiB");
    StringBuilder text = new StringBuilder();
    text.append("| | ").append(String.join(" | ", heads)).append(" |\n| --- |");
    text.append(" --: |".repeat(heads.size())).append("\n");
    for (Step step : steps) {
      List<String> cells = new ArrayList<>();
      cells.add(step.contestant);
      cells.add(String.format(Locale.ROOT, "%,d", step.x));
      cells.add(String.format(Locale.ROOT, "%,d", step.answers));
      for (ToDoubleFunction<Step> nanos :
          List.<ToDoubleFunction<Step>>of(Step::wallNanos, Step::cpuNanos)) {
        cells.add(withChange(step, each -> each.perEvent(nanos)));
        if (slopes) {
          cells.add(withChange(step, each -> each.perFurtherEvent(nanos)));
        }
      }
      if (knowsHeap()) {
        cells.add(String.format(Locale.ROOT, "%.0f", step.heapMebibytes));
      }
      cells.add(String.format(Locale.ROOT, "%.0f", step.processMebibytes));
      text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
    text.append("\nIn brackets: against the point before.");
    if (slopes) {
      text.append(
          " *Per further event*: what each event took that the point before does not have,"
              + " (t2 - t1) / (n2 - n1) of the medians; the engine's start, which is in both runs,"
              + " is not in it.");
    }
    return text.append("\n\n").toString();
  }

  /** {@code 512 (-3 %)}; without the change where there is none, empty where there is no figure. */
  private static String withChange(Step step, Function<Step, @Nullable Double> figure) {
    Double now = figure.apply(step);
    Double then = step.before == null ? null : figure.apply(step.before);
    return now == null
        ? ""
        : then == null
            ? String.format(Locale.ROOT, "%.0f", now)
            : String.format(Locale.ROOT, "%.0f (%+.0f %%)", now, 100 * (now / then - 1));
  }
}
