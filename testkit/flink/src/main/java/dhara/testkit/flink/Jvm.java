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
 * A JVM of its own. Once it has been ready it is kept running: when it ends, it is started again,
 * as systemd or Kubernetes would, after a pause that doubles if it ends within seconds. It ends
 * with the process that started it, even if that one is killed.
 */
public final class Jvm implements AutoCloseable {

  private static final long POLL_MILLIS = 100;
  private static final long STOP_SECONDS = 10;

  /** A process that lives shorter than this is one that cannot start. */
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
   * What runs in a JVM.
   *
   * @param flags of the JVM
   * @param classPath as {@code java -cp} takes it
   * @param main the class
   * @param arguments its arguments
   */
  public record Program(List<String> flags, String classPath, String main, List<String> arguments) {

    /** What it runs, and where {@link Tethered} comes from. */
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
   * @param name what it is called; what it says goes to {@code NAME.log}
   * @param logs the folder of that file, made where it is not there
   * @throws IOException where no process can be made
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

  /** Starts it again at once where it had run for a while, else after a pause that grows. */
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
   * Nothing where it runs, or is about to.
   *
   * @throws IllegalStateException where it ended before it was ready; it says where its log is
   */
  synchronized void check() {
    if (!ready && !process.isAlive()) {
      throw new IllegalStateException(
          "%s ended with exit code %d; see %s".formatted(name, process.exitValue(), log));
    }
  }

  /** What it is called. */
  public String name() {
    return name;
  }

  /** The file that it writes to, one run after the other. */
  public Path log() {
    return log;
  }

  /** The process that runs now. */
  public synchronized long pid() {
    return process.pid();
  }

  /** Ends it as {@code kill -9} does; it is started again. */
  public synchronized void kill() {
    process.destroyForcibly();
  }

  /**
   * Waits until it is ready.
   *
   * @param now asked ten times a second
   * @throws IllegalStateException where it ends, or is not ready in time; it says where its log is
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

  /** Ends it: asks first, and then does not ask. */
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
