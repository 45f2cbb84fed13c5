package dhara.tools.plan;

import dhara.tools.calibrate.Figure;
import dhara.tools.calibrate.Mark;
import dhara.tools.calibrate.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Collects the figures of a plan. */
final class PlanFigures {

  private final Set<String> given;
  private final List<Figure> inputs = new ArrayList<>();
  private final List<Figure> results = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * No figures.
   *
   * @param given the names of the options that the user gave
   */
  PlanFigures(Set<String> given) {
    this.given = given;
  }

  /** What the plan rests on. */
  List<Figure> inputs() {
    return inputs;
  }

  /** What follows from it. */
  List<Figure> results() {
    return results;
  }

  /** What the reader should know. */
  List<String> notes() {
    return notes;
  }

  /** Puts an input before all others. */
  void first(Figure input) {
    inputs.add(0, input);
  }

  /**
   * Adds the value of an option, which is assumed if the user did not give it.
   *
   * @param otherwise what the default rests on
   */
  double option(String name, double value, Unit unit, String option, String otherwise) {
    boolean byUser = given.contains(option);
    return input(
        name,
        value,
        unit,
        byUser ? Mark.GIVEN : Mark.ASSUMED,
        byUser ? "--" + option : otherwise + "; --" + option + " says otherwise");
  }

  /** Adds an input, and returns its value. */
  double input(String name, double value, Unit unit, Mark mark, String why) {
    inputs.add(new Figure(name, value, unit, mark, why));
    return value;
  }

  /** Adds a result. */
  void result(String name, double value, Unit unit, String formula) {
    results.add(new Figure(name, value, unit, Mark.COMPUTED, formula));
  }

  /** Adds a sentence without a full stop. */
  void note(String note) {
    notes.add(note);
  }

  static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }
}
