package dhara.parity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Followed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The verb {@code replay} with made-up events, and with events that are moved in time. */
final class ReplayScenarioTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> INPUTS = List.of("impressions", "clicks", "prices");
  private static final Instant MOVED = Instant.parse("2027-03-01T00:00:00Z");

  private static EmbeddedKafka kafka;

  @TempDir Path folder;
  private String test;

  @BeforeAll
  static void startBroker() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
  }

  @BeforeEach
  void name(TestInfo info) {
    test = info.getTestMethod().orElseThrow().getName();
  }

  @Test
  void madeUpEventsAreThoseThatGenerateWrites() throws IOException {
    replay("--count=2000", "--seed=7");

    generate(2_000);
    for (String input : INPUTS) {
      assertThat(values(input), is(Files.readAllLines(archive(input))));
    }
  }

  @Test
  void faultsArePlantedAmongMadeUpEventsToo() throws IOException {
    replay(
        "--count=2000",
        "--seed=7",
        "--disorder=PT8S",
        "--duplicates=0.1",
        "--late=0.05",
        "--lateBy=PT1M");

    JsonNode truth = JSON.readTree(folder.resolve("truth.json").toFile()).get("inputs");
    long events = 0;
    long copies = 0;
    long late = 0;
    for (JsonNode input : truth) {
      events += input.get("events").asLong();
      copies += input.get("duplicates").asLong();
      late += input.get("late").asLong();
      assertThat(input.get("outOfOrder").asLong(), is(0L));
      assertThat(
          Duration.parse(input.get("worstDisorder").asText()), is(lessThan(Duration.ofSeconds(8))));
    }
    assertThat(events, is(2_000L));
    assertThat(copies, is(greaterThan(100L)));
    assertThat(late, is(greaterThan(20L)));
  }

  @Test
  void allTimesOfAllInputsMoveTogether() throws IOException {
    replay("--count=500", "--seed=7", "--startAt=" + MOVED);

    generate(500);
    Instant first = first();
    for (String input : INPUTS) {
      assertMoved(input, Duration.between(first, MOVED));
    }
  }

  @Test
  void anArchiveMovesLikeMadeUpEvents() throws IOException {
    generate(500);
    Instant first = first();

    send(
        Stream.concat(
            INPUTS.stream()
                .flatMap(
                    input ->
                        Stream.of(
                            "--events=" + input + "=" + archive(input),
                            "--to=" + input + "=" + kafka.uri(topic(input)))),
            Stream.of("--startAt=" + MOVED)));

    for (String input : INPUTS) {
      assertMoved(input, Duration.between(first, MOVED));
    }
  }

  @Test
  void theHistoryIsSentAtOnceAndTheRestAtItsPaceAsItHappens() throws Exception {
    Instant before = Instant.now();
    Duration history = Duration.ofMinutes(10);
    FutureTask<Command> replay =
        new FutureTask<>(
            () ->
                Command.run(arguments(Stream.of("--startAt=now", "--history=PT10M", "--speed=5"))));
    Thread thread = new Thread(replay, test);
    kafka.createTopic(topic("impressions"), 1);
    thread.start();

    try (Followed impressions = kafka.follow(topic("impressions"))) {
      // It goes on beyond its start: there are events of half a minute later.
      assertThat(
          impressions.until(
              lines -> lines.stream().anyMatch(line -> at(line).isAfter(before.plusSeconds(30))),
              Duration.ofMinutes(1)),
          is(true));
    }
    thread.interrupt();
    Command ended = replay.get(20, TimeUnit.SECONDS);

    assertThat(ended.exit(), is(0));
    assertThat(ended.err(), containsString("stopped: "));
    List<ConsumerRecord<byte[], byte[]>> records = kafka.readAll(topic("impressions"));
    Instant started = at(text(records.get(0))).plus(history);
    assertThat(started, is(greaterThanOrEqualTo(before.minusMillis(1))));
    List<Long> waited = new ArrayList<>();
    List<Long> due = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Duration later = Duration.between(started, at(text(record)));
      long sent = record.timestamp() - records.get(0).timestamp();
      if (later.isNegative()) {
        assertThat("the history is not paced", sent, is(lessThanOrEqualTo(5_000L)));
      } else {
        waited.add(sent);
        due.add(later.dividedBy(5).toMillis());
      }
    }
    assertThat(due, hasSize(greaterThan(5)));
    for (int i = 0; i < due.size(); i++) {
      assertThat("not before it is due", waited.get(i), is(greaterThanOrEqualTo(due.get(i) - 1)));
    }
  }

  @Test
  void madeUpEventsOfAnInputWithoutATopicAreLeftOut() {
    send(
        Stream.of(
            "--events=scenario:", "--count=500", "--to=clicks=" + kafka.uri(topic("clicks"))));

    assertThat(
        values("clicks").stream().map(line -> line.contains("\"ad\"")).toList(),
        everyItem(is(true)));
    assertThat(kafka.hasTopic(topic("impressions")), is(false));
  }

  @Test
  void whatContradictsItselfIsRefusedInOneLine() {
    String to = "--to=impressions=" + kafka.uri(topic("impressions"));
    refused("--count=5: is for made-up events", "--events=a.jsonl", to, "--count=5");
    refused("mixes archives and made-up events", "--events=scenario:", "--events=clicks=a", to);
    refused("--map=user=u: is for archives", "--events=scenario:", "--map=user=u", to);
    refused("--count=-1: is below zero", "--events=scenario:", "--count=-1", to);
    refused("--startAt=today: is no time", "--events=scenario:", "--startAt=today", to);
    refused("--history=PT1M: is the part", "--events=scenario:", "--history=PT1M", to);
    assertThat(kafka.hasTopic(topic("impressions")), is(false));
  }

  private void generate(int count) {
    Command.done(
        List.of(
            "generate",
            "visits",
            "--count=" + count,
            "--seed=7",
            "--disorder=PT0S",
            "--duplicates=0",
            "--garbage=0",
            "--out=" + folder));
  }

  private void replay(String... options) {
    send(Stream.concat(made(), Stream.of(options)));
  }

  private Stream<String> made() {
    return Stream.concat(
        Stream.of("--events=scenario:"),
        INPUTS.stream().map(input -> "--to=" + input + "=" + kafka.uri(topic(input))));
  }

  private void send(Stream<String> options) {
    Command.done(command(options));
  }

  private List<String> arguments(Stream<String> options) {
    return command(Stream.concat(made(), options));
  }

  private List<String> command(Stream<String> options) {
    return Stream.concat(
            Stream.of("replay", "visits", "--truth=" + folder.resolve("truth.json")), options)
        .toList();
  }

  private void refused(String why, String... options) {
    Command command = Command.run(command(Stream.of(options)));
    assertThat(command.err(), containsString(why));
    assertThat(command.err().lines().count(), is(1L));
    assertThat(command.exit(), is(2));
  }

  /** The time of the first event of all inputs. */
  private Instant first() throws IOException {
    Instant first = Instant.MAX;
    for (String input : INPUTS) {
      Instant of = at(Files.readAllLines(archive(input)).get(0));
      first = of.isBefore(first) ? of : first;
    }
    return first;
  }

  /** Checks that what was sent is an archive with each time moved. */
  private void assertMoved(String input, Duration by) throws IOException {
    assertThat(
        moved(values(input), Duration.ZERO), is(moved(Files.readAllLines(archive(input)), by)));
  }

  private static List<String> moved(List<String> lines, Duration by) throws IOException {
    List<String> moved = new ArrayList<>();
    for (String line : lines) {
      ObjectNode json = (ObjectNode) JSON.readTree(line);
      moved.add(json.put("at", at(line).plus(by).toString()).toString());
    }
    return moved;
  }

  private List<String> values(String input) {
    return kafka.readAll(topic(input)).stream().map(ReplayScenarioTest::text).toList();
  }

  private static String text(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.value(), UTF_8);
  }

  private static Instant at(String line) {
    try {
      return Instant.parse(JSON.readTree(line).get("at").asText());
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }

  private Path archive(String input) {
    return folder.resolve(input + ".jsonl");
  }

  private String topic(String input) {
    return test + "-" + input;
  }
}
