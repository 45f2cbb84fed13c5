package dhara.connectors.kafka;

import dhara.connectors.Endpoint;
import dhara.connectors.kafka.access.KafkaLogin;
import dhara.connectors.kafka.offsets.KafkaRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The topic and range that a URI names for reading.
 *
 * @param endpoint the URI
 * @param consumers how it is read
 * @param start where reading starts
 * @param end where it ends; null if it is unbounded
 */
record KafkaSpan(
    Endpoint endpoint, KafkaConsumers consumers, KafkaOffsets start, @Nullable KafkaOffsets end) {

  /**
   * The most offsets of one range: some seconds of work, so that workers stay evenly busy, and few
   * enough events for Spark, which holds the whole output of one element in memory.
   */
  private static final long MOST_PER_RANGE = 100_000;

  private static final Set<String> PARAMETERS =
      Stream.concat(
              KafkaLogin.PARAMETERS.stream(), Stream.of("start", "end", "isolation", "consumer.*"))
          .collect(Collectors.toUnmodifiableSet());
  private static final Set<String> ISOLATIONS = Set.of("read_committed", "read_uncommitted");

  /**
   * Reads an endpoint.
   *
   * @throws dhara.options.BadOption if it is malformed or has unknown parameters
   */
  static KafkaSpan of(Endpoint endpoint) {
    endpoint.allow(PARAMETERS);
    String isolation = endpoint.parameter("isolation", "read_committed");
    if (!ISOLATIONS.contains(isolation)) {
      throw endpoint.bad(
          "isolation=" + isolation + " does not exist; write read_committed or read_uncommitted");
    }
    KafkaAddress address = KafkaAddress.of(endpoint, "consumer.", KafkaConsumers.OWNED);
    KafkaOffsets start =
        KafkaOffsets.of(endpoint, "start", endpoint.parameter("start", "earliest"));
    String end = endpoint.parameters().get("end");
    return new KafkaSpan(
        endpoint,
        new KafkaConsumers(address, isolation),
        start,
        end == null ? null : KafkaOffsets.of(endpoint, "end", end));
  }

  /** The same; if the URI names no end, up to the newest record now. */
  KafkaSpan upToNow() {
    return end == null
        ? new KafkaSpan(endpoint, consumers, start, new KafkaOffsets.Latest())
        : this;
  }

  /** The same of another topic. */
  KafkaSpan of(String topic) {
    KafkaAddress other = consumers.address().withTopic(topic);
    return new KafkaSpan(endpoint, new KafkaConsumers(other, consumers.isolation()), start, end);
  }

  /** The topics that the brokers list. */
  Set<String> topics() {
    return asked(consumer -> consumer.listTopics(KafkaQuestions.PATIENCE).keySet());
  }

  /**
   * The ranges of {@link #ranges}, divided so that workers share them. There is at least one, even
   * if it is empty, so that its reader reports that it read nothing.
   */
  List<KafkaRange> cut() {
    List<KafkaRange> cut = new ArrayList<>();
    List<KafkaRange> whole = ranges();
    for (KafkaRange range : whole) {
      cut.addAll(range.cut(MOST_PER_RANGE));
    }
    return cut.isEmpty() ? whole : cut;
  }

  /**
   * A line for each probable mistake: partitions that are not read because only the offsets of
   * others are listed, and client properties that Kafka does not know.
   */
  List<String> doubts() {
    List<String> doubts =
        new ArrayList<>(consumers.address().unknown("consumer.", ConsumerConfig.configNames()));
    if (start instanceof KafkaOffsets.Listed || end instanceof KafkaOffsets.Listed) {
      int partitions = asked(consumer -> infos(consumer).size());
      Set<Integer> read = new TreeSet<>();
      ranges().forEach(range -> read.add(range.partition()));
      List<Integer> others =
          IntStream.range(0, partitions).filter(p -> !read.contains(p)).boxed().toList();
      if (!others.isEmpty()) {
        doubts.add(
            ("%s: of its %d partitions only %s are read, because start= or end= lists offsets of no"
                    + " others; not read are %s")
                .formatted(
                    consumers.address().source(), partitions, numbers(read), numbers(others)));
      }
    }
    return doubts;
  }

  private static String numbers(Collection<Integer> partitions) {
    return partitions.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /**
   * The current range of every partition that is read; for a stream, up to its current end.
   *
   * @throws dhara.options.BadOption if the topic, a partition or an offset does not exist, or no
   *     broker answers
   */
  List<KafkaRange> ranges() {
    return asked(this::ranges);
  }

  private <A> A asked(Function<Consumer<byte[], byte[]>, A> question) {
    return KafkaQuestions.ask(
        endpoint,
        consumers.address(),
        AclOperation.READ,
        () -> {
          Map<String, Object> settings = consumers.settings(KafkaQuestions.PATIENCE);
          try (KafkaConsumer<byte[], byte[]> consumer = consumers.open(settings)) {
            return question.apply(consumer);
          }
        });
  }

  private List<PartitionInfo> infos(Consumer<byte[], byte[]> consumer) {
    String topic = consumers.address().topic();
    List<PartitionInfo> infos = consumer.partitionsFor(topic, KafkaQuestions.PATIENCE);
    if (infos == null || infos.isEmpty()) {
      Set<String> others = consumer.listTopics(KafkaQuestions.PATIENCE).keySet();
      throw endpoint.bad(KafkaQuestions.absent(topic, others));
    }
    return infos;
  }

  private List<KafkaRange> ranges(Consumer<byte[], byte[]> consumer) {
    String topic = consumers.address().topic();
    List<PartitionInfo> infos = infos(consumer);
    List<TopicPartition> partitions = new ArrayList<>();
    for (PartitionInfo info : infos) {
      if (reads("start", start, info.partition(), infos.size())
          && (end == null || reads("end", end, info.partition(), infos.size()))) {
        partitions.add(new TopicPartition(topic, info.partition()));
      }
    }
    Map<TopicPartition, Long> firsts =
        consumer.beginningOffsets(partitions, KafkaQuestions.PATIENCE);
    Map<TopicPartition, Long> lasts = consumer.endOffsets(partitions, KafkaQuestions.PATIENCE);
    Map<TopicPartition, Long> from = start.resolve(consumer, partitions, KafkaQuestions.PATIENCE);
    Map<TopicPartition, Long> until =
        end == null ? lasts : end.resolve(consumer, partitions, KafkaQuestions.PATIENCE);
    List<KafkaRange> ranges = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      long first = firsts.get(partition);
      long last = lasts.get(partition);
      checkThere("start", start, partition.partition(), from.get(partition), first, last);
      if (end != null) {
        checkThere("end", end, partition.partition(), until.get(partition), first, last);
        if (from.get(partition) > until.get(partition)) {
          throw endpoint.bad(
              "partition "
                  + partition.partition()
                  + " would end at offset "
                  + until.get(partition)
                  + ", before its start at "
                  + from.get(partition)
                  + "; exchange start and end");
        }
      }
      ranges.add(new KafkaRange(partition.partition(), from.get(partition), until.get(partition)));
    }
    return ranges;
  }

  private boolean reads(String parameter, KafkaOffsets offsets, int partition, int partitions) {
    if (!(offsets instanceof KafkaOffsets.Listed listed)) {
      return true;
    }
    for (int named : listed.offsets().keySet()) {
      if (named >= partitions) {
        throw endpoint.bad(
            parameter
                + "= names partition "
                + named
                + ", but the topic has 0 to "
                + (partitions - 1));
      }
    }
    return listed.offsets().containsKey(partition);
  }

  private void checkThere(
      String parameter, KafkaOffsets offsets, int partition, long offset, long first, long last) {
    if (offsets instanceof KafkaOffsets.Listed && (offset < first || offset > last)) {
      throw endpoint.bad(
          parameter
              + "= names offset "
              + offset
              + " of partition "
              + partition
              + ", which has "
              + first
              + " to "
              + last);
    }
  }
}
