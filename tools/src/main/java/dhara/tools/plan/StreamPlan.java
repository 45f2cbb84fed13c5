package dhara.tools.plan;

import dhara.tools.calibrate.Calibration;
import dhara.tools.calibrate.Figure;
import dhara.tools.calibrate.StreamShape;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A plan: what it rests on, what follows, and what is not known.
 *
 * @param analysis its name
 * @param inputs measured, given or assumed
 * @param results computed from these
 * @param schedule the scaling schedule; empty without a history of counts
 * @param notes what the reader should know before trusting the results
 */
record StreamPlan(
    String analysis,
    List<Figure> inputs,
    List<Figure> results,
    List<ScalingSchedule.Step> schedule,
    List<String> notes) {

  StreamPlan {
    inputs = List.copyOf(inputs);
    results = List.copyOf(results);
    schedule = List.copyOf(schedule);
    notes = List.copyOf(notes);
  }

  /**
   * What the options of the analysis say.
   *
   * @param lateness how long after the end of a window its answer is kept
   * @param unique whether each event is counted once
   */
  record Settings(Duration lateness, boolean unique) {}

  /**
   * Makes a plan.
   *
   * @param options of the verb, with a rate or a history of counts
   * @param given the names of the options that the user gave
   * @param measured with the user's events; null if there are none
   * @param history of counts; null if there is none
   */
  static StreamPlan of(
      String analysis,
      PlanOptions options,
      Set<String> given,
      @Nullable Calibration measured,
      @Nullable HourlyCounts history,
      StreamShape shape,
      Settings settings) {
    return new Planning(options, given, Optional.ofNullable(measured), history, shape, settings)
        .plan(analysis);
  }
}
