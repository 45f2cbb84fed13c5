package dhara.benchmarks.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dhara.benchmarks.harness.ClassPath;
import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Entrant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Suite;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.harness.Work;
import dhara.benchmarks.playback.JoinSuite;
import dhara.benchmarks.playback.OrderSuite;
import dhara.benchmarks.playback.PatternSuite;
import dhara.benchmarks.playback.PlainLoop;
import dhara.benchmarks.playback.PlaybackSuite;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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

  /** The plain loop knows no sessions. */
  @Test
  void sessionsAreThoseOfFlink() throws Exception {
    Work work =
        new PlaybackSuite()
            .works().stream().filter(w -> w.name().equals("sessions")).findFirst().orElseThrow();
    Task task = new Task(20_000, work.parameters());
    List<Outcome> outcomes = new ArrayList<>();
    for (Entrant entrant : work.entrants()) {
      outcomes.add(contestant(entrant).run(task));
    }

    assertThat(outcomes.get(0).answers(), greaterThan(10_000L));
    assertThat(Set.copyOf(outcomes), hasSize(1));
  }

  /** The plain loop has no order. */
  @Test
  void eventsAreInTheOrderThatFlinkSortsThemIn() throws Exception {
    for (Work work : new OrderSuite().works()) {
      Task task = new Task(20_000, work.parameters());
      Set<Outcome> outcomes = new HashSet<>();
      for (Entrant entrant : work.entrants()) {
        outcomes.add(contestant(entrant).run(task));
      }

      assertThat(work.name(), outcomes, hasSize(1));
      assertThat(outcomes.iterator().next().answers(), is(20_000L));
    }
  }

  /** The plain loop joins nothing. */
  @Test
  void whatIsJoinedIsWhatFlinkJoins() throws Exception {
    agree(new JoinSuite());
  }

  /** The plain loop looks for no patterns. */
  @Test
  void matchesAreThoseOfFlinkCep() throws Exception {
    agree(new PatternSuite());
  }

  private static void agree(Suite suite) throws Exception {
    for (Work work : suite.works()) {
      Task task = new Task(20_000, work.parameters());
      Set<Outcome> outcomes = new HashSet<>();
      for (Entrant entrant : work.entrants()) {
        outcomes.add(contestant(entrant).run(task));
      }

      assertThat(work.name(), outcomes, hasSize(1));
      assertThat(outcomes.iterator().next().answers(), greaterThan(100L));
    }
  }

  private static Contestant contestant(Entrant entrant) throws ReflectiveOperationException {
    return Class.forName(entrant.contestant())
        .asSubclass(Contestant.class)
        .getConstructor()
        .newInstance();
  }

  @ParameterizedTest
  @MethodSource("entrants")
  void agreesWithAPlainLoop(Work work, Entrant entrant) throws Exception {
    Task task = new Task(20_000, work.parameters());

    assertThat(contestant(entrant).run(task), is(new PlainLoop().run(task)));
  }
}
