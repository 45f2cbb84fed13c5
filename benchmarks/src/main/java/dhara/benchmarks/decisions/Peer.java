package dhara.benchmarks.decisions;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A JVM that pays, or asks for advertisements, at a steady rate, and reads the decisions.
 *
 * <p>Event number <i>n</i> is due <i>n</i> / rate after the start, whether or not the writer is on
 * time, and its decision is as old as the time since then. One event in a hundred comes up to half
 * a second later than it was made, so that some people's events come out of order. If a model
 * decides, it releases another version of it on request, and checks by which version each event was
 * decided.
 */
public final class Peer {

  private static final int HIGHEST = 60_000;
  private static final int NEVER = Integer.MAX_VALUE;
  private static final long SEED = 42;
  private static final int LATE_ONE_IN = 100;
  private static final int LATE_MILLIS = 500;

  /** For so many seconds since a swap, the ages of decisions are also counted for themselves. */
  static final int AFTER_SWAP = 5;

  /**
   * What was seen.
   *
   * @param histogram the ages of decisions in milliseconds, compressed, in base 64
   * @param missing events of the measured time without a decision
   * @param corrected those of the measured time that were decided about again
   * @param mostBehindMillis how far the writer was behind its plan at most, in the measured time
   * @param versions by which versions of a model they were decided; null if none decides
   * @param afterSwap the ages of the decisions about the events of the {@link #AFTER_SWAP} seconds
   *     since the swap, as the others; null without a swap
   */
  record Seen(
      String histogram,
      long missing,
      long corrected,
      long mostBehindMillis,
      DecidingVersions.@Nullable Counts versions,
      @Nullable String afterSwap) {}

  private final DecidedAnalysis analysis;
  private final byte[] mark;
  private final int rate;
  private final int people;
  private final int from;
  private final long[] dueMillis;
  private final short[] decided;
  private final Histogram histogram = new Histogram(HIGHEST, 3);
  private final @Nullable ReleasedVersions released;
  private final @Nullable DecidingVersions versions;
  private final int swap;
  private final Histogram afterSwap = new Histogram(HIGHEST, 3);

  /**
   * A peer.
   *
   * @param released the releases of a model; null if none decides
   */
  private Peer(
      DecidedAnalysis analysis,
      int rate,
      int people,
      int warmup,
      int measured,
      @Nullable ReleasedVersions released) {
    this.analysis = analysis;
    this.mark = analysis.mark();
    this.rate = rate;
    this.people = people;
    this.from = Math.multiplyExact(rate, warmup);
    int events = Math.multiplyExact(rate, warmup + measured);
    this.dueMillis = new long[events];
    this.decided = new short[events];
    this.released = released;
    this.versions = released == null ? null : new DecidingVersions(released.versions(), events);
    this.swap =
        released == null || released.swapped().isEmpty() ? NEVER : from + rate * measured / 2;
  }

  /**
   * Pays and reads.
   *
   * @param args broker, topic of events, topic of decisions, the analysis, events a second, people,
   *     seconds of warm-up, seconds of measuring; if a model decides, the topic of its releases,
   *     their folder, and whether the last of them is released in the middle of the measured time
   */
  public static void main(String[] args) throws Exception {
    PrintStream replies = System.out;
    System.setOut(System.err);
    Peer peer =
        new Peer(
            DecidedAnalysis.of(args[3]),
            Integer.parseInt(args[4]),
            Integer.parseInt(args[5]),
            Integer.parseInt(args[6]),
            Integer.parseInt(args[7]),
            args.length == 8
                ? null
                : ReleasedVersions.in(Path.of(args[9]), Boolean.parseBoolean(args[10])));
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
    long behind = peer.write(args[0], args[1], args.length == 8 ? "" : args[8], replies);
    Thread.sleep(5_000); // the decisions about the last events
    reader.interrupt();
    reader.join();
    if (failure.get() != null) {
      throw failure.get();
    }
    replies.println(new ObjectMapper().writeValueAsString(peer.seen(behind)));
    replies.flush();
  }

  private long write(String broker, String topic, String models, PrintStream replies) {
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
        if (number == swap) {
          for (byte[] release : released.recordsSwapped(Instant.ofEpochMilli(dueMillis[swap]))) {
            send(producer, new ProducerRecord<>(models, release));
          }
        }
        int person = random.nextInt(people);
        long late = number % LATE_ONE_IN == 0 ? random.nextInt(LATE_MILLIS) : 0;
        long at = dueMillis[number] - late;
        if (versions != null) {
          versions.event(number, number >= swap && at >= dueMillis[swap] ? 1 : 0);
        }
        byte[] key = ("u" + person).getBytes(StandardCharsets.US_ASCII);
        send(
            producer, new ProducerRecord<>(topic, key, analysis.event(number, person, at, random)));
      }
    }
    return mostBehind;
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
    var unused =
        producer.send(
            record,
            (sent, e) -> {
              if (e != null) {
                System.err.println("an event was refused: " + e);
              }
            });
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
          int number = number(record.value());
          decided(number, now);
          if (versions != null) {
            versions.decision(number, record.value());
          }
        }
      }
    } catch (org.apache.kafka.common.errors.InterruptException e) {
      // All events were written, and their decisions had time to come.
    }
  }

  private void decided(int number, long now) {
    if (decided[number] < Short.MAX_VALUE) {
      decided[number]++;
    }
    if (decided[number] == 1 && number >= from) {
      long age = Math.min(HIGHEST, Math.max(0, now - dueMillis[number]));
      histogram.recordValue(age);
      if (number >= swap && number - swap < rate * AFTER_SWAP) {
        afterSwap.recordValue(age);
      }
    }
  }

  /** The number of the event that a decision is about. */
  private int number(byte[] row) {
    int at = 0;
    while (!Arrays.equals(row, at, at + mark.length, mark, 0, mark.length)) {
      at++;
    }
    int number = 0;
    for (int i = at + mark.length; row[i] != '"'; i++) {
      number = 10 * number + row[i] - '0';
    }
    return number;
  }

  private Seen seen(long mostBehind) {
    long missing = 0;
    long corrected = 0;
    for (int number = from; number < decided.length; number++) {
      missing += decided[number] == 0 ? 1 : 0;
      corrected += decided[number] > 1 ? 1 : 0;
    }
    return new Seen(
        encoded(histogram),
        missing,
        corrected,
        mostBehind,
        versions == null ? null : versions.counts(from),
        swap == NEVER ? null : encoded(afterSwap));
  }

  private static String encoded(Histogram ages) {
    ByteBuffer bytes = ByteBuffer.allocate(ages.getNeededByteBufferCapacity());
    byte[] encoded = new byte[ages.encodeIntoCompressedByteBuffer(bytes)];
    bytes.rewind();
    bytes.get(encoded);
    return Base64.getEncoder().encodeToString(encoded);
  }
}
