package dhara.tools.replay;

import dhara.engine.Launcher;
import dhara.terminal.Console;
import dhara.terminal.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.checkerframework.checker.nullness.qual.Nullable;

/** One replay, from its start to its end, its failure, an interrupt, or the user's Ctrl-C. */
final class ReplayRun implements AutoCloseable {

  /** The duration of a run that was stopped. */
  private static final Duration STOPPED = Duration.ofNanos(-1);

  /** How long a process that is asked to end waits for acknowledgements. */
  private static final int PATIENCE_SECONDS = 10;

  private final List<Lane<?>> lanes;
  private final Console console;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "dhara-stop");
  private final Pace pace;
  private @Nullable Progress progress;

  private ReplayRun(List<Lane<?>> lanes, double speed, Duration history, Console console) {
    this.lanes = lanes;
    this.console = console;
    this.pace = new Pace(speed, history, stop);
  }

  /**
   * Prepares the run, and handles Ctrl-C until it is closed.
   *
   * @param lanes one for each input
   * @param speed zero for as fast as possible
   * @param history how much event time at the beginning is sent as fast as possible
   */
  static ReplayRun start(List<Lane<?>> lanes, double speed, Duration history, Console console) {
    ReplayRun run = new ReplayRun(lanes, speed, history, console);
    Runtime.getRuntime().addShutdownHook(run.hook);
    return run;
  }

  /**
   * Sends all archives merged in event-time order, and waits until every record is acknowledged.
   *
   * @return how long it took; negative if it was stopped
   */
  Duration toTheEnd() throws IOException {
    long startNanos = System.nanoTime();
    try {
      progress = Progress.of(this::acknowledged, "events", console);
      sendAll();
      long newest = lanes.stream().mapToLong(Lane::frontier).max().orElse(ReplayPlan.START);
      for (Lane<?> lane : lanes) {
        lane.endAt(newest);
      }
      sendAll();
      lanes.forEach(lane -> lane.topic().finish());
      return Duration.ofNanos(System.nanoTime() - startNanos);
    } catch (Stopped e) {
      // An interrupt means the same as Ctrl-C, and must not end the wait for acknowledgements.
      stop.countDown();
      boolean unused = Thread.interrupted();
      lanes.forEach(lane -> lane.topic().finish());
      clear();
      for (Lane<?> lane : lanes) {
        console
            .err()
            .printf(
                "%s: stopped: %,d records were sent to %s, and no truth was written%n",
                Launcher.NAME, lane.topic().acknowledged(), lane.topic());
      }
      return STOPPED;
    } finally {
      clear();
    }
  }

  /** Repeatedly sends the record that is due first among all lanes; ties go to the first lane. */
  private void sendAll() throws IOException {
    Lane<?> first = first();
    while (first != null) {
      long due = first.due();
      ReplayRecord record = first.next();
      pace.await(due);
      if (stop.getCount() == 0 || Thread.currentThread().isInterrupted()) {
        throw new Stopped();
      }
      first.send(record);
      first = first();
    }
  }

  private @Nullable Lane<?> first() throws IOException {
    Lane<?> first = null;
    for (Lane<?> lane : lanes) {
      if (lane.hasNext() && (first == null || lane.due() < first.due())) {
        first = lane;
      }
    }
    return first;
  }

  private long acknowledged() {
    return lanes.stream().mapToLong(lane -> lane.topic().acknowledged()).sum();
  }

  private void clear() {
    if (progress != null) {
      progress.stop();
      progress = null;
    }
  }

  /** Stops the run, and waits until it has ended. */
  private void stop() {
    stop.countDown();
    try {
      boolean unused = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    ended.countDown();
    if (stop.getCount() > 0) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  /** The user stopped the run. */
  private static final class Stopped extends IOException {

    private static final long serialVersionUID = 1L;
  }
}
