package dhara.benchmarks.kafka;

import dhara.benchmarks.harness.ClassPath;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.harness.Work;
import dhara.benchmarks.playback.PlaybackJob;
import dhara.benchmarks.playback.PlaybackLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A topic full of playback lines, on a broker of its own: the setting of works that read from
 * Kafka.
 *
 * <p>Records have the title as their key, so a contestant that needs each title in one partition
 * need not shuffle, and event time as their timestamp, so a contestant need not parse for the time.
 * Dhara uses neither. After the last line each partition has one that is ten minutes later, which
 * closes the windows before it, because no contestant knows where the topic ends.
 */
public final class PlaybackTopic implements Work.Setting {

  /** The parameter that names the broker. */
  public static final String BROKER = "broker";

  /** The topic. */
  public static final String TOPIC = "playback";

  private static final int PARTITIONS = 4;
  private static final long CLOSING_SECONDS = 600;
  private static final int TITLE_LENGTH = 9;

  @Override
  public Work.Prepared prepare(Task task, Work.ClassPaths classPaths, Path folder)
      throws Exception {
    BrokerProcess broker =
        BrokerProcess.start(classPaths.of(ClassPath.PLAIN), folder.resolve("broker.log"));
    try {
      create(broker.bootstrap());
      fill(broker.bootstrap(), PlaybackJob.of(task));
    } catch (Exception e) {
      broker.close();
      throw e;
    }
    return new Work.Prepared(Map.of(BROKER, broker.bootstrap()), broker);
  }

  /** The start of the first window that is not answered, epoch milliseconds. */
  static long closedMillis(PlaybackJob job) {
    long closing = new PlaybackLines(job.lines()).at(closing(job));
    return closing - Math.floorMod(closing, job.width().toMillis());
  }

  private static long closing(PlaybackJob job) {
    return job.events() + CLOSING_SECONDS * job.lines().eventsPerSecond();
  }

  private static void create(String broker) throws InterruptedException, IOException {
    NewTopic topic = new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty());
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
      admin.createTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      throw new IOException("the topic cannot be made: " + e.getCause().getMessage(), e);
    }
  }

  private static void fill(String broker, PlaybackJob job) throws IOException {
    PlaybackLines lines = new PlaybackLines(job.lines());
    int titleAt = titleAt(lines.line(0));
    AtomicReference<Exception> refusal = new AtomicReference<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker,
                ProducerConfig.LINGER_MS_CONFIG,
                20,
                ProducerConfig.BATCH_SIZE_CONFIG,
                1 << 18,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (long i = 0; i < job.events(); i++) {
        send(producer, lines, i, titleAt, null, refusal);
      }
      producer.flush();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        send(producer, lines, closing(job), titleAt, partition, refusal);
      }
      producer.flush();
    }
    Exception refused = refusal.get();
    if (refused != null) {
      throw new IOException("the topic cannot be filled: " + refused.getMessage(), refused);
    }
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer,
      PlaybackLines lines,
      long index,
      int titleAt,
      @Nullable Integer partition,
      AtomicReference<Exception> refusal) {
    byte[] line = lines.line(index);
    byte[] title = Arrays.copyOfRange(line, titleAt, titleAt + TITLE_LENGTH);
    // The producer copies both before it returns.
    var unused =
        producer.send(
            new ProducerRecord<>(TOPIC, partition, lines.at(index), title, line),
            (sent, e) -> {
              if (e != null) {
                refusal.compareAndSet(null, e);
              }
            });
  }

  /** The offset of the title, the same in every line. */
  private static int titleAt(byte[] line) {
    String field = "\"title\":\"";
    return new String(line, StandardCharsets.US_ASCII).indexOf(field) + field.length();
  }
}
