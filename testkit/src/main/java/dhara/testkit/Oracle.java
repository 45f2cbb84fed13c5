package dhara.testkit;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * The slow, obvious truth of an analysis: naive plain Java over a list of its events, each once,
 * that shares no code with it. Found by {@link ServiceLoader}; the parity tests want one of every
 * analysis.
 */
public interface Oracle {

  /** The name of the analysis. */
  String analysis();

  /**
   * Its answers with default options.
   *
   * @param events of its first input, in any order
   * @return by output, the answers as JSON objects with the columns of that output, but the
   *     revision
   */
  Map<String, List<String>> answers(List<? extends Record> events);

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
}
