package dhara.runners.flink;

import java.util.function.Consumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.JobListener;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Passes on the client of the job that Beam submits, which Beam does not expose. Flink creates this
 * listener by its class name, and calls it on the submitting thread.
 */
public final class SubmittedJob implements JobListener {

  private static final ThreadLocal<Consumer<JobClient>> AWAITED = new ThreadLocal<>();

  /** Called by Flink. */
  public SubmittedJob() {}

  /** Passes on the next job that this thread submits. */
  static void await(Consumer<JobClient> by) {
    AWAITED.set(by);
  }

  /** Stops passing on jobs of this thread. */
  static void forget() {
    AWAITED.remove();
  }

  @Override
  public void onJobSubmitted(@Nullable JobClient job, @Nullable Throwable failure) {
    Consumer<JobClient> by = AWAITED.get();
    if (job != null && by != null) {
      by.accept(job);
    }
  }

  @Override
  public void onJobExecuted(@Nullable JobExecutionResult result, @Nullable Throwable failure) {
    // The pipeline's result says how it ended.
  }
}
