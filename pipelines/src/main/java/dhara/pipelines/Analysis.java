package dhara.pipelines;

import dhara.options.BadOption;
import dhara.options.DharaOptions;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Computes answers from events. An analysis declares its name, the events that it reads and the
 * answers that it gives, and connects them with shared transforms. It does not depend on where
 * events come from, where answers go, the runner, or whether it streams.
 *
 * <p>Annotate it with {@code @AutoService(Analysis.class)}: then the command line, both modes,
 * every runner, the generator and the parity test find it.
 */
public interface Analysis<O extends DharaOptions> {

  /** Its name, its options, what it reads and what it answers; always the same. */
  Declaration<O> declaration();

  /** The command: {@code order-metrics}. */
  default String name() {
    return declaration().name();
  }

  /** What it answers, in one sentence without a full stop. */
  default String summary() {
    return declaration().summary();
  }

  /**
   * The field that it belongs to, such as {@code payments}: the package below {@code pipelines}, or
   * the last part of the package if it is elsewhere.
   */
  default String domain() {
    List<String> parts = List.of(getClass().getPackageName().split("[.]", -1));
    int below = parts.indexOf("pipelines") + 1;
    return parts.get(below > 0 && below < parts.size() ? below : parts.size() - 1);
  }

  /** Its options. */
  default Class<O> options() {
    return declaration().options();
  }

  /** What it reads; the first input is the one that a bare {@code --events=URI} means. */
  default List<Input<?>> inputs() {
    return declaration().inputs();
  }

  /** What it answers; the first output is the main one. */
  default List<Output<?, ?>> outputs() {
    return declaration().outputs();
  }

  /** Makes events of its inputs, for tests, demonstrations and load tests. */
  default Scenario scenario() {
    return declaration().scenario();
  }

  /**
   * Builds answers from events: takes each input from the flow, and gives the flow each output.
   *
   * @throws dhara.options.BadOption if the options contradict each other
   */
  void build(Flow flow, O options);

  /**
   * Every analysis on the class path, by name.
   *
   * @throws BadOption if two have the same name, or a name cannot be a command
   */
  static SortedMap<String, Analysis<?>> all() {
    SortedMap<String, Analysis<?>> all = new TreeMap<>();
    for (Analysis<?> analysis : ServiceLoader.load(Analysis.class)) {
      String name = analysis.name();
      if (!name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*")) {
        throw new BadOption(
            analysis.getClass().getName(),
            null,
            "is named '" + name + "'; a name is kebab case: order-metrics");
      }
      Analysis<?> other = all.put(name, analysis);
      if (other != null) {
        throw new BadOption(
            "the class path",
            null,
            "holds two analyses that are named %s: %s and %s; rename one, or leave its jar out"
                .formatted(name, other.getClass().getName(), analysis.getClass().getName()));
      }
    }
    return all;
  }
}
