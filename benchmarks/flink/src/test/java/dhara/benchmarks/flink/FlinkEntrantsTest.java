package dhara.benchmarks.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.benchmarks.harness.ClassPath;
import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Entrant;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.harness.Work;
import dhara.benchmarks.playback.PlainLoop;
import dhara.benchmarks.playback.PlaybackSuite;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FlinkEntrantsTest {

  /** Of works that differ in their sizes only, one is enough. */
  private static final List<String> WORKS =
      List.of("few-keys", "many-keys", "sliding", "unique", "flink-batch-few-keys");

  static Stream<Arguments> entrants() {
    return new PlaybackSuite()
        .works().stream()
            .filter(work -> WORKS.contains(work.name()))
            .flatMap(
                work ->
                    work.entrants().stream()
                        .filter(entrant -> entrant.classPath() == ClassPath.FLINK)
                        .map(entrant -> Arguments.of(work, entrant)));
  }

  @ParameterizedTest
  @MethodSource("entrants")
  void agreesWithAPlainLoop(Work work, Entrant entrant) throws Exception {
    Task task = new Task(20_000, work.parameters());
    Contestant contestant =
        Class.forName(entrant.contestant())
            .asSubclass(Contestant.class)
            .getConstructor()
            .newInstance();

    assertThat(contestant.run(task), is(new PlainLoop().run(task)));
  }
}
