package dhara.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineResult.State;

/** One run of a job, from its start to its end, its failure, or the user's Ctrl-C. */
final class Run {

  private final Job job;
  private final Console console;
  private final AtomicReference<PipelineResult> running = new AtomicReference<>();
  private final AtomicBoolean interrupted = new AtomicBoolean();

  private Run(Job job, Console console) {
    this.job = job;
    this.console = console;
  }

  /**
   * Runs a job until it ends.
   *
   * @param wait false where the engine only takes the job: a template of Dataflow
   * @throws Exception what made it fail, as the engine wrapped it
   */
  static void toTheEnd(Job job, boolean wait, Console console) throws Exception {
    new Run(job, console).run(wait);
  }

  private void run(boolean wait) throws Exception {
    Thread cancel = new Thread(this::cancel, "dhara-cancel");
    Runtime.getRuntime().addShutdownHook(cancel);
    try {
      job.prepare();
      PipelineResult result = job.pipeline().run();
      running.set(result);
      if (wait) {
        State end = waitFor(result);
        if (end != State.DONE && !interrupted.get()) {
          throw new IllegalStateException("the run ended " + end + "; its engine's log says why");
        } else if (end == State.DONE && job.bounded()) {
          job.finish(result, console);
        }
      }
    } finally {
      running.set(null);
      if (!interrupted.get()) {
        Runtime.getRuntime().removeShutdownHook(cancel);
      }
    }
  }

  private State waitFor(PipelineResult result) {
    if (!job.bounded() || !console.live()) {
      return result.waitUntilFinish();
    }
    Progress progress = Progress.of(result, job.bytes(), console.err());
    try {
      return result.waitUntilFinish();
    } finally {
      progress.stop();
    }
  }

  /**
   * Cancels what runs. An engine that runs inside {@code run()} gives no handle: it is embedded,
   * and ends with this process.
   */
  private void cancel() {
    interrupted.set(true);
    PrintStream err = console.err();
    err.println(Launcher.NAME + ": cancelling");
    PipelineResult result = running.get();
    if (result == null) {
      return;
    }
    try {
      result.cancel();
    } catch (IOException | UnsupportedOperationException e) {
      err.println(Launcher.NAME + ": could not cancel: " + Failure.line(e));
    }
  }
}
