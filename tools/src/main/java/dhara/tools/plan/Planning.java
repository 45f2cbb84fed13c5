package dhara.tools.plan;

import dhara.options.BadOption;
import dhara.tools.calibrate.Assumed;
import dhara.tools.calibrate.Calibration;
import dhara.tools.calibrate.Figure;
import dhara.tools.calibrate.Mark;
import dhara.tools.calibrate.StoredOutput;
import dhara.tools.calibrate.StreamShape;
import dhara.tools.calibrate.Unit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Works a plan out, in the order in which its figures are printed. */
final class Planning {

  /** Shards of the steps that group, order and deduplicate in a stream. */
  private static final long SHARDS = 256;

  private final PlanOptions options;
  private final Optional<Calibration> measured;
  private final @Nullable HourlyCounts history;
  private final StreamShape shape;
  private final StreamPlan.Settings settings;
  private final PlanFigures figures;

  Planning(
      PlanOptions options,
      Set<String> given,
      Optional<Calibration> measured,
      @Nullable HourlyCounts history,
      StreamShape shape,
      StreamPlan.Settings settings) {
    this.options = options;
    this.figures = new PlanFigures(given);
    this.measured = measured;
    this.history = history;
    this.shape = shape;
    this.settings = settings;
  }

  StreamPlan plan(String analysis) {
    double batchPerCore = perCore();
    double streamPerCore =
        batchPerCore
            * figures.option(
                "stream against backfill",
                options.getStreamShare(),
                Unit.SHARE,
                "streamShare",
                Assumed.FEW_KEYS);
    double bytes = bytesPerEvent();
    Sizing.Asked asked =
        new Sizing.Asked(
            streamPerCore,
            figures.option(
                "utilisation",
                options.getUtilisation(),
                Unit.SHARE,
                "utilisation",
                "a third more than the rate is left for bursts"),
            figures.option(
                "longest outage",
                PlanFigures.seconds(options.getOutage()),
                Unit.SECONDS,
                "outage",
                "ask your operators"),
            figures.option(
                "to catch up after it",
                PlanFigures.seconds(options.getCatchUp()),
                Unit.SECONDS,
                "catchUp",
                "ask your readers"),
            bytes,
            figures.option(
                "bytes a partition",
                options.getPartitionBytes(),
                Unit.BYTES_PER_SECOND,
                "partitionBytes",
                "a rule of thumb; measure your brokers"),
            (int)
                figures.option(
                    "cores a machine",
                    options.getMachineCores(),
                    Unit.COUNT,
                    "machineCores",
                    "your machines are not known"));
    Optional<ScalingSchedule> schedule =
        Optional.ofNullable(history).map(counts -> schedule(counts, asked));
    double rate = rate(schedule);
    Sizing sizing = asked.at(rate);
    figures.result(
        "capacity",
        sizing.capacity(),
        Unit.EVENTS_PER_SECOND,
        "max(rate / utilisation," + " rate · (1 + outage / catch-up))");
    figures.result(
        "parallelism",
        (double) sizing.parallelism(),
        Unit.COUNT,
        "capacity / events a core of the" + " stream, rounded up");
    figures.result(
        "partitions",
        (double) sizing.partitions(),
        Unit.COUNT,
        "a multiple of the parallelism that" + " carries the bytes");
    figures.result("bytes read", rate * bytes, Unit.BYTES_PER_SECOND, "rate · bytes of an event");
    StateEstimate state = state(rate);
    figures.result(
        "machines",
        (double) sizing.machines(),
        Unit.COUNT,
        "parallelism / cores a machine, rounded" + " up");
    figures.result(
        "state a machine", state.bytes() / sizing.machines(), Unit.BYTES, "state / machines");
    if (sizing.parallelism() > SHARDS) {
      figures.note(
          "steps that group, order or deduplicate have "
              + SHARDS
              + " parts, so at most as many workers share them; nothing was measured at such a"
              + " size");
    }
    schedule.ifPresent(this::schedule);
    PlanCosts.add(options, sizing, state, schedule, figures);
    past(rate, sizing, batchPerCore, streamPerCore);
    notes();
    return new StreamPlan(
        analysis,
        figures.inputs(),
        figures.results(),
        schedule.map(ScalingSchedule::steps).orElse(List.of()),
        figures.notes());
  }

  private double perCore() {
    if (options.getPerCore() != null) {
      return figures.input(
          "events a core, backfill",
          options.getPerCore(),
          Unit.EVENTS_PER_SECOND,
          Mark.GIVEN,
          "--perCore");
    }
    return measured
        .map(
            sample ->
                figures.input(
                    "events a core, backfill",
                    sample.perCore(),
                    Unit.EVENTS_PER_SECOND,
                    Mark.MEASURED,
                    (sample.startIncluded() ? "with its start, over " : "beyond the start, over ")
                        + Unit.COUNT.text((double) sample.events())
                        + " events"))
        .orElseGet(
            () ->
                figures.input(
                    "events a core, backfill",
                    Assumed.PER_CORE,
                    Unit.EVENTS_PER_SECOND,
                    Mark.ASSUMED,
                    Assumed.ORDER_METRICS));
  }

  private double bytesPerEvent() {
    if (options.getBytesPerEvent() != null) {
      return figures.input(
          "bytes of an event",
          options.getBytesPerEvent(),
          Unit.BYTES,
          Mark.GIVEN,
          "--bytesPerEvent");
    }
    return measured
        .map(
            sample ->
                figures.input(
                    "bytes of an event",
                    sample.bytesPerEvent(),
                    Unit.BYTES,
                    Mark.MEASURED,
                    sample.verbatim() ? "with a line feed" : "as JSON"))
        .orElseGet(
            () ->
                figures.input(
                    "bytes of an event",
                    Assumed.BYTES_PER_EVENT,
                    Unit.BYTES,
                    Mark.ASSUMED,
                    Assumed.ORDER_METRICS));
  }

  private double rate(Optional<ScalingSchedule> schedule) {
    if (options.getRate() != null) {
      figures.first(
          new Figure("rate", options.getRate(), Unit.EVENTS_PER_SECOND, Mark.GIVEN, "--rate"));
      return options.getRate();
    }
    double peak = schedule.orElseThrow().peak();
    if (peak <= 0) {
      throw new BadOption(
          "--counts", options.getCounts(), "forecasts no events; give --rate, or other counts");
    }
    figures.first(
        new Figure(
            "rate",
            peak,
            Unit.EVENTS_PER_SECOND,
            Mark.COMPUTED,
            "the highest of the forecast, with its headroom"));
    return peak;
  }

  private ScalingSchedule schedule(HourlyCounts counts, Sizing.Asked asked) {
    SeasonalForecast forecast = SeasonalForecast.of(counts);
    figures.input(
        "hours of history",
        counts.events().size(),
        Unit.COUNT,
        Mark.GIVEN,
        "--counts, complete hours");
    double peakToMean =
        figures.option(
            "peak within an hour",
            options.getPeakToMean(),
            Unit.FACTOR,
            "peakToMean",
            "hourly counts do not show it");
    double quantile =
        figures.option(
            "hours that headroom covers",
            options.getHeadroom(),
            Unit.SHARE,
            "headroom",
            "one hour in twenty may exceed it");
    double headroom = forecast.headroom(quantile);
    figures.input(
        "headroom",
        headroom,
        Unit.FACTOR,
        Mark.MEASURED,
        forecast.weeks() < 2
            ? "that quantile of count / fit"
            : "that quantile of count / forecast, each week from the one before");
    figures.input(
        "error of the forecast",
        forecast.error(),
        Unit.SHARE,
        Mark.MEASURED,
        "the median of |count / forecast − 1|");
    if (forecast.weeks() < 2) {
      figures.note(
          "the history has "
              + forecast.weeks()
              + " whole weeks: with fewer than two, the headroom is that of the fit, not of a"
              + " forecast");
    }
    return ScalingSchedule.of(
        forecast, headroom * peakToMean, rate -> rate > 0 ? asked.at(rate).parallelism() : 1);
  }

  private void schedule(ScalingSchedule schedule) {
    figures.result(
        "core hours of the week, scaled",
        schedule.coreHours(),
        Unit.CORE_HOURS,
        "Σ of the" + " schedule");
    figures.result(
        "core hours of the week, at its peak",
        schedule.coreHoursAtPeak(),
        Unit.CORE_HOURS,
        "168 h · the highest parallelism");
  }

  private StateEstimate state(double rate) {
    figures.input(
        "horizon of events",
        PlanFigures.seconds(shape.horizon()),
        Unit.SECONDS,
        Mark.GIVEN,
        "windows and lateness of the analysis");
    Duration interval = options.getCheckpointEvery();
    figures.option(
        "checkpoint every",
        PlanFigures.seconds(interval),
        Unit.SECONDS,
        "checkpointEvery",
        "the default of" + " streams");
    StateEstimate state =
        measured
            .map(
                sample ->
                    StateEstimate.of(
                        sample, rate, shape.horizon(), settings.lateness(), settings.unique()))
            .orElseGet(() -> StateEstimate.ofIds(rate, shape.horizon(), settings.unique()));
    measured.ifPresent(
        sample -> {
          figures.input(
              "keys in the sample",
              (double) sample.keys(),
              Unit.COUNT,
              Mark.MEASURED,
              "of all outputs");
          figures.input(
              "bytes grouped an answer",
              sample.groupedBytes(),
              Unit.BYTES,
              Mark.MEASURED,
              "encoded, in a backfill");
          for (StoredOutput output : sample.outputs()) {
            figures.input(
                "growth of " + output.output(),
                output.growth(),
                Unit.SHARE,
                Mark.MEASURED,
                "answers of a window ~ events^growth");
          }
        });
    figures.result(
        "ids, to count once",
        state.idBytes(),
        Unit.BYTES,
        settings.unique() ? "rate ·" + " horizon · 24 bytes" : "--unique=false keeps none");
    if (measured.isPresent()) {
      figures.result(
          "answers open at once", Math.ceil(state.openAnswers()), Unit.COUNT, "see docs/plan.md");
      figures.result(
          "state, an estimate", state.bytes(), Unit.BYTES, "ids + open answers · bytes grouped");
    } else {
      figures.result(
          "state, of ids alone", state.bytes(), Unit.BYTES, "sums need --events to be known");
    }
    figures.result("full checkpoint", state.bytes(), Unit.BYTES, "the state");
    figures.result(
        "incremental checkpoint",
        state.newBytes(interval, shape.horizon()),
        Unit.BYTES,
        "state · interval / horizon");
    return state;
  }

  private void past(double rate, Sizing sizing, double batchPerCore, double streamPerCore) {
    Duration past = options.getPast();
    if (past == null) {
      return;
    }
    figures.input(
        "past to compute again", PlanFigures.seconds(past), Unit.SECONDS, Mark.GIVEN, "--past");
    BackfillTime time =
        BackfillTime.of(
            rate, PlanFigures.seconds(past), sizing.parallelism(), batchPerCore, streamPerCore);
    figures.result("events of the past", time.events(), Unit.COUNT, "rate · past");
    figures.result(
        "catch-up factor",
        time.factor(),
        Unit.FACTOR,
        "parallelism · events a core of the" + " stream / rate");
    figures.result(
        "past, as a batch",
        time.batchSeconds(),
        Unit.SECONDS,
        "events / (parallelism · events" + " a core)");
    figures.result("past, replayed alone", time.replaySeconds(), Unit.SECONDS, "past / factor");
    figures.result(
        "past, replayed beside live events",
        time.besideLiveSeconds(),
        Unit.SECONDS,
        "past / (factor − 1)");
  }

  private void notes() {
    if (measured.isEmpty()) {
      figures.note(
          "nothing was measured; --events=URI measures with your own events, and replaces what is"
              + " assumed of an event's bytes and of a core's speed");
      return;
    }
    Calibration sample = measured.get();
    sample.doubts().forEach(figures::note);
    figures.note("the speed is that of this machine; other processors differ");
    figures.note("that speed grows with the number of cores is assumed, not measured");
  }
}
