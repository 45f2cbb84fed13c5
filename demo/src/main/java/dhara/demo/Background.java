package dhara.demo;

import dhara.testkit.Command;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A command that runs on a thread of this process until it is stopped. */
final class Background implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final String name;
  private final FutureTask<Command> command;
  private final Thread thread;

  private Background(String name, List<String> arguments) {
    this.name = name;
    this.command = new FutureTask<>(() -> Command.run(DemoCluster.ENGINE, arguments));
    this.thread = new Thread(command, "dhara-" + name);
  }

  /** Starts a command that does not end by itself. */
  static Background start(String name, List<String> arguments) {
    Background background = new Background(name, arguments);
    background.thread.setDaemon(true);
    background.thread.start();
    return background;
  }

  /**
   * Checks that it runs.
   *
   * @throws IllegalStateException if it has ended, with what it said last
   */
  void checkRunning() throws InterruptedException {
    if (command.isDone()) {
      throw new IllegalStateException(name + " ended: " + Said.last(ended()));
    }
  }

  private Command ended() throws InterruptedException {
    try {
      return command.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(name + " failed", e.getCause());
    }
  }

  /** Asks it to end: an interrupt means the same to it as Ctrl-C. */
  void interrupt() {
    thread.interrupt();
  }

  /** Interrupts it, and waits for its end. */
  @Override
  public void close() {
    interrupt();
    try {
      var unused = command.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(name + " failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + name + " ended", e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(name + " did not end within " + PATIENCE, e);
    }
  }
}
