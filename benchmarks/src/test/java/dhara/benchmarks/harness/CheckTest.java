package dhara.benchmarks.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckTest {

  @TempDir private Path folder;

  private final PrintStream nowhere =
      new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);

  @Test
  void aRatioBelowAThirdOfWhatWasNotedIsSaid() {
    Check check = new Check(Map.of("few/dhara", new Spread(0.8, 0.9, 1)));

    // Half the reference's processor efficiency is above a third of 0.9, a quarter below it.
    assertThat(check.below(result(10, 20, 22, 19), nowhere), is(empty()));
    assertThat(
        check.below(result(10, 40, 20, 44), nowhere),
        contains(startsWith("few: dhara is at 0.25")));
  }

  @Test
  void ratiosAreTakenRoundByRound() {
    Result.Runs dhara = runs("dhara", 20, 10);
    Result.Runs reference = runs("flink", 10, 20);

    assertThat(dhara.against(reference, Measured::cpuNanos), is(new Spread(0.5, 1.25, 2.0)));
  }

  @Test
  void whatIsNotedIsReadAgain() throws IOException {
    Path file = folder.resolve("check.properties");
    Check check = new Check(Map.of("few/dhara", new Spread(1, 1, 1)));

    check.note(List.of(result(10, 20, 10, 25))).write(file);

    assertThat(Check.read(file).expected(), is(Map.of("few/dhara", new Spread(0.4, 0.5, 1))));
  }

  @Test
  void whatIsMostlyNoiseIsNotNoted() {
    Check check = new Check(Map.of("few/dhara", new Spread(1, 1, 1)));

    IOException refused =
        assertThrows(IOException.class, () -> check.note(List.of(result(10, 20, 10, 31))));

    assertThat(refused.getMessage(), startsWith("few/dhara: rounds differ too much"));
  }

  @Test
  void whatIsKeptIsReadAgain() throws IOException {
    Result result = result(10, 20, 20, 20);
    result.write(folder);

    assertThat(Result.read(folder, "few").orElseThrow(), is(result));
    assertThat(Result.read(folder, "many").isPresent(), is(false));
  }

  private static Result result(long reference, long... dhara) {
    long[] same = new long[dhara.length];
    Arrays.fill(same, reference);
    return new Result(
        "few",
        100,
        "2026-01-05",
        new Machine("a processor", 4, "a system", "a JVM", Map.of()),
        1,
        List.of(runs("flink", same), runs("dhara", dhara)));
  }

  private static Result.Runs runs(String name, long... cpuNanos) {
    return new Result.Runs(
        name,
        "-Xmx1g",
        Arrays.stream(cpuNanos)
            .mapToObj(cpu -> new Measured(new Outcome(100, 1, 1), cpu, cpu, 1, 1, 1))
            .toList(),
        null);
  }
}
