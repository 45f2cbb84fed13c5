package dhara.benchmarks.harness;

import java.util.List;

/** Works that belong together; found by {@link java.util.ServiceLoader}. */
public interface Suite {

  /** Its name, a heading of the report. */
  String name();

  /** Where it stands in the report. */
  int order();

  /** Its works, in the report's order. */
  List<Work> works();
}
