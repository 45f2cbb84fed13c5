package dhara.demo;

import dhara.tools.Dhara;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A demonstration in a process of its own. */
final class DemoProcess implements AutoCloseable {

  private final Process process;
  private final Thread reader;
  private final StringBuilder said = new StringBuilder();

  private DemoProcess(Process process) {
    this.process = process;
    this.reader = new Thread(this::read, "said");
  }

  /**
   * Starts it.
   *
   * @param temporary the folder for all its temporary files
   */
  static DemoProcess start(Path temporary, String... arguments) throws IOException {
    return of(Demo.class, temporary, List.of(arguments));
  }

  /** Starts the command instead, on the engine of the class path. */
  static DemoProcess ofCommand(Path temporary, List<String> arguments) throws IOException {
    return of(Dhara.class, temporary, arguments);
  }

  private static DemoProcess of(Class<?> main, Path temporary, List<String> arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1536m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + temporary,
                "-Djava.util.logging.config.file=" + System.getProperty("dhara.demo.logging"),
                // The files of its counters are in /tmp, whatever its folder.
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(arguments);
    DemoProcess demo =
        new DemoProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
    demo.reader.start();
    return demo;
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (said) {
          said.append(line).append('\n');
          said.notifyAll();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that it has printed so far. */
  String said() {
    synchronized (said) {
      return said.toString();
    }
  }

  /**
   * Waits until it prints something.
   *
   * @param pattern a regular expression
   * @return what its first group matches; what all of it does if it has none
   */
  String await(String pattern, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (said) {
      while (true) {
        Matcher found = Pattern.compile(pattern).matcher(said);
        if (found.find()) {
          return found.group(found.groupCount());
        }
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0 || !process.isAlive()) {
          throw new AssertionError("it did not say " + pattern + ":\n" + said);
        }
        said.wait(Math.min(left, 500));
      }
    }
  }

  /** Waits for a condition, as long as it runs. */
  void until(Callable<Boolean> condition, Duration patience) throws Exception {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline || process.waitFor(200, TimeUnit.MILLISECONDS)) {
        throw new AssertionError("it did not come to that:\n" + said());
      }
    }
  }

  /**
   * Ends it as Ctrl-C does, by the signal TERM: Java treats both alike, and a build that a script
   * runs in the background ignores the one of Ctrl-C, with all that it starts.
   */
  void stop() {
    boolean unused = process.toHandle().destroy(); // Process.destroy would close its output too
  }

  /** Ends it as the loss of its machine would. */
  void kill() throws InterruptedException {
    int unused = process.destroyForcibly().waitFor();
  }

  /** Waits for its end; its exit code. */
  int awaitExit(Duration patience) throws InterruptedException {
    if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("it did not end within " + patience + ":\n" + said());
    }
    reader.join();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
