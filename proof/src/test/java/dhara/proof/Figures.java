package dhara.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * The measured effect of a fault on a stream.
 *
 * @param fault the fault
 * @param events records that the stream was sent
 * @param kills processes that were killed
 * @param recovery from the fault's beginning until the stream reads again
 * @param lost records that left by no exit, and missing answers of the oracle
 * @param duplicated records that left by two exits, and answers that a reader could count twice
 */
record Figures(
    String fault,
    String analysis,
    long events,
    int kills,
    Duration recovery,
    long lost,
    long duplicated) {

  /** Prints them, and adds them to the table of the build. */
  void tell() throws IOException {
    String line =
        "| %s | %s | %,d | %d | %.1f | %d | %d |%n"
            .formatted(
                fault, analysis, events, kills, recovery.toMillis() / 1_000.0, lost, duplicated);
    System.out.print(line);
    Path table = Path.of(System.getProperty("dhara.cluster.folder")).resolve("faults.md");
    if (Files.notExists(table)) {
      Files.writeString(
          table,
          "| fault | analysis | records | kills | seconds to recovery | lost | duplicated |%n"
                  .formatted()
              + "| --- | --- | --- | --- | --- | --- | --- |%n".formatted());
    }
    Files.writeString(table, line, StandardOpenOption.APPEND);
  }
}
