package dhara.benchmarks.harness;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/** Works that belong together; found by {@link java.util.ServiceLoader}. */
public interface Suite {

  /** Its name, a heading of the report. */
  String name();

  /** Where it stands in the report. */
  int order();

  /** Its works, in the report's order. */
  List<Work> works();

  /** All of the class path, in the report's order. */
  static List<Suite> all() {
    return ServiceLoader.load(Suite.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(Suite::order))
        .toList();
  }
}
