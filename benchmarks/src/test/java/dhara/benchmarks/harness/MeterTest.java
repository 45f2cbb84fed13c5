package dhara.benchmarks.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeterTest {

  private static final long MIB = 1 << 20;

  @Test
  void countsWhatAllThreadsAllocateAndWhatTheJobKeeps() throws Exception {
    List<byte[]> kept = new ArrayList<>();

    Measured measured =
        new Meter()
            .measure(
                () -> {
                  Thread other = new Thread(() -> allocate(40, new ArrayList<>()));
                  other.start();
                  other.join();
                  allocate(60, kept);
                  System.gc();
                  return new Outcome(1, 2, 3);
                });

    assertThat(measured.outcome(), is(new Outcome(1, 2, 3)));
    assertThat(kept.size(), is(60));
    // Of a thread that ended, the last moment is not counted.
    assertThat(measured.allocatedBytes(), allOf(greaterThan(60 * MIB), lessThan(150 * MIB)));
    assertThat(measured.heapBytes(), greaterThan(60 * MIB));
  }

  private static void allocate(int megabytes, List<byte[]> into) {
    for (int i = 0; i < megabytes; i++) {
      into.add(new byte[(int) MIB]);
    }
  }
}
