package dhara.benchmarks.playback;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dhara.benchmarks.harness.ClassPath;
import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Entrant;
import dhara.benchmarks.harness.Suite;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.harness.Work;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EntrantsTest {

  private final List<Work> works =
      ServiceLoader.load(Suite.class).stream().flatMap(s -> s.get().works().stream()).toList();

  @Test
  void noTwoWorksAndNoTwoEntrantsOfAWorkHaveOneName() {
    Set<String> names = new HashSet<>();
    for (Work work : works) {
      assertThat(work.name(), names.add(work.name()), is(true));
      Set<String> entrants = new HashSet<>();
      for (Entrant entrant : work.entrants()) {
        assertThat(work.name() + "/" + entrant.name(), entrants.add(entrant.name()), is(true));
      }
    }
    assertThat(names, is(not(empty())));
  }

  @Test
  void contestantsOfThisClassPathAreThere() throws ReflectiveOperationException {
    for (Work work : works) {
      for (Entrant entrant : work.entrants()) {
        if (entrant.classPath() == ClassPath.PLAIN && entrant.command() == null) {
          Class<? extends Contestant> contestant =
              Class.forName(entrant.contestant()).asSubclass(Contestant.class);
          assertThat(contestant.getConstructor().getParameterCount(), is(0));
        }
      }
    }
  }

  @Test
  void commandsOfThisClassPathHaveAMainMethod() throws ReflectiveOperationException {
    Set<String> commands = new HashSet<>();
    for (Work work : works) {
      for (Entrant entrant : work.entrants()) {
        if (entrant.command() != null
            && Set.of(ClassPath.PLAIN, ClassPath.DIRECT_COMMAND).contains(entrant.classPath())) {
          Class.forName(entrant.contestant()).getMethod("main", String[].class);
          commands.add(entrant.name());
        }
      }
    }
    assertThat(commands, is(Set.of("duckdb", "plain-java", "dhara-direct")));
  }

  @Test
  void worksOfPlaybackEventsSayAllThatTheirJobAsksFor() {
    Set<String> jobs = new HashSet<>();
    for (Work work : works) {
      if (work.parameters().containsKey("width")) {
        PlaybackJob job = PlaybackJob.of(new Task(work.events(), work.parameters()));
        assertThat(work.name(), job.events(), is(work.events()));
        jobs.add(work.name());
      }
    }
    assertThat(jobs, hasItems("few-keys", "unique", "kafka-few-keys"));
  }
}
