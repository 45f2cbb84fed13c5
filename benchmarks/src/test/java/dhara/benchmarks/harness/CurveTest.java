package dhara.benchmarks.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dhara.benchmarks.harness.Curve.Step;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CurveTest {

  private static final Work.Point EVENTS = Work.Point.events("events");

  @Test
  void theStartIsNotInTheTimePerFurtherEvent() {
    // A start of 1000 ns, then 4 ns for each event.
    Curve curve =
        Curve.of(
            List.of(
                new Curve.Point(EVENTS, result(100, runs("dhara", 100, 1400))),
                new Curve.Point(EVENTS, result(1000, runs("dhara", 1000, 5000)))));

    Step first = curve.steps().get(0);
    Step second = curve.steps().get(1);
    assertThat(first.perEvent(Step::wallNanos), is(14.0));
    assertThat(first.perFurtherEvent(Step::wallNanos), is(nullValue()));
    assertThat(second.perEvent(Step::wallNanos), is(5.0));
    assertThat(second.perFurtherEvent(Step::wallNanos), is(4.0));
    // Processor time is twice the time.
    assertThat(second.perFurtherEvent(Step::cpuNanos), is(8.0));
  }

  @Test
  void theMiddleOfTheRoundsIsTakenAndTheMostMemory() {
    Curve curve =
        Curve.of(
            List.of(
                new Curve.Point(EVENTS, result(10, runs("dhara", 10, 300, 100, 900))),
                new Curve.Point(EVENTS, result(20, runs("dhara", 20, 700, 400, 500)))));

    assertThat(curve.steps().get(1).perFurtherEvent(Step::wallNanos), is(20.0));
    assertThat(curve.steps().get(1).heapMebibytes(), is(22.0));
  }

  @Test
  void pointsAreInTheOrderOfWhatGrowsAndOfEachContestantAlone() {
    Curve curve =
        Curve.of(
            List.of(
                new Curve.Point(
                    EVENTS, result(200, runs("flink", 200, 800), runs("dhara", 200, 600))),
                new Curve.Point(
                    EVENTS, result(100, runs("flink", 100, 500), runs("dhara", 100, 400)))));

    assertThat(
        curve.lines(step -> step.perEvent(Step::wallNanos)),
        is(
            Map.of(
                "flink",
                new Charts.Series(List.of(100.0, 200.0), List.of(5.0, 4.0)),
                "dhara",
                new Charts.Series(List.of(100.0, 200.0), List.of(4.0, 3.0)))));
    assertThat(curve.steps().get(1).perFurtherEvent(Step::wallNanos), is(3.0));
    assertThat(curve.steps().get(3).perFurtherEvent(Step::wallNanos), is(2.0));
  }

  @Test
  void aContestantThatFailedAtAPointIsComparedWithTheOneBefore() {
    Result.Runs failed = new Result.Runs("dhara", "", List.of(), "out of memory");
    Curve curve =
        Curve.of(
            List.of(
                new Curve.Point(EVENTS, result(100, runs("dhara", 100, 1000))),
                new Curve.Point(EVENTS, result(200, failed)),
                new Curve.Point(EVENTS, result(400, runs("dhara", 400, 2500)))));

    assertThat(curve.steps().stream().map(Step::x).toList(), contains(100L, 400L));
    assertThat(curve.steps().get(1).perFurtherEvent(Step::wallNanos), is(5.0));
  }

  @Test
  void theTableOfEventsShowsBothTimesAndTheirChange() {
    Curve curve =
        Curve.of(
            List.of(
                new Curve.Point(EVENTS, result(100, runs("dhara", 100, 2000))),
                new Curve.Point(EVENTS, result(1100, runs("dhara", 1100, 12_000))),
                new Curve.Point(EVENTS, result(2100, runs("dhara", 2100, 23_000)))));

    assertThat(
        rows(curve),
        contains(
            "| | events | answers | ns per event | ns per further event | CPU ns per event |"
                + " CPU ns per further event | heap kept, MiB | process, MiB |",
            "| --- | --: | --: | --: | --: | --: | --: | --: | --: |",
            "| dhara | 100 | 7 | 20 |  | 40 |  | 20 | 40 |",
            "| dhara | 1,100 | 7 | 11 (-45 %) | 10 | 22 (-45 %) | 20 | 20 | 40 |",
            "| dhara | 2,100 | 7 | 11 (+0 %) | 11 (+10 %) | 22 (+0 %) | 22 (+10 %) | 20 | 40 |"));
    assertThat(curve.table(), containsString("*Per further event*"));
  }

  @Test
  void theTableOfKeysHasNoFurtherEventsForAllPointsHaveAsMany() {
    Curve curve =
        Curve.of(
            List.of(
                new Curve.Point(
                    new Work.Point("keys", "keys", 10L), result(100, runs("dhara", 100, 2000))),
                new Curve.Point(
                    new Work.Point("keys", "keys", 1000L), result(100, runs("dhara", 100, 3000)))));

    assertThat(
        rows(curve),
        contains(
            "| | keys | answers | ns per event | CPU ns per event | heap kept, MiB |"
                + " process, MiB |",
            "| --- | --: | --: | --: | --: | --: | --: |",
            "| dhara | 10 | 7 | 20 | 40 | 20 | 40 |",
            "| dhara | 1,000 | 7 | 30 (+50 %) | 60 (+50 %) | 20 | 40 |"));
    assertThat(
        curve.table(), allOf(containsString("In brackets"), not(containsString("further event"))));
  }

  @Test
  void theTableOfCommandsHasNoHeap() {
    Curve curve =
        Curve.of(
            List.of(
                new Curve.Point(
                    EVENTS,
                    result(
                        100,
                        new Result.Runs(
                            "dhara",
                            "",
                            List.of(
                                new Measured(
                                    new Outcome(100, 7, 1),
                                    2000,
                                    4000,
                                    Measured.UNKNOWN,
                                    Measured.UNKNOWN,
                                    40L << 20)),
                            null)))));

    assertThat(
        rows(curve),
        contains(
            "| | events | answers | ns per event | CPU ns per event | process, MiB |",
            "| --- | --: | --: | --: | --: | --: |",
            "| dhara | 100 | 7 | 20 | 40 | 40 |"));
  }

  private static List<String> rows(Curve curve) {
    return curve.table().lines().filter(line -> line.startsWith("|")).toList();
  }

  private static Result result(long events, Result.Runs... runs) {
    return new Result(
        "some-work",
        events,
        "2026-01-05",
        new Machine("a processor", 4, "a system", "a JVM", Map.of()),
        1,
        List.of(runs));
  }

  /** Each round keeps a MiB more of heap than the one before. */
  private static Result.Runs runs(String name, long events, long... wallNanos) {
    Measured[] rounds = new Measured[wallNanos.length];
    Arrays.setAll(
        rounds,
        i ->
            new Measured(
                new Outcome(events, 7, 1),
                wallNanos[i],
                2 * wallNanos[i],
                1,
                (20L + i) << 20,
                40L << 20));
    return new Result.Runs(name, "-Xmx1g", List.of(rounds), null);
  }
}
