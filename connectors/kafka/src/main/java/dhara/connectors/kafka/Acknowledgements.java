package dhara.connectors.kafka;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What was sent by one producer since some moment, and what the brokers said to it. Records that
 * the same producer sent before, under another of these, do not count.
 */
final class Acknowledgements {

  private final KafkaProducer<byte[], byte[]> producer;
  private final Duration patience;
  private final ExecutorService flusher;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<@Nullable Exception> refused = new AtomicReference<>();
  private long sent;

  /**
   * @param patience more than the producer takes to say that a record was not taken
   * @param flusher {@link #flusher}, of all that is sent by this producer
   */
  Acknowledgements(
      KafkaProducer<byte[], byte[]> producer, Duration patience, ExecutorService flusher) {
    this.producer = producer;
    this.patience = patience;
    this.flusher = flusher;
  }

  /** The thread in which a producer is flushed; shut it down with the producer. */
  static ExecutorService flusher() {
    return Executors.newSingleThreadExecutor(
        task -> {
          Thread thread = new Thread(task, "dhara-flush");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Sends a record; returns before it is acknowledged. */
  void send(ProducerRecord<byte[], byte[]> record) {
    sent++;
    var unused =
        producer.send(
            record,
            (at, refusal) -> {
              if (refusal == null) {
                acknowledged.incrementAndGet();
              } else {
                refused.compareAndSet(null, refusal);
              }
            });
  }

  /**
   * Waits until all that was sent is acknowledged, or something is refused. One flush may return
   * before that: a batch that the brokers find too large is done for it when it is split, and not
   * when they have taken its parts. A further one waits for the parts.
   *
   * <p>A flush may also never return: a batch that was split some thousand times, while a topic
   * took nothing, overflows the stack of the thread that sends (Kafka 3.9), and nobody hears of it.
   */
  void await() {
    long deadline = System.nanoTime() + patience.toNanos();
    do {
      flush(deadline - System.nanoTime());
    } while (refusal() == null && acknowledged.get() < sent);
  }

  private void flush(long nanos) {
    Future<?> flush = flusher.submit(producer::flush);
    try {
      flush.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      flush.cancel(true);
      refused.compareAndSet(
          null, new IllegalStateException("its producer said nothing for " + patience, e));
    } catch (ExecutionException e) {
      throw new IllegalStateException("Kafka's producer cannot flush", e.getCause());
    } catch (InterruptedException e) {
      flush.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the brokers", e);
    }
  }

  /** How many records the brokers have taken. */
  long count() {
    return acknowledged.get();
  }

  /** Why the brokers have refused a record, or have not taken it in time; null where they have. */
  @Nullable Exception refusal() {
    return refused.get();
  }
}
