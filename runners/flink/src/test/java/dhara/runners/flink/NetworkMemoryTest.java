package dhara.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.junit.jupiter.api.Test;

class NetworkMemoryTest {

  private static final long GIGABYTE = 1L << 30;

  @Test
  void eachWorkerAddsToIt() {
    assertThat(megabytes(new Configuration(), 1, 4 * GIGABYTE), is("64m"));
    assertThat(megabytes(new Configuration(), 2, 4 * GIGABYTE), is("128m"));
    assertThat(megabytes(new Configuration(), 4, 4 * GIGABYTE), is("256m"));
  }

  @Test
  void itIsASmallPartOfTheHeapButNoLessThanFlinks() {
    assertThat(megabytes(new Configuration(), 64, 4 * GIGABYTE), is("512m"));
    assertThat(megabytes(new Configuration(), 64, GIGABYTE / 4), is("64m"));
  }

  @Test
  void whatTheUserConfiguresCounts() {
    Configuration user = new Configuration();
    user.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(96));
    assertThat(NetworkMemory.settings(user, 4, 4 * GIGABYTE), is(Map.of()));
  }

  private static String megabytes(Configuration user, int workers, long heap) {
    Map<String, String> settings = NetworkMemory.settings(user, workers, heap);
    String least = settings.get("taskmanager.memory.network.min");
    assertThat(
        settings,
        is(
            Map.of(
                "taskmanager.memory.network.min", least,
                "taskmanager.memory.network.max", least)));
    return least;
  }
}
