package dhara.runners.flink;

import java.util.function.Consumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.JobListener;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Hands on the client of the job that Beam submits, which Beam keeps to itself. Flink makes a
 * listener by the name of its class, and calls it on the thread that submits.
 */
public final class SubmittedJob implements JobListener {

  private static final ThreadLocal<Consumer<JobClient>> AWAITED = new ThreadLocal<>();

  /** Called by Flink. */
  public SubmittedJob() {}

  /** Hands the next job that this thread submits to someone. */
  static void await(Consumer<JobClient> by) {
    AWAITED.set(by);
  }

  /** Hands on no job of this thread. */
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
