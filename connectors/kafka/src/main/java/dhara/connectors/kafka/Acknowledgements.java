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
 * Tracks the records that one producer has sent since this was created, and the acknowledgements of
 * the brokers. Records that the same producer sent before do not count.
 */
final class Acknowledgements {

  private final KafkaProducer<byte[], byte[]> producer;
  private final Duration patience;
  private final ExecutorService flusher;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<@Nullable Exception> refused = new AtomicReference<>();
  private long sent;

  /**
   * Starts tracking.
   *
   * @param patience longer than the producer takes to report that a record was not accepted
   * @param flusher {@link #flusher}, shared by all instances of this producer
   */
  Acknowledgements(
      KafkaProducer<byte[], byte[]> producer, Duration patience, ExecutorService flusher) {
    this.producer = producer;
    this.patience = patience;
    this.flusher = flusher;
  }

  /** The thread that flushes a producer; shut it down with the producer. */
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
   * Waits until every record is acknowledged, or one is refused. A single flush may return earlier:
   * if the brokers find a batch too large, the flush considers it done when it is split, not when
   * its parts are accepted. Another flush waits for the parts.
   *
   * <p>A flush may also never return: if a batch is split some thousand times while a topic accepts
   * nothing, the stack of the sender thread overflows (Kafka 3.9), without an error to the caller.
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

  /** How many records the brokers have acknowledged. */
  long count() {
    return acknowledged.get();
  }

  /**
   * Why the brokers have refused a record, or have not accepted it in time; null if they accepted
   * all.
   */
  @Nullable Exception refusal() {
    return refused.get();
  }
}
