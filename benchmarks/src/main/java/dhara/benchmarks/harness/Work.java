package dhara.benchmarks.harness;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A job that several contestants do over the same input.
 *
 * @param name its short name
 * @param about what is read, what is answered and how the engines run, for the report
 * @param events how many events, unless the command says fewer
 * @param parameters what else its contestants are told, by name
 * @param entrants who does it; the first is the reference, whose figures the others' are compared
 *     with
 * @param setting what must stand before its contestants run
 * @param point where it stands on a curve over several works, if it does
 */
public record Work(
    String name,
    String about,
    long events,
    Map<String, String> parameters,
    List<Entrant> entrants,
    Setting setting,
    @Nullable Point point) {

  /** A place that a work's contestants need, a broker for example; it is closed after the work. */
  public interface Setting {

    /**
     * Prepares the place.
     *
     * @param task what the contestants will be asked to do
     * @param classPaths gives the class paths of other JVMs to start
     * @param folder an empty folder of its own
     */
    Prepared prepare(Task task, ClassPaths classPaths, Path folder) throws Exception;
  }

  /** Gives class paths for JVMs that a {@link Setting} starts. */
  public interface ClassPaths {
    String of(ClassPath which) throws java.io.IOException;
  }

  /**
   * A prepared place.
   *
   * @param parameters what its contestants are told beside the work's own parameters
   * @param close takes it down
   */
  public record Prepared(Map<String, String> parameters, AutoCloseable close) {}

  /**
   * A point of a curve.
   *
   * @param curve the curve's name, the same for all its points
   * @param axis what grows along it
   * @param x how much of it; null where it is the events that are read
   */
  public record Point(String curve, String axis, @Nullable Long x) {

    /** A point of a curve along which the number of events grows. */
    public static Point events(String curve) {
      return new Point(curve, "events", null);
    }
  }

  public Work {
    parameters = Map.copyOf(parameters);
    entrants = List.copyOf(entrants);
    if (entrants.isEmpty()) {
      throw new IllegalArgumentException("the work " + name + " has no contestants");
    }
    if (entrants.stream().map(each -> each.command() == null).distinct().count() > 1) {
      throw new IllegalArgumentException(
          "the work " + name + " has commands and JVMs that stay: their figures do not compare");
    }
  }

  /** A work that needs nothing prepared. */
  public static Work of(
      String name,
      String about,
      long events,
      Map<String, String> parameters,
      List<Entrant> entrants) {
    return new Work(
        name,
        about,
        events,
        parameters,
        entrants,
        (task, classPaths, folder) -> new Prepared(Map.of(), () -> {}),
        null);
  }

  /** The work, in a place that must be prepared. */
  public Work in(Setting newSetting) {
    return new Work(name, about, events, parameters, entrants, newSetting, point);
  }

  /** The work, as a point of a curve. */
  public Work at(Point newPoint) {
    return new Work(name, about, events, parameters, entrants, setting, newPoint);
  }

  /** Whose figures the others' are compared with. */
  public Entrant reference() {
    return entrants.get(0);
  }

  /** Whether its contestants are commands, whose every run is a new process. */
  boolean ofCommands() {
    return reference().command() != null;
  }

  Task task(long most) {
    return new Task(Math.min(events, most), parameters);
  }

  static Task with(Task task, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(task.parameters());
    all.putAll(more);
    return new Task(task.events(), all);
  }
}
