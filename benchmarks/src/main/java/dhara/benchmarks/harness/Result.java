package dhara.benchmarks.harness;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What was measured of a work, kept as JSON: the report is written from these, so that works may be
 * measured one at a time.
 *
 * @param work its name
 * @param events how many events each contestant read
 * @param date of the measurement, ISO
 * @param machine where
 * @param warmups rounds before those that count
 * @param contestants in the work's order; the first is the reference
 */
record Result(
    String work, long events, String date, Machine machine, int warmups, List<Runs> contestants) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * A contestant's runs, one for each round that counts.
   *
   * @param name the entrant's
   * @param flags of its JVM
   * @param rounds what each took
   * @param failure why there are none (or no more); null where all is well
   */
  record Runs(String name, String flags, List<Measured> rounds, @Nullable String failure) {

    boolean failed() {
      return failure != null || rounds.isEmpty();
    }

    Spread spread(ToDoubleFunction<Measured> figure) {
      return Spread.of(rounds.stream().mapToDouble(figure));
    }

    /** How many times a figure of this one goes into the other's, round by round. */
    Spread against(Runs reference, ToDoubleFunction<Measured> figure) {
      return Spread.of(
          java.util.stream.IntStream.range(0, Math.min(rounds.size(), reference.rounds.size()))
              .mapToDouble(
                  i ->
                      figure.applyAsDouble(reference.rounds.get(i))
                          / figure.applyAsDouble(rounds.get(i))));
    }
  }

  Runs reference() {
    return contestants.get(0);
  }

  Optional<Runs> of(String contestant) {
    return contestants.stream().filter(each -> each.name.equals(contestant)).findFirst();
  }

  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(work + ".json"), JSON.writeValueAsString(this) + "\n");
  }

  static Optional<Result> read(Path folder, String work) throws IOException {
    Path file = folder.resolve(work + ".json");
    return Files.exists(file)
        ? Optional.of(JSON.readValue(file.toFile(), Result.class))
        : Optional.empty();
  }
}
