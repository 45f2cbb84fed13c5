package dhara.runners.flink;

import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.TaskManagerOptions;

/**
 * The memory in which an embedded Flink passes the outputs of steps on. Flink gives it 64 MB,
 * however many workers there are; but each worker of a step is connected with each of the next one.
 * The stream of an analysis with many steps wants more than that with two workers, and with less
 * its steps wait for buffers.
 */
final class NetworkMemory {

  /** For each worker. */
  private static final long MEGABYTES = 64;

  /** At most this part of the heap: it is memory beside the heap, which a JVM limits to as much. */
  private static final long PART = 8;

  private NetworkMemory() {}

  /**
   * The settings of an embedded stream.
   *
   * @param user what the user has configured, which counts
   * @param workers how many a step has
   * @param heapBytes the largest heap of this process
   */
  static Map<String, String> settings(Configuration user, int workers, long heapBytes) {
    if (user.contains(TaskManagerOptions.NETWORK_MEMORY_MIN)
        || user.contains(TaskManagerOptions.NETWORK_MEMORY_MAX)) {
      return Map.of();
    }
    long most = (heapBytes / PART) >> 20;
    String megabytes = Math.max(MEGABYTES, Math.min(MEGABYTES * workers, most)) + "m";
    return Map.of(
        TaskManagerOptions.NETWORK_MEMORY_MIN.key(), megabytes,
        TaskManagerOptions.NETWORK_MEMORY_MAX.key(), megabytes);
  }
}
