package dhara.benchmarks.latency;

import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.benchmarks.playback.PlaybackLines;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A JVM that writes events into a topic at a steady rate until its input ends.
 *
 * <p>Event number <i>n</i> happens <i>n</i> / rate after the start, whether or not the writer is on
 * time. If it falls behind, the events that it writes are already that old, so no delay is left
 * out. The events of ten milliseconds are sent at their end, out of order.
 */
public final class Load {

  private static final long TICK_NANOS = 10_000_000;

  /** Coprime to the number of events of a tick, so that it visits all of them. */
  private static final long STRIDE = 7919;

  /** Random numbers of the events; each key is as likely as another. */
  private static final long SEED = 42;

  /**
   * What was written.
   *
   * @param startMillis when event 0 happened, epoch milliseconds
   * @param sent how many events were handed to the client
   * @param acknowledged how many the broker took
   * @param mostBehindMillis how far behind its plan the writer was at most
   */
  record Written(long startMillis, long sent, long acknowledged, long mostBehindMillis) {}

  private Load() {}

  /**
   * Writes.
   *
   * @param args broker, topic, events per second, keys
   */
  public static void main(String[] args) throws Exception {
    PrintStream replies = System.out;
    System.setOut(System.err);
    long perTick = Long.parseLong(args[2]) * TICK_NANOS / 1_000_000_000;
    PlaybackLines lines =
        new PlaybackLines(new PlaybackLines.Shape(SEED, 1000, Long.parseLong(args[3]), 1));
    AtomicLong acknowledged = new AtomicLong();
    AtomicBoolean ended = new AtomicBoolean();
    Thread end = new Thread(() -> awaitEnd(ended), "end");
    end.setDaemon(true);
    end.start();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                args[0],
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                ProducerConfig.BATCH_SIZE_CONFIG,
                1 << 17,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      long start = System.nanoTime();
      long startMillis = System.currentTimeMillis();
      replies.println(startMillis);
      replies.flush();
      long mostBehind = 0;
      long tick = 0;
      for (; !ended.get(); tick++) {
        long due = start + (tick + 1) * TICK_NANOS;
        long early = due - System.nanoTime();
        while (early > 0) {
          LockSupport.parkNanos(early);
          early = due - System.nanoTime();
        }
        mostBehind = Math.max(mostBehind, -early);
        long tickMillis = startMillis + tick * TICK_NANOS / 1_000_000;
        for (long i = 0; i < perTick; i++) {
          long number = i * STRIDE % perTick;
          long at = tickMillis + number * (TICK_NANOS / 1_000_000) / perTick;
          var unused =
              producer.send(
                  new ProducerRecord<>(args[1], lines.line(tick * perTick + number, at)),
                  (sent, e) -> {
                    if (e == null) {
                      acknowledged.incrementAndGet();
                    } else {
                      System.err.println("an event was refused: " + e);
                    }
                  });
        }
      }
      producer.flush();
      replies.println(
          new ObjectMapper()
              .writeValueAsString(
                  new Written(
                      startMillis, tick * perTick, acknowledged.get(), mostBehind / 1_000_000)));
      replies.flush();
    }
  }

  private static void awaitEnd(AtomicBoolean ended) {
    try {
      while (System.in.read() >= 0) {
        // Whoever started this closes its input to end it.
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      ended.set(true);
    }
  }
}
