package dhara.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import dhara.cli.Arguments;
import dhara.options.Bounds;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * The expected answers of an analysis, computed by slow and obvious plain Java over lists of its
 * events, each once, without sharing code with it. Found by {@link ServiceLoader}; the parity tests
 * require one for every analysis.
 */
public interface Oracle {

  /** The name of the analysis. */
  String analysis();

  /**
   * Its answers.
   *
   * @param inputs the events of each input, in any order
   * @param options those of the run; {@code options.as(TYPE)} are the analysis' own
   * @return by output, the answers as JSON objects with the columns of that output, except the
   *     revision
   */
  Map<String, List<String>> answers(Inputs inputs, DharaOptions options);

  /**
   * The options of the runs in the parity tests, without those for sources and sinks. With the
   * first two it is also streamed under faults.
   */
  default List<List<String>> runs() {
    return List.of(List.of());
  }

  /**
   * How many events of the analysis {@code test-data/} has; fewer, where each event has an answer.
   */
  default long testEvents() {
    return 3_000;
  }

  /** The oracle of an analysis. */
  static Oracle of(String analysis) {
    for (Oracle oracle : ServiceLoader.load(Oracle.class)) {
      if (oracle.analysis().equals(analysis)) {
        return oracle;
      }
    }
    throw new AssertionError(
        "no oracle for " + analysis + ": add one with @AutoService(Oracle.class) to this module");
  }

  /**
   * The settled answers that a run of the command must give, by output, in the form of {@link
   * SettledAnswers}.
   *
   * @param arguments those of the run; sources and sinks are ignored
   */
  static Map<String, List<String>> settled(
      Analysis<?> analysis, Inputs inputs, List<String> arguments) {
    Map<String, List<String>> settled = new TreeMap<>();
    of(analysis.name())
        .answers(inputs, options(analysis, arguments))
        .forEach(
            (output, answers) -> {
              try {
                settled.put(output, SettledAnswers.of(answers));
              } catch (JsonProcessingException e) {
                throw new AssertionError("the oracle's answers are no JSON: " + output, e);
              }
            });
    return settled;
  }

  /** The options of a run, without those for sources and sinks. */
  static <O extends DharaOptions> O options(Analysis<O> analysis, List<String> arguments) {
    Arguments known = Arguments.ofAnalysis(analysis.name(), analysis.options());
    O options = known.build(analysis.options(), known.parse(arguments), List.of());
    Bounds.check(options, analysis.options());
    return options;
  }
}
