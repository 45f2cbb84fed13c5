package dhara.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process from its start to its exit, and what it cost, by the kernel's books (Linux only).
 *
 * <p>Processor time is what this process' account of ended children grew by ({@code cutime} and
 * {@code cstime}). The kernel adds a child to it when the child is reaped, which the JDK does
 * before {@link Process#waitFor} returns, so it is complete, and to a hundredth of a second; a
 * child's own children are in it if it waited for them. One run at a time, and no other child may
 * end meanwhile.
 *
 * <p>Memory is the kernel's peak ({@code VmHWM}), read every few milliseconds: only a peak in the
 * last moment before the exit can be missed.
 *
 * @param exit the exit code
 * @param wallNanos from the start to the exit
 * @param cpuNanos processor time, user and system
 * @param peakBytes the most physical memory that it had
 */
public record ProcessRun(int exit, long wallNanos, long cpuNanos, long peakBytes) {

  private static final long LOOK_EVERY_MILLIS = 20;

  /** {@code USER_HZ}: the unit of these figures is a hundredth of a second on every Linux. */
  private static final long NANOS_PER_TICK = 10_000_000;

  private static final Path ACCOUNT = Path.of("/proc/self/stat");

  /** Where {@code cutime} stands among the fields after the name; {@code cstime} follows. */
  private static final int CHILDREN_USER = 13;

  /**
   * Runs a command and waits for its exit.
   *
   * @param log what it prints is added to this file
   * @param most how long it may take
   * @throws TimeoutException if it took longer; it was ended
   * @throws IOException if it did not start, or the system has no {@code /proc}
   */
  public static ProcessRun of(List<String> command, Path log, Duration most)
      throws IOException, InterruptedException, TimeoutException {
    long before = childrenTicks();
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Thread hook = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(hook);
    process.getOutputStream().close();
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    long peak = 0;
    long wall;
    try {
      while (!process.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        peak = Math.max(peak, peakBytes(status));
        if (System.nanoTime() - start > most.toNanos()) {
          throw new TimeoutException("not done after " + most);
        }
      }
      wall = System.nanoTime() - start;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    Runtime.getRuntime().removeShutdownHook(hook);
    long cpu = (childrenTicks() - before) * NANOS_PER_TICK;
    return new ProcessRun(process.exitValue(), wall, cpu, peak);
  }

  private static long childrenTicks() throws IOException {
    if (!Files.exists(ACCOUNT)) {
      throw new IOException("there is no " + ACCOUNT + ": a command can be measured on Linux only");
    }
    String account = Files.readString(ACCOUNT);
    // The name stands in brackets, and may hold anything.
    String[] fields = account.substring(account.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[CHILDREN_USER]) + Long.parseLong(fields[CHILDREN_USER + 1]);
  }

  /** The peak so far; 0 if the process has no memory any more. */
  private static long peakBytes(Path status) throws IOException {
    String text;
    try {
      text = Files.readString(status);
    } catch (IOException e) {
      if (Files.exists(status)) {
        throw e;
      }
      return 0; // it has ended between the last look and this one
    }
    return text.lines()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(0);
  }
}
