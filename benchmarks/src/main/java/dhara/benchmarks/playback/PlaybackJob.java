package dhara.benchmarks.playback;

import dhara.benchmarks.harness.Checksum;
import dhara.benchmarks.harness.Task;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;

/**
 * The job of these works: count, sum, least and most of the bitrate, and errors, for each key and
 * window of event time.
 *
 * @param events how many lines there are
 * @param byUser whether the key is the user, else the title
 * @param lines what they are like
 * @param sessions whether windows are sessions, whose gap is the width
 * @param width of a window
 * @param every how far apart windows begin; the width, where they tumble
 * @param bounded whether the input is a batch, else a stream that ends
 * @param parallelism how many workers the engine gets
 * @param state what keeps a stream's state: {@code heap} or {@code rocksdb}
 */
public record PlaybackJob(
    long events,
    boolean byUser,
    PlaybackLines.Shape lines,
    boolean sessions,
    Duration width,
    Duration every,
    boolean bounded,
    int parallelism,
    String state)
    implements Serializable {

  private static final long SEED = 20261121;

  /**
   * The parameters of a work that asks for such a job: tumbling windows of a minute, state on the
   * heap, two workers, no line that comes twice.
   *
   * @param mode {@code stream} or {@code batch}
   * @param key {@code title} or {@code user}
   * @param keys how many there are
   * @param eventsPerSecond of event time
   */
  public static Map<String, String> parameters(
      String mode, String key, long keys, long eventsPerSecond) {
    return Map.of(
        "mode",
        mode,
        "key",
        key,
        "keys",
        Long.toString(keys),
        "events-per-second",
        Long.toString(eventsPerSecond),
        "sessions",
        "false",
        "width",
        "PT1M",
        "every",
        "PT1M",
        "parallelism",
        "2",
        "state",
        "heap",
        "copied",
        "0");
  }

  /** The job that a task asks for. */
  public static PlaybackJob of(Task task) {
    boolean byUser = task.text("key").equals("user");
    long keys = task.number("keys");
    return new PlaybackJob(
        task.events(),
        byUser,
        new PlaybackLines.Shape(
            SEED,
            byUser ? 10_000 : keys,
            byUser ? keys : 1_000_000,
            task.number("events-per-second"),
            task.number("copied")),
        task.text("sessions").equals("true"),
        Duration.parse(task.text("width")),
        Duration.parse(task.text("every")),
        task.text("mode").equals("batch"),
        (int) task.number("parallelism"),
        task.text("state"));
  }

  /** Whether windows follow each other without overlap. */
  public boolean tumbles() {
    return !sessions && width.equals(every);
  }

  /** Whether state is kept in RocksDB. */
  public boolean inRocksDb() {
    return state.equals("rocksdb");
  }

  /** Adds an answer to the JVM's {@link Checksum}. */
  public static void settle(
      String key, long startMillis, long events, long sum, long min, long max, long errors) {
    long hash = Checksum.mix(key.hashCode(), startMillis);
    hash = Checksum.mix(hash, events);
    hash = Checksum.mix(hash, sum);
    hash = Checksum.mix(hash, min);
    hash = Checksum.mix(hash, max);
    Checksum.add(Checksum.mix(hash, errors));
  }
}
