package dhara.parity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The verb {@code replay}, to a real broker, for two inputs of facts and a reference. */
final class ReplayInputsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> INPUTS = List.of("impressions", "clicks", "prices");

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
  void archive(TestInfo info) {
    test = info.getTestMethod().orElseThrow().getName();
    Command.done(
        List.of(
            "generate",
            "visits",
            "--count=3000",
            "--disorder=PT0S",
            "--duplicates=0",
            "--garbage=0",
            "--out=" + folder));
  }

  @Test
  void eachInputGoesToItsTopicInItsOwnOrderAndHasItsOwnReport() throws IOException {
    Command command = replay("", INPUTS);

    List<String> said = command.err().lines().toList();
    JsonNode truth = truth();
    assertThat(truth.get("analysis").asText(), is("visits"));
    assertThat(truth.get("inputs").size(), is(3));
    assertThat(said, hasSize(3));
    for (int i = 0; i < INPUTS.size(); i++) {
      String input = INPUTS.get(i);
      List<String> lines = Files.readAllLines(archive(input));
      JsonNode own = truth.get("inputs").get(i);
      assertThat(values(topic(input)), is(lines));
      assertThat(own.get("input").asText(), is(input));
      assertThat(own.get("topic").asText(), is(topic(input)));
      assertThat(own.get("records").asInt(), is(lines.size()));
      assertThat(
          said.get(i),
          startsWith("kafka://%s: %,d records: ".formatted(topic(input), lines.size())));
    }
  }

  @Test
  void theRecordsOfAllInputsAreSentTogetherInEventTimeOrder() throws IOException {
    replay("", INPUTS);

    List<ConsumerRecord<byte[], byte[]>> sent = new ArrayList<>();
    for (String input : INPUTS) {
      sent.addAll(kafka.readAll(topic(input)));
    }
    List<Long> inEventTimeOrder =
        sent.stream()
            .sorted(Comparator.comparing(ReplayInputsTest::at))
            .map(ConsumerRecord::timestamp)
            .toList();
    long span = inEventTimeOrder.get(inEventTimeOrder.size() - 1) - inEventTimeOrder.get(0);
    assertThat("a replay within a millisecond shows no order", span, is(greaterThan(0L)));
    assertThat(inEventTimeOrder, is(inEventTimeOrder.stream().sorted().toList()));
  }

  @Test
  void theSameSeedSendsTheSameRecordsWithTheirFaults() {
    String[] faults = {"--disorder=PT8S", "--duplicates=0.1", "--garbage=0.1", "--late=0.1"};

    for (String seed : List.of("7", "7", "8")) {
      replay("seed-" + seed, INPUTS, Stream.concat(Stream.of(faults), Stream.of("--seed=" + seed)));
    }

    for (String input : INPUTS) {
      List<String> twice = values(topic("seed-7" + input));
      List<String> other = values(topic("seed-8" + input));
      int once = twice.size() / 2;
      assertThat(input, twice.subList(once, 2 * once), is(twice.subList(0, once)));
      assertThat(input, other, is(not(twice.subList(0, once))));
    }
  }

  @Test
  void onlyTheInputsWithAnArchiveAreSent() throws IOException {
    replay("", List.of("clicks", "prices"));

    JsonNode truth = truth();
    assertThat(truth.get("inputs").get(0).get("input").asText(), is("clicks"));
    assertThat(truth.get("inputs").get(1).get("input").asText(), is("prices"));
    assertThat(truth.get("inputs").size(), is(2));
    assertThat(kafka.hasTopic(topic("impressions")), is(false));
  }

  @Test
  void valuesWithoutANameAreOfTheInputThatTheUserNamesOrOfTheFirst() throws IOException {
    send("--input=prices", "--events=" + archive("prices"), "--to=" + kafka.uri(topic("prices")));
    assertThat(truth().get("input").asText(), is("prices"));
    assertThat(values(topic("prices")), is(Files.readAllLines(archive("prices"))));

    send("--events=" + archive("impressions"), "--to=" + kafka.uri(topic("impressions")));
    assertThat(truth().get("input").asText(), is("impressions"));
  }

  @Test
  void eachInputHasItsOwnKey() throws IOException {
    replay("", INPUTS, Stream.of("--key=impressions=user", "--key=clicks=ad"));

    for (ConsumerRecord<byte[], byte[]> record : kafka.readAll(topic("impressions"))) {
      assertThat(new String(record.key(), UTF_8), is(json(record).get("user").asText()));
    }
    for (ConsumerRecord<byte[], byte[]> record : kafka.readAll(topic("clicks"))) {
      assertThat(new String(record.key(), UTF_8), is(json(record).get("ad").asText()));
    }
    for (ConsumerRecord<byte[], byte[]> record : kafka.readAll(topic("prices"))) {
      assertThat(new String(record.key(), UTF_8), is(json(record).get("id").asText()));
    }
  }

  @Test
  void theClosingEventsOfAllInputsAreAfterTheNewestOfAll() throws IOException {
    replay("", INPUTS, Stream.of("--closing=PT1H"));

    TreeMap<Instant, String> newest = new TreeMap<>();
    for (String input : INPUTS) {
      List<String> lines = Files.readAllLines(archive(input));
      String last = lines.get(lines.size() - 1);
      newest.put(Instant.parse(JSON.readTree(last).get("at").asText()), input);
    }
    for (String input : INPUTS) {
      List<ConsumerRecord<byte[], byte[]>> records = kafka.readAll(topic(input));
      ConsumerRecord<byte[], byte[]> closing = records.get(records.size() - 1);
      assertThat(json(closing).get("id").asText(), is("closing-0"));
      assertThat(at(closing), is(newest.lastKey().plus(Duration.ofHours(1))));
    }
  }

  @Test
  void anInputThatIsNotGivenWhollyIsRefusedInOneLine() {
    String clicks = "clicks=" + archive("clicks");
    String topic = kafka.uri(topic("clicks"));
    refused(
        "--events="
            + archive("clicks")
            + ": has no topic; add --to=clicks=kafka://broker:9092/topic",
        "--events=" + clicks,
        "--events=prices=" + archive("prices"),
        "--to=prices=" + kafka.uri(topic("prices")));
    refused(
        "--to=" + topic + ": has no archive; add --events=clicks=FILES",
        "--events=prices=" + archive("prices"),
        "--to=prices=" + kafka.uri(topic("prices")),
        "--to=clicks=" + topic);
    refused(
        "--events=views=v.jsonl: knows no views; its names are [impressions, clicks, prices]",
        "--events=views=v.jsonl",
        "--to=" + topic);
    refused(
        "--events=" + clicks + ": is a second value for clicks",
        "--events=" + clicks,
        "--events=" + clicks,
        "--to=clicks=" + topic);
    refused(
        "--key=views=user: knows no views",
        "--events=" + clicks,
        "--to=clicks=" + topic,
        "--key=views=user");
    assertThat(kafka.hasTopic(topic("clicks")), is(false));
    assertThat(Files.exists(folder.resolve("truth.json")), is(false));
  }

  private Command replay(String prefix, List<String> inputs) {
    return replay(prefix, inputs, Stream.empty());
  }

  private Command replay(String prefix, List<String> inputs, Stream<String> options) {
    return send(
        Stream.concat(
                inputs.stream()
                    .flatMap(
                        input ->
                            Stream.of(
                                "--events=" + input + "=" + archive(input),
                                "--to=" + input + "=" + kafka.uri(topic(prefix + input)))),
                options)
            .toArray(String[]::new));
  }

  private Command send(String... options) {
    return Command.done(arguments(options));
  }

  private void refused(String why, String... options) {
    Command command = Command.run(arguments(options));
    assertThat(command.err(), startsWith("dhara: "));
    assertThat(command.err(), containsString(why));
    assertThat(command.err().lines().count(), is(1L));
    assertThat(command.exit(), is(2));
  }

  private List<String> arguments(String... options) {
    return Stream.concat(
            Stream.of("replay", "visits", "--truth=" + folder.resolve("truth.json")),
            Stream.of(options))
        .toList();
  }

  private Path archive(String input) {
    return folder.resolve(input + ".jsonl");
  }

  private String topic(String name) {
    return test + "-" + name;
  }

  private JsonNode truth() throws IOException {
    return JSON.readTree(folder.resolve("truth.json").toFile());
  }

  private static List<String> values(String topic) {
    return kafka.readAll(topic).stream().map(r -> new String(r.value(), UTF_8)).toList();
  }

  private static Instant at(ConsumerRecord<byte[], byte[]> record) {
    return Instant.parse(json(record).get("at").asText());
  }

  private static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
    try {
      return JSON.readTree(record.value());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
