package dhara.benchmarks.decisions;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A JVM that pays at a steady rate, and reads the decisions.
 *
 * <p>Payment number <i>n</i> is due <i>n</i> / rate after the start, whether or not the writer is
 * on time, and its decision is as old as the time since then. One payment in a hundred comes up to
 * half a second later than it was made, so that some payers' payments come out of order.
 */
public final class Peer {

  private static final int HIGHEST = 60_000;
  private static final long SEED = 42;
  private static final int LATE_ONE_IN = 100;
  private static final int LATE_MILLIS = 500;
  private static final int MERCHANTS = 5_000;
  private static final byte[] PAYMENT = "\"payment\":\"p".getBytes(StandardCharsets.US_ASCII);

  /**
   * What was seen.
   *
   * @param histogram the ages of decisions in milliseconds, compressed, in base 64
   * @param missing payments of the measured time without a decision
   * @param corrected those of the measured time that were decided about again
   * @param mostBehindMillis how far the writer was behind its plan at most, in the measured time
   */
  record Seen(String histogram, long missing, long corrected, long mostBehindMillis) {}

  private final int rate;
  private final int payers;
  private final int from;
  private final long[] dueMillis;
  private final short[] decided;
  private final Histogram histogram = new Histogram(HIGHEST, 3);

  private Peer(int rate, int payers, int warmup, int measured) {
    this.rate = rate;
    this.payers = payers;
    this.from = Math.multiplyExact(rate, warmup);
    int payments = Math.multiplyExact(rate, warmup + measured);
    this.dueMillis = new long[payments];
    this.decided = new short[payments];
  }

  /**
   * Pays and reads.
   *
   * @param args broker, topic of payments, topic of decisions, payments a second, payers, seconds
   *     of warm-up, seconds of measuring
   */
  public static void main(String[] args) throws Exception {
    PrintStream replies = System.out;
    System.setOut(System.err);
    Peer peer =
        new Peer(
            Integer.parseInt(args[3]),
            Integer.parseInt(args[4]),
            Integer.parseInt(args[5]),
            Integer.parseInt(args[6]));
    AtomicReference<Exception> failure = new AtomicReference<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                peer.read(args[0], args[2]);
              } catch (RuntimeException e) {
                failure.set(e);
              }
            },
            "reader");
    reader.start();
    long behind = peer.write(args[0], args[1], replies);
    Thread.sleep(5_000); // the decisions about the last payments
    reader.interrupt();
    reader.join();
    if (failure.get() != null) {
      throw failure.get();
    }
    replies.println(new ObjectMapper().writeValueAsString(peer.seen(behind)));
    replies.flush();
  }

  private long write(String broker, String topic, PrintStream replies) {
    SplittableRandom random = new SplittableRandom(SEED);
    long mostBehind = 0;
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker,
                ProducerConfig.LINGER_MS_CONFIG,
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      long start = System.nanoTime();
      long startMillis = System.currentTimeMillis();
      for (int number = 0; number < dueMillis.length; number++) {
        if (number == from) {
          replies.println("measuring");
          replies.flush();
        }
        long dueNanos = number * 1_000_000_000L / rate;
        long early = start + dueNanos - System.nanoTime();
        while (early > 0) {
          LockSupport.parkNanos(early);
          early = start + dueNanos - System.nanoTime();
        }
        if (number >= from) {
          mostBehind = Math.max(mostBehind, -early / 1_000_000);
        }
        dueMillis[number] = startMillis + dueNanos / 1_000_000;
        int payer = random.nextInt(payers);
        long late = number % LATE_ONE_IN == 0 ? random.nextInt(LATE_MILLIS) : 0;
        byte[] key = ("u" + payer).getBytes(StandardCharsets.US_ASCII);
        var unused =
            producer.send(
                new ProducerRecord<>(
                    topic, key, payment(number, payer, dueMillis[number] - late, random)),
                (sent, e) -> {
                  if (e != null) {
                    System.err.println("a payment was refused: " + e);
                  }
                });
      }
    }
    return mostBehind;
  }

  private static byte[] payment(int number, int payer, long atMillis, SplittableRandom random) {
    String merchant = "m" + payer % MERCHANTS;
    return """
        {"id":"p%d","at":"%s","payer":"u%d","payee":"%s","amount_minor":%d,"status":"SUCCESS",\
        "kind":"P2M","device":"d%d","merchant":"%s","lat":%.4f,"lon":%.4f}"""
        .formatted(
            number,
            Instant.ofEpochMilli(atMillis),
            payer,
            merchant,
            1_000 + random.nextInt(400_000),
            payer,
            merchant,
            12.9 + random.nextInt(100) / 1e4,
            77.5 + random.nextInt(100) / 1e4)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private void read(String broker, String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                20_000,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (true) {
        Iterable<ConsumerRecord<byte[], byte[]>> records = consumer.poll(Duration.ofMillis(100));
        long now = System.currentTimeMillis();
        for (ConsumerRecord<byte[], byte[]> record : records) {
          decided(number(record.value()), now);
        }
      }
    } catch (org.apache.kafka.common.errors.InterruptException e) {
      // All payments were written, and their decisions had time to come.
    }
  }

  private void decided(int number, long now) {
    if (decided[number] < Short.MAX_VALUE) {
      decided[number]++;
    }
    if (decided[number] == 1 && number >= from) {
      histogram.recordValue(Math.min(HIGHEST, Math.max(0, now - dueMillis[number])));
    }
  }

  /** The number of the payment that a decision is about. */
  private static int number(byte[] row) {
    int at = 0;
    while (!Arrays.equals(row, at, at + PAYMENT.length, PAYMENT, 0, PAYMENT.length)) {
      at++;
    }
    int number = 0;
    for (int i = at + PAYMENT.length; row[i] != '"'; i++) {
      number = 10 * number + row[i] - '0';
    }
    return number;
  }

  private Seen seen(long mostBehind) throws IOException {
    long missing = 0;
    long corrected = 0;
    for (int number = from; number < decided.length; number++) {
      missing += decided[number] == 0 ? 1 : 0;
      corrected += decided[number] > 1 ? 1 : 0;
    }
    ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    byte[] encoded = new byte[histogram.encodeIntoCompressedByteBuffer(bytes)];
    bytes.rewind();
    bytes.get(encoded);
    return new Seen(Base64.getEncoder().encodeToString(encoded), missing, corrected, mostBehind);
  }
}
