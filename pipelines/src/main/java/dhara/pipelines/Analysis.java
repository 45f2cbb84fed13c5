package dhara.pipelines;

import dhara.options.DharaOptions;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Answers from events. An analysis names itself, says which events it reads and what it answers,
 * and connects the two with shared transforms. It knows neither where events come from nor where
 * answers go, neither the runner nor whether it streams.
 *
 * <p>Annotate it with {@code @AutoService(Analysis.class)}: the command line, both modes, every
 * runner, the generator and the parity test find it there.
 */
public interface Analysis<O extends DharaOptions> {

  /** The command, in kebab case: {@code order-metrics}. */
  String name();

  /** What it answers, in one sentence without a full stop. */
  String summary();

  /** Its options: an interface that extends {@link DharaOptions} and what it adds to them. */
  Class<O> options();

  /** What it reads; the first input is the one that a bare {@code --events=URI} means. */
  List<Input<?>> inputs();

  /** What it answers; the first output is the main one. */
  List<Output<?, ?>> outputs();

  /**
   * Builds answers from events: takes each input from the flow, and gives the flow each output.
   *
   * @throws dhara.options.BadOption where the options contradict each other
   */
  void build(Flow flow, O options);

  /** Every analysis on the class path, by name. */
  static SortedMap<String, Analysis<?>> all() {
    SortedMap<String, Analysis<?>> all = new TreeMap<>();
    for (Analysis<?> analysis : ServiceLoader.load(Analysis.class)) {
      Analysis<?> other = all.put(analysis.name(), analysis);
      if (other != null) {
        throw new IllegalStateException(
            "two analyses are named " + analysis.name() + ": " + other + ", " + analysis);
      }
    }
    return all;
  }
}
