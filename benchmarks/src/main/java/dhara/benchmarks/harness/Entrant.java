package dhara.benchmarks.harness;

import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A contestant of a work.
 *
 * @param name its short name, the same wherever it enters
 * @param about what it is and how it was tuned, for the report
 * @param classPath where it lives
 * @param contestant its class, by name: the class path of the command does not hold it. A {@link
 *     Contestant}, or the main class of a command
 * @param flags flags of its JVM, beside those that all have
 * @param command how its main class is called, if it is a command; null if it is a contestant in a
 *     JVM that lives as long as the work
 */
public record Entrant(
    String name,
    String about,
    ClassPath classPath,
    String contestant,
    List<String> flags,
    @Nullable Command command) {

  public Entrant {
    flags = List.copyOf(flags);
  }

  /** An entrant whose JVM needs no flags of its own. */
  public Entrant(String name, String about, ClassPath classPath, String contestant) {
    this(name, about, classPath, contestant, List.of(), null);
  }

  /** A command, whose every run is a new process. */
  public static Entrant command(
      String name, String about, ClassPath classPath, String main, Command command) {
    return new Entrant(name, about, classPath, main, List.of(), command);
  }
}
