package dhara.tools.run;

import dhara.cli.Failure;
import dhara.connectors.ReadHere;
import dhara.engine.EngineRun;
import dhara.engine.Job;
import dhara.engine.Launcher;
import dhara.engine.Vitals;
import dhara.scratch.Scratch;
import dhara.terminal.Console;
import dhara.terminal.Progress;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineResult.State;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One run of a job, from its start to its end, its failure, or the user's Ctrl-C. After Ctrl-C the
 * process lives until the run is over and its temporary files are deleted, but only a moment longer
 * than the engine's own timeout.
 */
public final class Run implements AutoCloseable {

  private static final long CLOSING_SECONDS = 60;
  private static final long RETRY_MILLIS = 200;

  private final Job job;
  private final EngineRun attended;
  private final StreamScreen screen;
  private final Console console;
  private final Function<EngineRun.Resume, String> again;
  private final boolean hosted;
  private final AtomicReference<PipelineResult> running = new AtomicReference<>();
  private final AtomicBoolean interrupted = new AtomicBoolean();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread stop = new Thread(this::stop, "dhara-stop");

  /**
   * @param job to be closed by its maker
   * @param attended the engine's part in it; this closes it
   * @param screen shows a stream; it is closed when the user stops the stream
   * @param again makes the command that resumes a run
   * @param host who stops it; null if the user does, by Ctrl-C
   */
  Run(
      Job job,
      EngineRun attended,
      StreamScreen screen,
      Function<EngineRun.Resume, String> again,
      @Nullable RunHost host) {
    this.job = job;
    this.attended = attended;
    this.screen = screen;
    this.console = screen.console();
    this.again = again;
    this.hosted = host != null;
    if (host == null) {
      Runtime.getRuntime().addShutdownHook(stop);
    } else {
      host.began(this::stopForHost);
    }
  }

  /**
   * Runs the job until it ends.
   *
   * @param wait false if the engine only accepts the job, as for a Dataflow template
   * @throws Exception the failure, as the engine wrapped it
   */
  void toTheEnd(boolean wait) throws Exception {
    try {
      job.prepare();
      if (wait && !job.bounded()) {
        // Its first answer may take a minute, and a stream to a topic prints none at all.
        job.answersTo()
            .ifPresent(to -> say("streaming, the answers go to " + to + "; Ctrl-C stops it"));
      }
      State end = run(wait);
      if (wait) {
        PipelineResult result = running.get();
        if (end == State.DONE && job.bounded()) {
          job.finish(result, console);
        } else if (end != State.DONE && !interrupted.get()) {
          throw new IllegalStateException("the run ended " + end + "; its engine's log says why");
        }
      }
    } catch (Exception e) {
      if (!interrupted.get()) {
        throw attended.explained(e);
      }
    }
  }

  /** Some engines that run in this process return from {@code run()} when the work is done. */
  private @Nullable State run(boolean wait) {
    Progress progress = wait && job.bounded() ? progress() : null;
    try {
      PipelineResult result = job.pipeline().run();
      running.set(result);
      return wait ? result.waitUntilFinish() : null;
    } finally {
      if (progress != null) {
        progress.stop();
      }
    }
  }

  private Progress progress() {
    long records = ReadHere.records();
    long bytes = ReadHere.bytes();
    return Progress.of(
        () -> read(ReadHere.records() - records, Progress::read),
        () -> read(ReadHere.bytes() - bytes, Progress::bytes),
        job.bytes(),
        console);
  }

  /** What was read in this process, or else what the engine says. */
  private long read(long here, ToLongFunction<PipelineResult> elsewhere) {
    PipelineResult result = running.get();
    return here > 0 ? here : result == null ? -1 : elsewhere.applyAsLong(result);
  }

  /** Stops the run, waits until its own thread has closed everything, and cleans up. */
  private void stop() {
    end();
    try {
      if (over.await(CLOSING_SECONDS, TimeUnit.SECONDS)) {
        Scratch.ofProcess().clear();
      } else {
        say("it has not closed after " + CLOSING_SECONDS + " s; temporary files are left");
      }
    } catch (IOException e) {
      say("temporary files are left: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The same for a host, whose other runs may use temporary files still. */
  private void stopForHost() {
    interrupted.set(true);
    try {
      boolean begun = false; // an engine that has not accepted the job yet cannot stop it
      while (!begun && !over.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
        begun = running.get() != null || attended.accepted();
      }
      if (over.getCount() > 0) {
        end();
      }
      if (!over.await(CLOSING_SECONDS, TimeUnit.SECONDS)) {
        say("it has not closed after " + CLOSING_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The state of a running stream, as far as it is known. */
  Optional<Vitals> vitals() {
    PipelineResult result = running.get();
    return attended.countsWhileItRuns() && !job.bounded() && result != null
        ? Optional.of(StreamCounts.of(result))
        : attended.vitals();
  }

  private void end() {
    interrupted.set(true);
    Optional<Vitals> last = vitals();
    screen.close();
    last.ifPresent(this::sayPosition);
    try {
      Optional<EngineRun.Stopped> stopped = attended.stop();
      if (stopped.isPresent()) {
        say(stopped.get().how());
        stopped
            .get()
            .resume()
            .map(again)
            .filter(command -> !command.isEmpty())
            .ifPresent(command -> say("to resume: " + command));
      } else {
        say("cancelling");
        cancel();
      }
    } catch (IOException | RuntimeException e) {
      say("could not be ended: " + Failure.line(e));
    }
  }

  /** Prints the counts of the newest ledger, and the watermark. */
  private void sayPosition(Vitals vitals) {
    vitals.ledgers().forEach(ledger -> say(ledger.soFar()));
    vitals
        .watermark()
        .ifPresent(
            watermark ->
                say(
                    "the watermark is at "
                        + watermark.truncatedTo(ChronoUnit.MILLIS)
                        + (vitals.lag().isPresent()
                            ? String.format(
                                Locale.ROOT,
                                ", some %,d records wait to be read",
                                vitals.lag().getAsLong())
                            : "")));
  }

  /** An engine that runs inside {@code run()} returns no handle, and ends with this process. */
  private void cancel() throws IOException {
    PipelineResult result = running.get();
    if (result == null) {
      over.countDown();
    } else {
      result.cancel();
    }
  }

  private void say(String line) {
    console.err().println(Launcher.NAME + ": " + line);
  }

  @Override
  public void close() throws IOException {
    running.set(null);
    try {
      attended.close();
    } finally {
      over.countDown();
      if (!hosted && !interrupted.get()) {
        Runtime.getRuntime().removeShutdownHook(stop);
      }
    }
  }
}
