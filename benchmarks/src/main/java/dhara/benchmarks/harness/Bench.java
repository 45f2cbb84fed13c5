package dhara.benchmarks.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import picocli.CommandLine.Option;

/**
 * The options of all commands: the folder of the benchmarks, the folder of figures, and the heap.
 */
public final class Bench {

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      defaultValue = "4g",
      description =
          "Heap of each JVM that is measured, as -Xmx takes it (default: ${DEFAULT-VALUE}).")
  private String heap;

  @Option(
      names = "--benchmarks",
      paramLabel = "FOLDER",
      defaultValue = "benchmarks",
      description = "The benchmarks' module (default: ${DEFAULT-VALUE}).")
  private Path module;

  @Option(
      names = "--results",
      paramLabel = "FOLDER",
      description =
          "Where figures and charts are kept, and RESULTS.md beside it (default: the module's results"
              + " folder).")
  private @Nullable Path results;

  /** Filled by picocli as part of a command. */
  public Bench() {}

  /** The folder of the benchmarks' module. */
  public Path module() {
    return module;
  }

  /** The folder where figures and charts are kept. */
  public Path kept() {
    return results == null ? module.resolve("results") : results;
  }

  /**
   * Flags of the JVMs that are measured, beside those that engines need.
   *
   * @param more what else they are given
   */
  public List<String> flags(String... more) {
    List<String> flags = new ArrayList<>();
    flags.add("-Xmx" + heap);
    flags.add("-Dfile.encoding=UTF-8");
    flags.add("-Duser.timezone=UTC");
    flags.addAll(List.of(more));
    return flags;
  }
}
