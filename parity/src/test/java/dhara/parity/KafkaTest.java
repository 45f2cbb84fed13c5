package dhara.parity;

import static dhara.testkit.EmbeddedKafka.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Counts;
import dhara.connectors.Decoding;
import dhara.connectors.Endpoint;
import dhara.connectors.EventSource;
import dhara.connectors.TimeBounds;
import dhara.connectors.kafka.KafkaSink;
import dhara.connectors.kafka.KafkaSource;
import dhara.connectors.kafka.TopicWriter;
import dhara.connectors.reading.Chunk;
import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import dhara.events.LateEvent;
import dhara.options.BadOption;
import dhara.testkit.EmbeddedKafka;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineVisitor;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Kafka as a source and a sink, against a real broker. */
final class KafkaTest {

  private static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Lateness LATENESS = Lateness.of(Windows.tumbling(Duration.ofMinutes(1)));

  /**
   * A producer that sends everything in one batch, with Kafka's default limit for splitting it, and
   * a short timeout.
   */
  private static final String ONE_BATCH =
      "?producer.compression.type=none&producer.linger.ms=1000&producer.request.timeout.ms=2000"
          + "&producer.delivery.timeout.ms=4000";

  private static final Counts NOTHING = new Counts(0, 0, 0, 0, 0);

  private static EmbeddedKafka kafka;

  private String topic;

  @BeforeAll
  static void startBroker() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
  }

  @BeforeEach
  void nameTopic(TestInfo test) {
    topic = test.getTestMethod().orElseThrow().getName();
  }

  @Test
  void aBackfillReadsFromTheFirstToTheLastRecord() {
    kafka.createTopic(topic, 3);
    kafka.produce(topic, 0, NOON, null, tick(0).bytes());
    kafka.produce(topic, 2, NOON, null, tick(1).bytes());
    Backfill backfill = backfill("?end=latest");
    assertThat(backfill.stamped, containsInAnyOrder(stamped(0), stamped(1)));
    assertThat(backfill.deadLetters, empty());
    assertThat(backfill.counts, is(new Counts(2, 2, 0, 0, bytes(0, 1))));
    assertThat(kafka.groups(), empty());
  }

  @Test
  void aBackfillReadsListedOffsetsOfListedPartitions() {
    kafka.createTopic(topic, 2);
    for (int i = 0; i < 10; i++) {
      kafka.produce(topic, i % 2, NOON, null, tick(i).bytes());
    }
    Backfill backfill = backfill("?start=1:1&end=1:3,0:5");
    assertThat(backfill.stamped, containsInAnyOrder(stamped(3), stamped(5)));
    assertThat(backfill.counts, is(new Counts(2, 2, 0, 0, bytes(3, 5))));
  }

  @Test
  void aBackfillReadsByTheTimestampsOfRecords() {
    kafka.createTopic(topic, 2);
    for (int i = 0; i < 10; i++) {
      kafka.produce(topic, i % 2, NOON.plusSeconds(i), null, tick(i).bytes());
    }
    Backfill backfill = backfill("?start=2025-06-01T12:00:03Z&end=2025-06-01T12:00:06Z");
    assertThat(backfill.stamped, containsInAnyOrder(stamped(3), stamped(4), stamped(5)));
    assertThat(backfill("?start=2025-07-01T00:00:00Z&end=latest").stamped, empty());
  }

  @Test
  void aBackfillOfNothingIsEmpty() {
    kafka.createTopic(topic, 2);
    Backfill backfill = backfill("?end=latest");
    assertThat(backfill.stamped, empty());
    assertThat(backfill.counts, is(new Counts(0, 0, 0, 0, 0)));
  }

  @Test
  void aBackfillStepsOverMarkersAndAbortedRecords() {
    kafka.createTopic(topic, 1);
    kafka.produceCommitted(List.of(message(0, tick(0))));
    kafka.produceAborted(List.of(message(0, tick(1))));
    kafka.produceCommitted(List.of(message(0, tick(2))));
    assertThat(backfill("?end=latest").stamped, containsInAnyOrder(stamped(0), stamped(2)));
    assertThat(
        backfill("?end=latest&isolation=read_uncommitted").stamped,
        containsInAnyOrder(stamped(0), stamped(1), stamped(2)));
  }

  @Test
  void whatIsNoEventIsADeadLetterWithItsBytesAndPlace() {
    kafka.createTopic(topic, 4);
    kafka.produce(topic, 3, NOON, null, tick(0).bytes());
    kafka.produce(topic, 3, NOON, null, "garbage".getBytes(UTF_8));
    kafka.produce(topic, 3, NOON, null, null);
    kafka.produce(topic, 3, NOON, null, "x".repeat(150).getBytes(UTF_8));
    kafka.produce(topic, 3, NOON, null, new Tick("ancient", Instant.EPOCH).bytes());
    kafka.produce(topic, 3, NOON, null, new Tick("future", NOON.plusSeconds(86_401)).bytes());
    Backfill backfill = backfill("?end=latest");
    assertThat(backfill.stamped, contains(stamped(0)));
    long bytes =
        bytes(0)
            + "garbage".length()
            + 150
            + new Tick("ancient", Instant.EPOCH).bytes().length
            + new Tick("future", NOON.plusSeconds(86_401)).bytes().length;
    assertThat(backfill.counts, is(new Counts(6, 1, 0, 5, bytes)));
    assertThat(
        backfill.deadLetters.stream().map(KafkaTest::summary).toList(),
        containsInAnyOrder(
            "MALFORMED partition=3 offset=1 garbage",
            "EMPTY partition=3 offset=2 ",
            "TOO_LONG partition=3 offset=3 " + "x".repeat(100),
            "TOO_OLD partition=3 offset=4 ancient,0",
            "IN_THE_FUTURE partition=3 offset=5 future,"
                + NOON.plusSeconds(86_401).toEpochMilli()));
    for (DeadLetter letter : backfill.deadLetters) {
      assertThat(letter.input() + " " + letter.source(), is("events kafka://" + topic));
    }
  }

  @Test
  void offsetsThatWereDeletedBeforeTheyWereReadFailTheRun() {
    kafka.createTopic(topic, 1);
    for (int i = 0; i < 10; i++) {
      kafka.produce(topic, 0, NOON, null, tick(i).bytes());
    }
    Pipeline pipeline = pipeline();
    source("?end=latest").read(pipeline, "events", LATENESS);
    kafka.deleteBefore(topic, 0, 4);
    Exception failed =
        assertThrows(
            Pipeline.PipelineExecutionException.class, () -> pipeline.run().waitUntilFinish());
    assertThat(
        failed.getMessage(),
        containsString(
            "partition=0: offsets of the range 0 to 10 were deleted before they were read, the"
                + " first is now 4"));
  }

  @Test
  void whatCannotBeReadIsRefusedInOneLine() throws IOException {
    kafka.createTopic(topic, 2);
    kafka.createTopic("trades", 1);
    kafka.produce(topic, 0, NOON, null, tick(0).bytes());
    source("").check();
    source("?start=0:0&end=0:1").check();
    refused(source("?start=0:0,2:5"), "start= names partition 2, but the topic has 0 to 1");
    refused(source("?end=0:2"), "end= names offset 2 of partition 0, which has 0 to 1");
    refused(
        source("?start=latest&end=0:0"),
        "partition 0 would end at offset 0, before its start at 1; exchange start and end");
    refused(
        source(Endpoint.of("--events", kafka.uri("trade"))),
        "there is no topic 'trade' on the broker; the nearest are trades, ");
    int nobody;
    try (ServerSocket free = new ServerSocket(0)) {
      nobody = free.getLocalPort();
    }
    refused(
        source(Endpoint.of("--events", "kafka://localhost:" + nobody + "/trades")),
        "no broker can be reached at localhost:" + nobody);
    refused(
        source("?consumer.fetch.min.bytes=few"), "Invalid value few for configuration fetch.min");
  }

  @Test
  void windowsOfLastYearCloseWhilePartitionsAreIdleOrWereNeverWritten() throws Exception {
    kafka.createTopic(topic, 4);
    // One partition falls silent after the first minute and ends in a transaction's marker, one is
    // never written; the two others go on to the sixth minute.
    kafka.produceCommitted(List.of(message(2, tick(1)), message(2, tick(2))));
    List<ProducerRecord<byte[], byte[]>> flowing = new ArrayList<>();
    IntStream.range(0, 36).forEach(i -> flowing.add(message(i % 2, tick(10 * i))));
    kafka.produce(flowing);

    Stream stream = stream();
    try {
      assertThat(
          stream.counts.take(5, PATIENCE),
          containsInAnyOrder("12:00=8", "12:01=6", "12:02=6", "12:03=6", "12:04=6"));
      // The last minute is still open: it closes only when later events come, from anywhere.
      kafka.produce(List.of(message(0, tick(355)), message(1, tick(420))));
      assertThat(stream.counts.take(1, PATIENCE), contains("12:05=7"));
      assertThat(stream.deadLetters.all(), empty());
      assertThat(
          sum(stream.read, 40),
          is(
              new Counts(
                  40,
                  40,
                  0,
                  0,
                  bytes(1, 2, 355, 420)
                      + bytes(IntStream.range(0, 36).map(i -> 10 * i).toArray()))));
      assertThat(kafka.groups(), empty());
    } finally {
      stream.running.cancel();
    }
  }

  @Test
  void timeGoesOnInASilentTopicThatFollowsTheClock() throws Exception {
    kafka.createTopic(topic, 2);
    kafka.produce(List.of(message(0, tick(0)), message(0, tick(50))));

    Stream stream =
        stream(source(Endpoint.of("--events", kafka.uri(topic)), Duration.ofMinutes(1)));
    try {
      assertThat(stream.counts.take(1, PATIENCE), contains("12:00=2"));
      // A replay of old events is not what this is for: they are late.
      kafka.produce(List.of(message(0, tick(120))));
      assertThat(stream.late.take(1, PATIENCE).size(), is(1));
    } finally {
      stream.running.cancel();
    }
  }

  @Test
  void anEventFromTheFarFutureMakesNoOtherLate() throws Exception {
    kafka.createTopic(topic, 1);
    Tick poison = new Tick("poison", Instant.parse("2199-01-01T00:00:00Z"));
    kafka.produce(
        List.of(
            message(0, tick(0)), message(0, poison), message(0, tick(1)), message(0, tick(90))));
    Stream stream = stream();
    try {
      assertThat(stream.counts.take(1, PATIENCE), contains("12:00=2"));
      assertThat(
          summary(stream.deadLetters.take(1, PATIENCE).get(0)),
          is("IN_THE_FUTURE partition=0 offset=1 poison," + poison.at().toEpochMilli()));
      kafka.produce(List.of(message(0, tick(100)), message(0, tick(150))));
      assertThat(stream.counts.take(1, PATIENCE), contains("12:01=2"));
    } finally {
      stream.running.cancel();
    }
  }

  @Test
  void anEventBehindTheWatermarkOfItsPartitionLeavesWithTheWindowItMissed() throws Exception {
    kafka.createTopic(topic, 2);
    // The watermark of partition 0 comes to 12:01:50: the minute of 12:00 has closed there, that of
    // 12:01 has not. Partition 1 is not that far: the same event is on time in it.
    kafka.produce(
        List.of(
            message(0, tick(0)), message(0, tick(120)), message(0, tick(61)), message(0, tick(5))));
    kafka.produce(List.of(message(1, tick(6)), message(1, tick(50))));
    Stream stream = stream();
    try {
      assertThat(
          stream.late.take(1, PATIENCE),
          contains(
              new LateEvent(
                  "events",
                  "t5",
                  NOON.plusSeconds(5),
                  NOON,
                  NOON.plusSeconds(60),
                  50_000,
                  "kafka://" + topic,
                  "partition=0 offset=3",
                  "{\"id\":\"t5\",\"at\":\"2025-06-01T12:00:05.000Z\"}")));
      kafka.produce(List.of(message(0, tick(300)), message(1, tick(301))));
      assertThat(
          stream.counts.take(3, PATIENCE), containsInAnyOrder("12:00=3", "12:01=1", "12:02=1"));
      assertThat(stream.late.all(), empty());
      assertThat(
          sum(stream.read, 8), is(new Counts(8, 7, 1, 0, bytes(0, 120, 61, 5, 6, 50, 300, 301))));
    } finally {
      stream.running.cancel();
    }
  }

  @Test
  void aStreamStartsAtListedOffsets() throws Exception {
    kafka.createTopic(topic, 2);
    for (int i = 0; i < 4; i++) {
      kafka.produce(topic, 0, NOON, null, tick(i).bytes());
      kafka.produce(topic, 1, NOON, null, tick(i).bytes());
    }
    kafka.produce(topic, 0, NOON, null, tick(90).bytes());
    Stream stream = stream("?start=0:2");
    try {
      assertThat(stream.counts.take(1, PATIENCE), contains("12:00=2"));
    } finally {
      stream.running.cancel();
    }
  }

  @Test
  void aStreamStartsAtAnInstantThatSomePartitionsHaveNotReached() throws Exception {
    kafka.createTopic(topic, 2);
    for (int i = 0; i < 4; i++) {
      kafka.produce(topic, 0, NOON.plusSeconds(i), null, tick(i).bytes());
    }
    kafka.produce(topic, 0, NOON.plusSeconds(90), null, tick(90).bytes());
    kafka.produce(topic, 1, NOON, null, tick(0).bytes());
    Stream stream = stream("?start=2025-06-01T12:00:03Z");
    try {
      assertThat(stream.counts.take(1, PATIENCE), contains("12:00=1"));
    } finally {
      stream.running.cancel();
    }
  }

  @Test
  void aRestoredReaderGoesOnWhereItsCheckpointStood() throws Exception {
    kafka.createTopic(topic, 1);
    kafka.produce(List.of(message(0, tick(0)), message(0, tick(60))));
    restore(unboundedSource(source("")));
  }

  /**
   * A broker that misses its heartbeats gets no topics until the next; so do brokers at restarts.
   */
  @Test
  void aTopicIsCreatedAsSoonAsABrokerTakesIt() {
    Map<String, Object> fenced =
        Map.of("broker.session.timeout.ms", 200, "broker.heartbeat.interval.ms", 2_000);
    try (EmbeddedKafka brief = EmbeddedKafka.start(fenced)) {
      for (int i = 0; i < 5; i++) {
        String each = topic + "-" + i;
        KafkaSink.upserts(Endpoint.of("--answers", brief.uri(each))).create();
        assertThat(brief.hasTopic(each), is(true));
      }
    }
  }

  @Test
  void aTopicThatTooFewBrokersCanTakeIsRefusedWithTheReason() {
    try (EmbeddedKafka alone = EmbeddedKafka.start(Map.of("default.replication.factor", 3))) {
      KafkaSink sink = KafkaSink.upserts(Endpoint.of("--answers", alone.uri(topic)));
      assertThat(
          assertThrows(BadOption.class, sink::create).getMessage(),
          containsString("too few brokers can take a new topic within 30 s"));
    }
  }

  @Test
  void theSinkWritesWhatItIsGiven() {
    KafkaSink sink =
        KafkaSink.upserts(
            Endpoint.of("--answers", kafka.uri(topic) + "?partitions=3&producer.linger.ms=1"));
    sink.check();
    assertThat(kafka.hasTopic(sink.topic()), is(false));
    sink.create();
    sink.create();
    assertThat(kafka.partitions(topic), is(3));
    assertThat(kafka.topicSettings(topic), hasEntry("cleanup.policy", "compact"));
    write(sink, KV.of("a", "1"), KV.of("b", "2"));
    assertThat(written(topic), containsInAnyOrder("a=1", "b=2"));
  }

  /** Savepoints and fingerprints refer to it by this name. */
  @Test
  void theSinkIsOneStepWhoseNameIsWrite() {
    Pipeline pipeline = pipeline();
    pipeline
        .apply(Create.empty(KvCoder.of(ByteArrayCoder.of(), ByteArrayCoder.of())))
        .apply("Answers", KafkaSink.upserts(Endpoint.of("--answers", kafka.uri(topic))));
    List<String> steps = new ArrayList<>();
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public void visitPrimitiveTransform(TransformHierarchy.Node node) {
            steps.add(node.getFullName());
          }
        });
    steps.removeIf(name -> !name.startsWith("Answers"));
    assertThat(steps, contains(startsWith("Answers/Write")));
  }

  @Test
  void anAppendingSinkNeedsNoKey() {
    KafkaSink sink =
        KafkaSink.appends(Endpoint.of("--answers", kafka.uri(topic))).withSuffix("-dead-letters");
    sink.check();
    sink.create();
    assertThat(sink.topic(), is(topic + "-dead-letters"));
    assertThat(kafka.topicSettings(sink.topic()), not(hasEntry("cleanup.policy", "compact")));
    write(sink, KV.of("", "1"));
    assertThat(written(sink.topic()), contains("null=1"));
  }

  @Test
  void noBatchIsLongerThanItsTopicTakes() {
    kafka.createTopic(topic, 1, Map.of("max.message.bytes", "1000"));
    KafkaSink sink = KafkaSink.appends(Endpoint.of("--answers", kafka.uri(topic) + ONE_BATCH));
    Pipeline pipeline = pipeline();
    pipeline
        .apply(Create.of(100))
        .apply("A bundle", ParDo.of(new ManyFn()))
        .setCoder(KvCoder.of(ByteArrayCoder.of(), ByteArrayCoder.of()))
        .apply(sink);

    pipeline.run().waitUntilFinish();

    assertThat(written(topic), hasSize(100));
  }

  @Test
  void aTopicWhoseBatchIsSplitAndNeverTakenIsNotFinished() {
    kafka.createTopic(topic, 1);
    Endpoint endpoint = Endpoint.of("--to", kafka.uri(topic) + ONE_BATCH);
    try (TopicWriter writer = TopicWriter.open(endpoint, 1, "a test", 1_000)) {
      kafka.set(topic, Map.of("max.message.bytes", "1000"));
      for (int i = 0; i < 100; i++) {
        writer.send(0, null, "x".repeat(100).getBytes(UTF_8));
      }

      IllegalStateException failed = assertThrows(IllegalStateException.class, writer::finish);

      assertThat(
          failed.getMessage(),
          containsString("kafka://" + topic + ": the brokers took 0 records, and then refused"));
    }
  }

  @Test
  void aRecordThatTheTopicDoesNotTakeFailsTheBundleAndSaysTheSizes() {
    kafka.createTopic(topic, 1, Map.of("max.message.bytes", "1000"));
    KafkaSink sink = KafkaSink.appends(Endpoint.of("--ledger", kafka.uri(topic)));
    Exception failed =
        assertThrows(
            Pipeline.PipelineExecutionException.class,
            () -> write(sink, KV.of("", "x".repeat(5_000))));
    assertThat(
        failed.getMessage(),
        containsString(
            "--ledger: kafka://"
                + topic
                + ": a record of 5,000 bytes, and the topic takes 744; raise its"
                + " max.message.bytes"));
  }

  @Test
  void partitionsThatAreNotReadAndPropertiesThatKafkaDoesNotKnowAreToldOnce() {
    kafka.createTopic(topic, 3);
    assertThat(
        warnings(() -> source("?start=1:0&end=1:0&consumer.max.poll.record=5").check()),
        contains(
            "kafka://"
                + topic
                + ": Kafka knows no property consumer.max.poll.record. Did you mean"
                + " consumer.max.poll.records?",
            "kafka://"
                + topic
                + ": of its 3 partitions only 1 are read, because start= or end= lists offsets of"
                + " no others; not read are 0, 2"));
    assertThat(
        warnings(() -> source("?start=0:0,1:0,2:0&consumer.max.poll.records=5").check()), empty());
    assertThat(
        warnings(
            () ->
                KafkaSink.upserts(Endpoint.of("--answers", kafka.uri(topic) + "?producer.linger=5"))
                    .check()),
        contains(startsWith("kafka://" + topic + ": Kafka knows no property producer.linger.")));
  }

  /** What code of Dhara warns of that is about the topic of this test. */
  private List<String> warnings(Runnable code) {
    List<String> messages = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            if (line.getMessage().startsWith("kafka://" + topic + ":")) {
              messages.add(line.getMessage());
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("dhara.connectors");
    logger.addHandler(handler);
    try {
      code.run();
    } finally {
      logger.removeHandler(handler);
    }
    return messages;
  }

  private <T, M extends CheckpointMark> void restore(UnboundedSource<T, M> whole) throws Exception {
    DirectOptions options = PipelineOptionsFactory.as(DirectOptions.class);
    UnboundedSource<T, M> source = whole.split(1, options).get(0);
    List<Long> read = new ArrayList<>();
    M checkpoint;
    try (UnboundedReader<T> reader = source.createReader(options, null)) {
      read.addAll(seconds(reader, reader.start()));
      while (read.size() < 2) {
        read.addAll(seconds(reader, reader.advance()));
      }
      // The mark holds the watermark although nobody has requested it, so late records stay late.
      checkpoint = stored(source, reader.getCheckpointMark());
    }
    kafka.produce(List.of(message(0, tick(120))));
    try (UnboundedReader<T> reader = source.createReader(options, checkpoint)) {
      assertThat(reader.getWatermark().getMillis(), is(NOON.plusSeconds(50).toEpochMilli()));
      read.addAll(seconds(reader, reader.start()));
    }
    assertThat(read, contains(0L, 60L, 120L));
  }

  /** The event times of the reader's chunk; polls until it is there. */
  private static List<Long> seconds(UnboundedReader<?> reader, boolean there) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!there) {
      assertThat("no record in time", System.nanoTime() < deadline);
      there = reader.advance();
    }
    Chunk<?> chunk = (Chunk<?>) reader.getCurrent();
    return IntStream.range(0, chunk.size())
        .mapToObj(i -> (chunk.at(i).getMillis() - NOON.toEpochMilli()) / 1_000)
        .toList();
  }

  /** A checkpoint mark after encoding and decoding. */
  @SuppressWarnings("unchecked") // a source makes the checkpoints that its coder stores
  private static <M extends CheckpointMark> M stored(
      UnboundedSource<?, M> source, CheckpointMark mark) throws CoderException {
    return CoderUtils.clone(source.getCheckpointMarkCoder(), (M) mark);
  }

  /** The source that engines read, taken from the pipeline. */
  private static UnboundedSource<?, ?> unboundedSource(EventSource<Tick> source) {
    Pipeline pipeline = pipeline();
    source.read(pipeline, "events", LATENESS);
    List<UnboundedSource<?, ?>> found = new ArrayList<>();
    pipeline.traverseTopologically(
        new PipelineVisitor.Defaults() {
          @Override
          public CompositeBehavior enterCompositeTransform(TransformHierarchy.Node node) {
            if (node.getTransform() instanceof Read.Unbounded<?> read) {
              found.add(read.getSource());
            }
            return CompositeBehavior.ENTER_TRANSFORM;
          }
        });
    assertThat(found, hasSize(1));
    return found.get(0);
  }

  private static void refused(EventSource<Tick> source, String fix) {
    BadOption refused = assertThrows(BadOption.class, source::check);
    assertThat(
        refused.getMessage(), allOf(containsString("--events=kafka://"), containsString(fix)));
    assertThat(refused.getMessage().lines().count(), is(1L));
  }

  private EventSource<Tick> source(String parameters) {
    return source(Endpoint.of("--events", kafka.uri(topic) + parameters));
  }

  private static EventSource<Tick> source(Endpoint endpoint) {
    return source(endpoint, null);
  }

  private static EventSource<Tick> source(Endpoint endpoint, @Nullable Duration clockLag) {
    TimeBounds bounds = new TimeBounds(Instant.parse("2000-01-01T00:00:00Z"), Duration.ofDays(1));
    return KafkaSource.of(
        endpoint,
        new Decoding<>("events", new Tick.Format(), bounds, 100),
        new Tick.TickCoder(),
        Duration.ofSeconds(10),
        Duration.ofSeconds(1),
        clockLag);
  }

  private Backfill backfill(String parameters) {
    EventSource<Tick> source = source(parameters);
    source.check();
    Pipeline pipeline = pipeline();
    EventSource.Read<Tick> read = source.read(pipeline, "events", LATENESS);
    assertThat(read.events().isBounded(), is(IsBounded.BOUNDED));
    assertThat(read.late(), is(Optional.empty()));
    Collected<String> stamped = Collected.of(String.class);
    Collected<DeadLetter> deadLetters = Collected.of(DeadLetter.class);
    Collected<Counts> counts = Collected.of(Counts.class);
    read.events().apply("Stamp", ParDo.of(new StampFn())).apply("Events", stamped);
    read.deadLetters().apply("Dead letters", deadLetters);
    read.counts().apply("Read", counts);
    pipeline.run().waitUntilFinish();
    return new Backfill(stamped.all(), deadLetters.all(), sum(counts));
  }

  /** The counts of a pipeline that has ended. */
  private static Counts sum(Collected<Counts> parts) {
    return parts.all().stream().reduce(NOTHING, KafkaTest::plus);
  }

  /** The counts of a stream as soon as they have so many records; they may follow the answers. */
  private static Counts sum(Collected<Counts> parts, long records) throws InterruptedException {
    Counts sum = NOTHING;
    while (sum.read() < records) {
      sum = plus(sum, parts.take(1, PATIENCE).get(0));
    }
    return plus(sum, sum(parts));
  }

  private static Counts plus(Counts a, Counts b) {
    return new Counts(
        a.read() + b.read(),
        a.events() + b.events(),
        a.late() + b.late(),
        a.deadLettered() + b.deadLettered(),
        a.bytes() + b.bytes());
  }

  /** The size of the values of ticks. */
  private static long bytes(int... ticks) {
    return IntStream.of(ticks).mapToLong(i -> tick(i).bytes().length).sum();
  }

  private record Backfill(List<String> stamped, List<DeadLetter> deadLetters, Counts counts) {}

  private Stream stream() {
    return stream("");
  }

  /** Counts events per minute, with no allowed lateness, so late events are missing. */
  private Stream stream(String parameters) {
    return stream(source(parameters));
  }

  private static Stream stream(EventSource<Tick> source) {
    source.check();
    Pipeline pipeline = pipeline();
    EventSource.Read<Tick> read = source.read(pipeline, "events", LATENESS);
    assertThat(read.events().isBounded(), is(IsBounded.UNBOUNDED));
    Collected<String> counts = Collected.of(String.class);
    Collected<DeadLetter> deadLetters = Collected.of(DeadLetter.class);
    Collected<LateEvent> late = Collected.of(LateEvent.class);
    Collected<Counts> reads = Collected.of(Counts.class);
    read.late().orElseThrow().apply("Late", late);
    read.events()
        .apply(Window.into(FixedWindows.of(org.joda.time.Duration.standardMinutes(1))))
        .apply(Combine.globally(Count.<Tick>combineFn()).withoutDefaults())
        .apply("Minutes", ParDo.of(new MinuteFn()))
        .apply("Counts", counts);
    read.deadLetters().apply("Dead letters", deadLetters);
    read.counts().apply("Read", reads);
    return new Stream(counts, late, deadLetters, reads, new Running(pipeline.run()));
  }

  private record Stream(
      Collected<String> counts,
      Collected<LateEvent> late,
      Collected<DeadLetter> deadLetters,
      Collected<Counts> read,
      Running running) {}

  private record Running(PipelineResult result) {
    void cancel() throws IOException {
      result.cancel();
    }
  }

  private static Pipeline pipeline() {
    DirectOptions options = PipelineOptionsFactory.as(DirectOptions.class);
    options.setRunner(DirectRunner.class);
    options.setBlockOnRun(false);
    options.setTargetParallelism(2);
    return Pipeline.create(options);
  }

  @SafeVarargs
  private static void write(KafkaSink sink, KV<String, String>... records) {
    Pipeline pipeline = pipeline();
    List<KV<byte[], byte[]>> encoded = new ArrayList<>();
    for (KV<String, String> record : records) {
      encoded.add(KV.of(record.getKey().getBytes(UTF_8), record.getValue().getBytes(UTF_8)));
    }
    pipeline
        .apply(Create.of(encoded).withCoder(KvCoder.of(ByteArrayCoder.of(), ByteArrayCoder.of())))
        .apply(sink);
    pipeline.run().waitUntilFinish();
  }

  private static List<String> written(String topic) {
    return kafka.readAll(topic).stream()
        .map(
            record ->
                (record.key() == null ? "null" : new String(record.key(), UTF_8))
                    + "="
                    + new String(record.value(), UTF_8))
        .toList();
  }

  private ProducerRecord<byte[], byte[]> message(int partition, Tick tick) {
    return record(topic, partition, NOON, null, tick.bytes());
  }

  private static Tick tick(int second) {
    return new Tick("t" + second, NOON.plusSeconds(second));
  }

  private static String stamped(int second) {
    return "t" + second + "@" + NOON.plusSeconds(second).toEpochMilli();
  }

  private static String summary(DeadLetter letter) {
    Reason reason = letter.reason();
    return reason + " " + letter.position() + " " + new String(letter.bytes(), UTF_8);
  }

  /** Turns a number into that many records in one bundle. */
  private static final class ManyFn extends DoFn<Integer, KV<byte[], byte[]>> {
    @ProcessElement
    public void process(@Element Integer count, OutputReceiver<KV<byte[], byte[]>> out) {
      for (int i = 0; i < count; i++) {
        out.output(KV.of(new byte[0], "x".repeat(100).getBytes(UTF_8)));
      }
    }
  }

  private static final class StampFn extends DoFn<Tick, String> {
    @ProcessElement
    public void process(
        @Element Tick tick, @Timestamp org.joda.time.Instant at, OutputReceiver<String> out) {
      out.output(tick.id() + "@" + at.getMillis());
    }
  }

  private static final class MinuteFn extends DoFn<Long, String> {
    @ProcessElement
    public void process(@Element Long count, BoundedWindow window, OutputReceiver<String> out) {
      String start = ((IntervalWindow) window).start().toString();
      out.output(start.substring(11, 16) + "=" + count);
    }
  }
}
