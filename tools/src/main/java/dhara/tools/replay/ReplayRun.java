package dhara.tools.replay;

import dhara.connectors.files.Archive;
import dhara.connectors.kafka.TopicWriter;
import dhara.engine.Launcher;
import dhara.events.Event;
import dhara.formats.mapping.Mapping;
import dhara.terminal.Console;
import dhara.terminal.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.checkerframework.checker.nullness.qual.Nullable;

/** One replay, from its start to its end, its failure, or the user's Ctrl-C. */
final class ReplayRun implements ReplayPlan.Sender, AutoCloseable {

  /** What a run lasts that was stopped. */
  private static final Duration STOPPED = Duration.ofNanos(-1);

  /** How long a process that was told to end waits for acknowledgements. */
  private static final int PATIENCE_SECONDS = 10;

  private final TopicWriter topic;
  private final ReplayTruth truth;
  private final Console console;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "dhara-stop");
  private final Pace pace;
  private @Nullable Progress progress;

  private ReplayRun(TopicWriter topic, ReplayTruth truth, double speed, Console console) {
    this.topic = topic;
    this.truth = truth;
    this.console = console;
    this.pace = new Pace(speed, stop);
  }

  /**
   * Gets ready, and listens to Ctrl-C until it is closed.
   *
   * @param speed zero for as fast as it goes
   */
  static ReplayRun start(TopicWriter topic, ReplayTruth truth, double speed, Console console) {
    ReplayRun run = new ReplayRun(topic, truth, speed, console);
    Runtime.getRuntime().addShutdownHook(run.hook);
    return run;
  }

  /**
   * Sends an archive, and waits until all of it is acknowledged.
   *
   * @param plan sends to this run
   * @return how long it took; below zero where it was stopped
   */
  <T extends Record & Event> Duration toTheEnd(
      Archive<T> archive, Mapping rereading, ReplayPlan<T> plan) throws IOException {
    long startNanos = System.nanoTime();
    try {
      if (console.live()) {
        progress = Progress.of(topic::acknowledged, console.err());
      }
      archive.read(rereading, plan);
      plan.end();
      topic.finish();
      return Duration.ofNanos(System.nanoTime() - startNanos);
    } catch (Stopped e) {
      topic.finish();
      clear();
      console
          .err()
          .printf(
              "%s: stopped: %,d records were sent to %s, and no truth was written%n",
              Launcher.NAME, topic.acknowledged(), topic);
      return STOPPED;
    } finally {
      clear();
    }
  }

  private void clear() {
    if (progress != null) {
      progress.stop();
      progress = null;
    }
  }

  @Override
  public void send(ReplayRecord record) throws IOException {
    pace.await(record.arrival());
    if (stop.getCount() == 0) {
      throw new Stopped();
    }
    topic.send(record.partition(), record.key(), record.bytes());
    truth.sent(record);
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

  /** The user wants no more. */
  private static final class Stopped extends IOException {

    private static final long serialVersionUID = 1L;
  }
}
