package dhara.parity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.connectors.TimeBounds;
import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.pipelines.commerce.OrderLine;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The verb {@code replay}, to a real broker. */
final class ReplayTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static EmbeddedKafka kafka;

  @TempDir Path folder;
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
  void withoutFaultsEveryLineArrivesAsItIs() throws IOException {
    Path archive = orders(500);

    Command command = replay(archive, "?partitions=1");

    assertThat(command.exit(), is(0));
    assertThat(
        command.err(),
        allOf(
            startsWith("kafka://" + topic + ": 500 records: "), containsString("the truth is in")));
    assertThat(command.err().lines().count(), is(1L));
    assertThat(
        kafka.readAll(topic).stream().map(r -> new String(r.value(), UTF_8)).toList(),
        is(Files.readAllLines(archive)));
    assertThat(kafka.topicSettings(topic), hasEntry("cleanup.policy", "delete"));
  }

  @Test
  void whatIsInTheTopicIsWhatTheTruthSays() throws IOException {
    Path archive = orders(4_000, "--disorder=PT8S", "--duplicates=0.02", "--garbage=0.02");

    Command command =
        replay(
            archive,
            "?partitions=5",
            "--key=customer",
            "--disorder=PT8S",
            "--duplicates=0.05",
            "--late=0.05",
            "--garbage=0.05",
            "--farFuture=0.02",
            "--farPast=0.02",
            "--idlePartition",
            "--unwrittenPartition",
            "--closing=PT1H");

    assertThat(command.err(), command.exit(), is(0));
    JsonNode truth = truth();
    Seen seen = Seen.of(kafka.readAll(topic));
    long closing = truth.get("closing").asLong();
    Map<String, Long> dead = new TreeMap<>();
    for (String reasons : List.of("deadLetters", "archiveDeadLetters")) {
      truth
          .get(reasons)
          .fields()
          .forEachRemaining(e -> dead.merge(e.getKey(), e.getValue().asLong(), Long::sum));
    }
    assertThat(seen.dead, is(dead));
    assertThat((long) seen.partitionOf.size(), is(truth.get("events").asLong() + closing));
    assertThat(truth.get("events").asLong(), is(4_000L));
    assertThat(
        seen.copies,
        is(truth.get("duplicates").asLong() + truth.get("archiveDuplicates").asLong()));
    assertThat(truth.get("late").asLong(), is(greaterThan(0L)));
    assertThat(truth.get("lateIds").size(), is(truth.get("late").asInt()));
    assertThat(truth.get("outOfOrder").asLong(), is(0L));
    assertThat(truth.get("idlePartition").asInt(), is(3));
    assertThat(truth.get("unwrittenPartition").asInt(), is(4));
    for (int p = 0; p < 5; p++) {
      assertThat(seen.records.get(p), is(truth.get("partitions").get(p).asLong()));
    }
    assertThat(seen.records.get(3), is(lessThan(40L)));
    assertThat(seen.records.get(4), is(0L));
    assertThat(
        ids(truth.get("closingIds")),
        containsInAnyOrder("closing-0", "closing-1", "closing-2", "closing-3"));
  }

  @Test
  void eventsOfOneKeyGoToOnePartition() throws IOException {
    replay(orders(2_000), "?partitions=4", "--key=customer", "--duplicates=0.1");

    Map<String, Integer> partitions = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.readAll(topic)) {
      if (record.key() != null) {
        String key = new String(record.key(), UTF_8);
        assertThat(
            key,
            partitions.merge(key, record.partition(), (a, b) -> a.equals(b) ? a : -1),
            is(record.partition()));
      }
    }
    assertThat(new HashSet<>(partitions.values()), hasSize(4));
  }

  @Test
  void linesOfCsvArriveAsJsonThatNeedsNoMap() throws IOException {
    Path archive = folder.resolve("orders.csv");
    Files.writeString(
        archive,
        """
        Line,When,order,product,country,quantity,Price
        1,2026-01-05T09:00:00Z,A,tea,IN,2,1.50
        2,yesterday,A,tea,IN,2,1.50
        """);

    Command command =
        replay(archive, "", "--map=id=Line,at=When,unitMinor=Price:decimal(2)", "--closing=PT1H");

    assertThat(command.err(), command.exit(), is(0));
    Seen seen = Seen.of(kafka.readAll(topic));
    assertThat(seen.partitionOf.keySet(), is(Set.of("1", "closing-0")));
    assertThat(seen.dead, is(Map.of("MALFORMED", 1L)));
    assertThat(truth().get("archiveDeadLetters").toString(), is("{\"MALFORMED\":1}"));
  }

  @Test
  void eventTimeGoesByAtTheSpeedThatIsAskedFor() throws IOException {
    Path archive = folder.resolve("ten-minutes.jsonl");
    List<String> two = new ArrayList<>();
    for (String minute : List.of("00", "10")) {
      two.add(
          "{\"id\":\"%s\",\"at\":\"2026-01-05T09:%s:00Z\",\"order\":\"A\",\"product\":\"tea\",\"quantity\":1,\"unit_minor\":5}"
              .formatted(minute, minute));
    }
    Files.write(archive, two);

    replay(archive, "", "--speed=600");

    long elapsed = truth().get("elapsedMillis").asLong();
    assertThat(elapsed, is(greaterThan(999L)));
  }

  @Test
  void whatItCannotDoIsRefusedInOneLine() throws IOException {
    Path archive = orders(10);
    kafka.createTopic(topic, 2);
    int nobody;
    try (ServerSocket free = new ServerSocket(0)) {
      nobody = free.getLocalPort();
    }
    refused(
        replay(archive, "", "--idlePartition", "--unwrittenPartition"),
        "the topic has 2 partitions, but --idlePartition with --unwrittenPartition needs 3 at least");
    refused(
        run(archive, kafka.uri("new"), "--unwrittenPartition"),
        "would be created with 1 partition, but --unwrittenPartition needs 2 at least");
    refused(
        run(archive, "kafka://localhost:" + nobody + "/new"),
        "no broker can be reached at localhost:" + nobody);
    refused(run(archive, "files:/tmp"), "--to=files:/tmp: is no topic");
    refused(run(folder.resolve("none"), kafka.uri(topic)), "no such file");
    refused(replay(archive, "", "--key=custmer"), "Did you mean customer?");
    refused(replay(archive, "", "--speed=0"), "--speed=0.0: is not a number above zero");
    refused(replay(archive, "", "--late=0.1", "--lateBy=PT5S", "--disorder=PT8S"), "is not longer");
    refused(replay(archive, "", "--closing=PT0S"), "--closing=PT0S: closes no window");
    refused(replay(archive, "", "--garbage=2"), "is no share from 0 to 1");
    refused(replay(archive, "", "--map=customer=c", "--closing=PT1H"), "add --canonical");
    refused(replay(archive, "", "--truth=/no/such/file"), "its folder does not exist");
    assertThat(kafka.readAll(topic), hasSize(0));
  }

  @Test
  void aRecordThatTheBrokersRefuseFailsTheReplayWithoutATruth() throws IOException {
    kafka.createTopic(topic, 1, Map.of("max.message.bytes", "100"));

    Command command = replay(orders(10), "?producer.batch.size=1");

    assertThat(command.exit(), is(1));
    assertThat(
        command.err(), startsWith("dhara: kafka://" + topic + ": the brokers took 0 records"));
    assertThat(Files.exists(folder.resolve("truth.json")), is(false));
  }

  @Test
  void brokersThatGoAwayForGoodFailTheReplay() throws Exception {
    Path archive = orders(20_000);
    List<Command> ended = new ArrayList<>();
    Thread replay;
    try (EmbeddedKafka other = EmbeddedKafka.start()) {
      other.createTopic(topic, 1);
      String to =
          other.uri(topic)
              + "?producer.delivery.timeout.ms=4000&producer.request.timeout.ms=2000"
              + "&producer.max.block.ms=4000";
      replay = new Thread(() -> ended.add(run(archive, to, "--speed=10")));
      replay.start();
      awaitRecords(other);
    }
    replay.join(PATIENCE.toMillis());
    Command command = ended.get(0);
    assertThat(command.exit(), is(1));
    assertThat(command.err(), containsString("and then refused one or went away: "));
    assertThat(Files.exists(folder.resolve("truth.json")), is(false));
  }

  @Test
  void aReplayThatIsInterruptedSaysHowManyItSent() throws Exception {
    kafka.createTopic(topic, 1);
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dhara.tools.Dhara",
                "replay",
                "order-metrics",
                "--events=" + orders(2_000),
                "--to=" + kafka.uri(topic),
                "--truth=" + folder.resolve("truth.json"),
                "--speed=1")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(said.toFile())
            .start();
    awaitRecords(kafka);
    process.destroy(); // as Ctrl-C does, by a signal

    process.waitFor();
    assertThat(
        Files.readString(said),
        containsString(
            "dhara: stopped: " + kafka.readAll(topic).size() + " records were sent to kafka://"));
    assertThat(Files.exists(folder.resolve("truth.json")), is(false));
  }

  @Test
  void theTruthGoesToTheStandardOutputOnRequest() throws IOException {
    Command command = run(orders(10), kafka.uri(topic), "--truth=-");

    assertThat(command.exit(), is(0));
    assertThat(new ObjectMapper().readTree(command.out()).get("records").asLong(), is(10L));
    assertThat(command.err(), is(not(emptyString())));
  }

  private void awaitRecords(EmbeddedKafka broker) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (broker.readAll(topic).isEmpty()) {
      assertThat("no record in time", System.nanoTime() < deadline);
    }
  }

  private Path orders(int count, String... options) {
    Path file = folder.resolve("orders.jsonl");
    List<String> plain = List.of("--disorder=PT0S", "--duplicates=0", "--garbage=0");
    Command.done(
        Stream.of(
                Stream.of("generate", "order-metrics", "--count=" + count, "--out=" + file),
                options.length == 0 ? plain.stream() : Stream.of(options))
            .flatMap(arguments -> arguments)
            .toList());
    return file;
  }

  private Command replay(Path archive, String parameters, String... options) {
    return run(archive, kafka.uri(topic) + parameters, options);
  }

  private Command run(Path archive, String to, String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("replay", "order-metrics", "--events=" + archive, "--to=" + to));
    if (Stream.of(options).noneMatch(option -> option.startsWith("--truth="))) {
      arguments.add("--truth=" + folder.resolve("truth.json"));
    }
    arguments.addAll(List.of(options));
    return Command.run(arguments);
  }

  private static void refused(Command command, String fix) {
    assertThat(command.err(), containsString(fix));
    assertThat(command.exit(), is(2));
    assertThat(command.err().lines().count(), is(1L));
  }

  private JsonNode truth() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("truth.json").toFile());
  }

  private static Set<String> ids(JsonNode array) {
    Set<String> ids = new HashSet<>();
    array.forEach(id -> ids.add(id.asText()));
    return ids;
  }

  /** What a reader of the topic sees. */
  private record Seen(
      Map<String, Integer> partitionOf, long copies, Map<String, Long> dead, List<Long> records) {

    static Seen of(List<ConsumerRecord<byte[], byte[]>> topic) {
      EventParser<OrderLine> parser = JsonFormat.of(OrderLine.class, Mapping.none()).parser();
      TimeBounds bounds = new TimeBounds(Instant.parse("2000-01-01T00:00:00Z"), Duration.ofDays(1));
      Map<String, Integer> partitionOf = new HashMap<>();
      Map<String, Long> dead = new TreeMap<>();
      long[] records = new long[5];
      long copies = 0;
      for (ConsumerRecord<byte[], byte[]> record : topic) {
        records[record.partition()]++;
        try {
          OrderLine line = parser.parse(record.value(), 0, record.value().length);
          bounds.check(line.at(), record.timestamp());
          copies += partitionOf.putIfAbsent(line.id(), record.partition()) == null ? 0 : 1;
        } catch (BadEvent e) {
          dead.merge(e.reason().name(), 1L, Long::sum);
        }
      }
      return new Seen(partitionOf, copies, dead, LongStream.of(records).boxed().toList());
    }
  }
}
