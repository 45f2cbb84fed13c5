package dhara.models.onnx;

import ai.onnxruntime.OrtEnvironment;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The ONNX runtime of this process.
 *
 * <p>When the runtime 1.29 starts, it searches the command line of the process by a regular
 * expression, and recurs for each character. With the megabyte of stack that a thread of Java has,
 * a command line of more than 3,900 bytes, such as one with a long class path, ends the process
 * without a message. So the runtime is started in a thread with a deep stack: with 64 MiB a command
 * line of 130,000 bytes was seen to work, and with 256 MiB one of 610,000. Of the stack only what
 * is used takes memory, and only until the runtime has started.
 */
final class OnnxRuntime {

  private static final long STACK_BYTES = 256L << 20;

  private static final OrtEnvironment ENVIRONMENT = start();

  private OnnxRuntime() {}

  /** Its environment, of which a process has one. */
  static OrtEnvironment environment() {
    return ENVIRONMENT;
  }

  private static OrtEnvironment start() {
    FutureTask<OrtEnvironment> task = new FutureTask<>(OrtEnvironment::getEnvironment);
    Thread thread = new Thread(null, task, "dhara-onnx-start", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the ONNX runtime does not start", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the ONNX runtime starts", e);
    }
  }
}
