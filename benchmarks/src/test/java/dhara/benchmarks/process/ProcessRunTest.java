package dhara.benchmarks.process;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessRunTest {

  private static final Duration MOST = Duration.ofMinutes(2);

  @TempDir Path folder;

  @Test
  void aChildThatComputesTakesMoreProcessorTimeThanOneThatWaits() throws Exception {
    ProcessRun computes = run("compute");
    ProcessRun waits = run("wait");

    assertThat(computes.cpuNanos(), greaterThan(waits.cpuNanos()));
    assertThat(waits.wallNanos(), greaterThan(waits.cpuNanos()));
  }

  @Test
  void aChildThatFillsMemoryHasAHigherPeak() throws Exception {
    ProcessRun fills = run("fill");
    ProcessRun waits = run("wait");

    assertThat(fills.peakBytes(), greaterThan(waits.peakBytes() + Worker.FILLED_BYTES / 2));
  }

  @Test
  void theExitCodeIsTheChildsAndWhatItPrintsIsInTheLog() throws Exception {
    ProcessRun fails = run("fail");

    assertThat(fails.exit(), is(3));
    assertThat(Files.readString(folder.resolve("log")), containsString("no such thing"));
  }

  @Test
  void aChildThatTakesTooLongIsEnded() {
    assertThrows(
        TimeoutException.class,
        () -> ProcessRun.of(List.of("sleep", "600"), folder.resolve("log"), Duration.ofMillis(50)));
    assertThat(ProcessHandle.current().children().anyMatch(ProcessHandle::isAlive), is(false));
  }

  private ProcessRun run(String what) throws Exception {
    return ProcessRun.of(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Worker.class.getName(),
            what),
        folder.resolve("log"),
        MOST);
  }

  /** A child. */
  public static final class Worker {

    static final int FILLED_BYTES = 200 << 20;

    private static final long MILLIS = 1000;

    private Worker() {}

    /** Does one thing. */
    public static void main(String[] arguments) throws InterruptedException {
      switch (arguments[0]) {
        case "compute" -> compute();
        case "fill" -> {
          byte[] filled = new byte[FILLED_BYTES];
          java.util.Arrays.fill(filled, (byte) 1);
          Thread.sleep(MILLIS / 2);
          System.out.println(filled[filled.length - 1]);
        }
        case "wait" -> Thread.sleep(MILLIS);
        default -> {
          System.err.println("no such thing");
          System.exit(3);
        }
      }
    }

    private static void compute() {
      long until = System.nanoTime() + MILLIS * 1_000_000;
      double sum = 0;
      while (System.nanoTime() < until) {
        sum += Math.sqrt(sum + 1);
      }
      System.out.println(sum);
    }
  }
}
