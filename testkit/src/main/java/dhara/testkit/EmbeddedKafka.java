package dhara.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A real Kafka broker in this process: one node as broker and controller, on free ports of the
 * loopback interface, with its data in a temporary folder that is deleted with it. It takes some
 * seconds to start, so start one for a whole test class and give each test its own topics.
 *
 * <pre>{@code
 * try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
 *   kafka.createTopic("trades", 4);
 *   kafka.produce("trades", 0, at, null, bytes);
 * }
 * }</pre>
 */
public final class EmbeddedKafka implements AutoCloseable {

  private final String bootstrap;
  private final Runnable stop;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;

  private EmbeddedKafka(String bootstrap, Runnable stop) {
    this.bootstrap = bootstrap;
    this.stop = stop;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    this.producer = producer(Map.of());
  }

  /**
   * Starts a broker, and returns when it answers.
   *
   * @throws IllegalStateException if it cannot be started
   */
  public static EmbeddedKafka start() {
    return start(Map.of());
  }

  /**
   * The same with settings of the broker.
   *
   * @param settings Kafka's own, by name
   */
  public static EmbeddedKafka start(Map<String, Object> settings) {
    try {
      Path folder = Files.createTempDirectory("dhara-kafka");
      return start(folder, settings, () -> delete(folder));
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for the embedded Kafka broker", e);
    }
  }

  /**
   * Starts a broker with its data in a folder, which is the caller's to delete.
   *
   * @throws IllegalStateException if it cannot be started
   */
  public static EmbeddedKafka start(Path folder) {
    return start(folder, Map.of(), () -> {});
  }

  private static EmbeddedKafka start(Path folder, Map<String, Object> settings, Runnable stopped) {
    try {
      KafkaNode node = KafkaNode.start(folder, freePort(), freePort(), settings, List.of());
      return new EmbeddedKafka(
          node.bootstrap(),
          () -> {
            node.close();
            stopped.run();
          });
    } catch (IOException e) {
      throw new UncheckedIOException("no port for the embedded Kafka broker", e);
    }
  }

  /**
   * Connects to a broker that runs elsewhere. Requests while it is down wait up to a minute.
   *
   * @param bootstrap its {@code host:port}
   */
  public static EmbeddedKafka at(String bootstrap) {
    return new EmbeddedKafka(bootstrap, () -> {});
  }

  /** A port that nobody listens on. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The broker's {@code host:port}. */
  public String bootstrap() {
    return bootstrap;
  }

  /** The URI of a topic, for {@code --events} or {@code --answers}. */
  public String uri(String topic) {
    return "kafka://" + bootstrap + "/" + topic;
  }

  /** Creates a topic, and returns when it can be written to. */
  public void createTopic(String topic, int partitions) {
    createTopic(topic, partitions, Map.of());
  }

  /** Creates a topic with settings, {@code cleanup.policy} for example; returns when it is seen. */
  public void createTopic(String topic, int partitions, Map<String, String> settings) {
    NewTopic asked = new NewTopic(topic, Optional.of(partitions), Optional.empty());
    await(admin.createTopics(List.of(asked.configs(settings))).all());
    while (!hasTopic(topic)) {
      Pause.shortly();
    }
  }

  /**
   * Waits for a topic that somebody else creates.
   *
   * @param meanwhile called again and again; it may throw to end the wait
   * @throws IllegalStateException if it is not there in time
   */
  public void awaitTopic(String topic, Duration patience, Runnable meanwhile) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!hasTopic(topic)) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(
            "nobody has created %s within %s".formatted(topic, patience));
      }
      meanwhile.run();
      Pause.shortly();
    }
  }

  /** Changes settings of a topic, and returns when its broker has them. */
  public void set(String topic, Map<String, String> settings) {
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    List<AlterConfigOp> changes =
        settings.entrySet().stream()
            .map(
                entry ->
                    new AlterConfigOp(
                        new ConfigEntry(entry.getKey(), entry.getValue()),
                        AlterConfigOp.OpType.SET))
            .toList();
    await(admin.incrementalAlterConfigs(Map.of(resource, changes)).all());
    while (!topicSettings(topic).entrySet().containsAll(settings.entrySet())) {
      Pause.shortly();
    }
  }

  /** The settings of a topic that are not the broker's defaults. */
  public Map<String, String> topicSettings(String topic) {
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Map<String, String> settings = new HashMap<>();
    await(admin.describeConfigs(List.of(resource)).all())
        .get(resource)
        .entries()
        .forEach(
            entry -> {
              if (!entry.isDefault()) {
                settings.put(entry.name(), entry.value());
              }
            });
    return settings;
  }

  /** How many partitions a topic has. */
  public int partitions(String topic) {
    return await(admin.describeTopics(List.of(topic)).allTopicNames())
        .get(topic)
        .partitions()
        .size();
  }

  /**
   * Writes a record, and returns when it can be read.
   *
   * @param timestamp the record's timestamp, which is not its event time
   * @param key null for none
   * @param value null for a tombstone
   * @return its offset
   */
  public long produce(String topic, int partition, Instant timestamp, byte[] key, byte[] value) {
    return await(producer.send(record(topic, partition, timestamp, key, value))).offset();
  }

  /** Writes records, and returns when all can be read. */
  public void produce(List<ProducerRecord<byte[], byte[]>> records) {
    send(producer, records);
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> records) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    records.forEach(record -> sent.add(producer.send(record)));
    producer.flush();
    sent.forEach(EmbeddedKafka::await);
  }

  /**
   * Writes records in one transaction. A transaction leaves a marker in each of its partitions,
   * which takes an offset and is never read.
   */
  public void produceCommitted(List<ProducerRecord<byte[], byte[]>> records) {
    try (KafkaProducer<byte[], byte[]> transactional = transactional()) {
      transactional.beginTransaction();
      send(transactional, records);
      transactional.commitTransaction();
    }
  }

  /**
   * Writes records in a transaction that is aborted, so that readers of committed records never see
   * them.
   */
  public void produceAborted(List<ProducerRecord<byte[], byte[]>> records) {
    try (KafkaProducer<byte[], byte[]> transactional = transactional()) {
      transactional.beginTransaction();
      send(transactional, records);
      transactional.abortTransaction();
    }
  }

  /** A record for {@link #produce(List)}. */
  public static ProducerRecord<byte[], byte[]> record(
      String topic, int partition, Instant timestamp, byte[] key, byte[] value) {
    return new ProducerRecord<>(topic, partition, timestamp.toEpochMilli(), key, value);
  }

  /** Deletes the records of a partition before an offset, as retention would. */
  public void deleteBefore(String topic, int partition, long offset) {
    await(
        admin
            .deleteRecords(
                Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(offset)))
            .all());
  }

  /** All current committed records of a topic, partition by partition. */
  public List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed");
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    records.sort(
        Comparator.<ConsumerRecord<byte[], byte[]>>comparingInt(ConsumerRecord::partition)
            .thenComparingLong(ConsumerRecord::offset));
    return records;
  }

  /** Whether a topic exists. */
  public boolean hasTopic(String topic) {
    try {
      return partitions(topic) > 0;
    } catch (IllegalStateException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw e;
    }
  }

  /** The values of a topic, as they come. */
  public Followed follow(String topic) {
    return new Followed(bootstrap, topic);
  }

  /** The consumer groups that the broker knows. */
  public List<String> groups() {
    return await(admin.listConsumerGroups().all()).stream().map(group -> group.groupId()).toList();
  }

  private KafkaProducer<byte[], byte[]> transactional() {
    KafkaProducer<byte[], byte[]> transactional =
        producer(Map.of("transactional.id", "dhara-" + Uuid.randomUuid()));
    transactional.initTransactions();
    return transactional;
  }

  private KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("bootstrap.servers", bootstrap);
    // On a new topic, a first request may be refused for lack of a leader while a second is
    // accepted; the first could then never be retried, because its sequence number is in the past.
    all.put("max.in.flight.requests.per.connection", 1);
    return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static <A> A await(KafkaFuture<A> future) {
    return await(future.toCompletionStage().toCompletableFuture());
  }

  private static <A> A await(Future<A> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the embedded Kafka broker refused", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the embedded Kafka broker", e);
    }
  }

  /** Stops the broker and deletes its data, unless it runs elsewhere. */
  @Override
  public void close() {
    producer.close();
    admin.close();
    stop.run();
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
