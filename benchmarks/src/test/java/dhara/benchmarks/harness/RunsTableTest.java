package dhara.benchmarks.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunsTableTest {

  private static final long SECOND = 1_000_000_000;

  @Test
  void ofCommandsItShowsWholeRuns() {
    Result result =
        result(
            new Result.Runs("duckdb", "", List.of(measured(2 * SECOND, 0)), null),
            new Result.Runs("dhara", "", List.of(measured(5 * SECOND, 0)), null),
            new Result.Runs("other", "", List.of(), "exit code 1"));

    assertThat(
        new RunsTable(result, true).text(),
        is(
            """
            | | seconds | speed ratio | CPU seconds | CPU ratio | process, MiB | thousand events/s |
            | --- | --: | --: | --: | --: | --: | --: |
            | duckdb | 2.00 | 1.00 (1.00–1.00) | 3.00 | 1.00 (1.00–1.00) | 64 | 500 |
            | dhara | 5.00 | 0.40 (0.40–0.40) | 7.50 | 0.40 (0.40–0.40) | 64 | 200 |
            | other | failed: exit code 1 | | | | | |
            """));
  }

  @Test
  void ofJvmsThatStayItShowsWhatAnEventTakes() {
    Result result =
        result(new Result.Runs("dhara", "", List.of(measured(2 * SECOND, 32L << 20)), null));

    assertThat(
        new RunsTable(result, false).text(),
        is(
            """
            | | thousand events/s | speed ratio | CPU s per million | CPU ratio | heap kept, MiB | process, MiB | allocated, B/event |
            | --- | --: | --: | --: | --: | --: | --: | --: |
            | dhara | 500 | 1.00 (1.00–1.00) | 3.00 | 1.00 (1.00–1.00) | 32 | 64 | 34 |
            """));
  }

  @Test
  void commandsAndJvmsThatStayAreNotCompared() {
    Entrant stays = new Entrant("stays", "", ClassPath.PLAIN, "Some");
    Entrant command =
        new Entrant("command", "", ClassPath.PLAIN, "Main", List.of(), new NoCommand());

    assertThrows(
        IllegalArgumentException.class,
        () -> Work.of("mixed", "", 1, Map.of(), List.of(stays, command)));
  }

  private record NoCommand() implements Command {
    @Override
    public List<String> arguments(Task task, java.nio.file.Path answers) {
      return List.of();
    }

    @Override
    public Outcome outcome(Task task, java.nio.file.Path answers) {
      return new Outcome(0, 0, 0);
    }
  }

  private static Measured measured(long wallNanos, long heapBytes) {
    return new Measured(
        new Outcome(1_000_000, 7, 1),
        wallNanos,
        wallNanos * 3 / 2,
        heapBytes,
        heapBytes,
        64L << 20);
  }

  private static Result result(Result.Runs... runs) {
    return new Result(
        "some-work",
        1_000_000,
        "2026-01-05",
        new Machine("a processor", 4, "a system", "a JVM", Map.of()),
        1,
        List.of(runs));
  }
}
