package dhara.benchmarks.harness;

import java.util.List;

/**
 * A contestant of a work.
 *
 * @param name its short name, the same wherever it enters
 * @param about what it is and how it was tuned, for the report
 * @param classPath where it lives
 * @param contestant its class, by name: the class path of the command does not hold it
 * @param flags flags of its JVM, beside those that all have
 */
public record Entrant(
    String name, String about, ClassPath classPath, String contestant, List<String> flags) {

  public Entrant {
    flags = List.copyOf(flags);
  }

  /** An entrant whose JVM needs no flags of its own. */
  public Entrant(String name, String about, ClassPath classPath, String contestant) {
    this(name, about, classPath, contestant, List.of());
  }
}
