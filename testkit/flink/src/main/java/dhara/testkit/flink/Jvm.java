package dhara.testkit.flink;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A separate JVM. Once it has been ready it is kept running: when it ends, it is restarted, as by
 * systemd or Kubernetes, after a pause that doubles if it ended within seconds. It ends with the
 * process that started it, even if that one is killed.
 */
public final class Jvm implements AutoCloseable {

  private static final long POLL_MILLIS = 100;
  private static final long STOP_SECONDS = 10;

  /** A process that ends earlier counts as failing to start. */
  private static final long RAN_SECONDS = 10;

  private static final long MOST_PAUSE_SECONDS = 30;

  private final String name;
  private final Program program;
  private final Path log;
  private Process process;
  private long started;
  private long pauseSeconds;
  private boolean ready;
  private boolean closed;

  /**
   * A program for a JVM.
   *
   * @param flags of the JVM
   * @param classPath as {@code java -cp} takes it
   * @param main the class
   * @param arguments its arguments
   */
  public record Program(List<String> flags, String classPath, String main, List<String> arguments) {

    /** The class path of the program, plus that of {@link Tethered}. */
    private String withTether() {
      try {
        Path tether =
            Path.of(Tethered.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return classPath + File.pathSeparator + tether;
      } catch (URISyntaxException e) {
        throw new IllegalStateException("the class path holds no file: " + e.getInput(), e);
      }
    }

    private List<String> command() {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(flags);
      command.addAll(List.of("-cp", withTether(), Tethered.class.getName(), main));
      command.addAll(arguments);
      return command;
    }
  }

  private Jvm(String name, Program program, Path log) {
    this.name = name;
    this.program = program;
    this.log = log;
  }

  /**
   * Starts it, and returns at once.
   *
   * @param name its name; its output goes to {@code NAME.log}
   * @param logs the folder of that file, created if it does not exist
   * @throws IOException if the process cannot be started
   */
  public static Jvm start(String name, Program program, Path logs) throws IOException {
    Files.createDirectories(logs);
    Jvm jvm = new Jvm(name, program, logs.resolve(name + ".log"));
    jvm.spawn();
    return jvm;
  }

  private synchronized void spawn() throws IOException {
    process =
        new ProcessBuilder(program.command())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()))
            .start();
    started = System.nanoTime();
    var unused = process.onExit().thenAccept(this::later);
  }

  /** Restarts it, at once if it had run for a while, otherwise after a growing pause. */
  private synchronized void later(Process ended) {
    boolean ran = System.nanoTime() - started > TimeUnit.SECONDS.toNanos(RAN_SECONDS);
    pauseSeconds = ran ? 0 : Math.min(MOST_PAUSE_SECONDS, Math.max(1, 2 * pauseSeconds));
    CompletableFuture.delayedExecutor(pauseSeconds, TimeUnit.SECONDS).execute(this::again);
  }

  private synchronized void again() {
    if (!ready || closed) {
      return;
    }
    try {
      spawn();
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be started again", e);
    }
  }

  /**
   * Checks that it runs, or is about to.
   *
   * @throws IllegalStateException if it ended before it was ready; the message names its log
   */
  synchronized void check() {
    if (!ready && !process.isAlive()) {
      throw new IllegalStateException(
          "%s ended with exit code %d; see %s".formatted(name, process.exitValue(), log));
    }
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Its log file, with one run after the other. */
  public Path log() {
    return log;
  }

  /** The number of the current process. */
  public synchronized long pid() {
    return process.pid();
  }

  /** Kills it like {@code kill -9}; it is restarted. */
  public synchronized void kill() {
    process.destroyForcibly();
  }

  /**
   * Waits until it is ready.
   *
   * @param now the condition, checked ten times a second
   * @throws IllegalStateException if it ends, or is not ready in time; the message names its log
   */
  public void await(BooleanSupplier now, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!now.getAsBoolean()) {
      check();
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(
            "%s is not ready after %s; see %s".formatted(name, patience, log));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    synchronized (this) {
      ready = true;
    }
  }

  /** Stops it, first gently, then by force. */
  @Override
  public void close() {
    Process last;
    synchronized (this) {
      closed = true;
      last = process;
    }
    last.destroy();
    try {
      if (!last.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        last.destroyForcibly();
      }
    } catch (InterruptedException e) {
      last.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "%-14s pid %-8d log %s".formatted(name, pid(), log);
  }
}
