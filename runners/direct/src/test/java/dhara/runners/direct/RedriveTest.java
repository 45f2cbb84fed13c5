package dhara.runners.direct;

import static dhara.testkit.EmbeddedKafka.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.assembly.KeyReference;
import dhara.connectors.RowFormat;
import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.tokens.Seal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters of real runs go back to files and topics, once their cause is mended. */
class RedriveTest {

  private static final int EVENTS = 300;
  private static final int BROKEN = EVENTS / 3;

  /** Reads the events that {@link #broken} has broken. */
  private static final String MENDED = "--map=unitMinor=unit_price";

  private static final String DRY = "--dryRun";

  private static EmbeddedKafka kafka;

  @TempDir private Path folder;

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
  void lettersOfFilesGoToANewFileAmongTheEvents() throws IOException {
    List<String> good = orders(EVENTS);
    Path events = Files.createDirectory(folder.resolve("events"));
    Files.write(events.resolve("orders.jsonl"), broken(good));
    Command before = analyse(events.toString(), "before");
    assertThat(before.err(), containsString("dead-lettered " + (BROKEN + 1)));
    Path redriven = events.resolve("redriven.jsonl");

    Command dry = redrive("before/dead-letters", redriven.toString(), MENDED, "--canonical", DRY);

    assertThat(
        dry.out(),
        startsWith(
            """
            orders: read 101 = would be sent 100 + skipped 0 + sent before 0 + over the cap 0 + still dead 1 + unreadable 0
            would be sent: MISSING_FIELD 100
            still dead: MALFORMED 1
            still dead MALFORMED"""));
    assertThat(Files.exists(redriven), is(false));
    assertThat(Files.exists(journal()), is(false));

    Command done = redrive("before/dead-letters", redriven.toString(), MENDED, "--canonical");

    assertThat(
        done.out(),
        startsWith(
            "orders: read 101 = sent 100 + skipped 0 + sent before 0 + over the cap 0"
                + " + still dead 1 + unreadable 0\n"));
    Command after = analyse(events.toString(), "after");
    assertThat(
        after.err(),
        containsString("read 401 = aggregated 300 + dead-lettered 101 + late 0 + duplicate 0"));
    assertThat(answers("after"), is(answersTo(good)));

    // The letters of the second run are those of before, because the lines are still there.
    Command again =
        redrive("after", events.resolve("again.jsonl").toString(), MENDED, "--canonical");
    assertThat(again.out(), containsString("= sent 0 + skipped 0 + sent before 100 +"));
    assertThat(Files.exists(events.resolve("again.jsonl")), is(false));
  }

  @Test
  void lettersOfATopicGoBackToItAsTheyWere() throws IOException {
    List<String> good = orders(EVENTS);
    kafka.createTopic(topic, 3);
    produce(good);
    Instant middle = at(good.get(EVENTS / 2));
    Command before =
        Command.done(
            List.of(
                "order-metrics",
                "--events=" + kafka.uri(topic) + "?end=latest",
                "--answers=" + kafka.uri(topic + "-answers"),
                "--notBefore=" + middle));
    long old = good.stream().filter(line -> at(line).isBefore(middle)).count();
    assertThat(before.err(), containsString("dead-lettered " + old + " "));

    Command done = redrive(kafka.uri(topic + "-answers"), kafka.uri(topic));

    assertThat(done.out(), containsString("read %1$d = sent %1$d + skipped 0".formatted(old)));
    List<ConsumerRecord<byte[], byte[]>> sent =
        kafka.readAll(topic).stream().filter(r -> r.headers().toArray().length > 0).toList();
    assertThat(
        sent.stream().map(RedriveTest::value).sorted().toList(),
        is(good.stream().filter(line -> at(line).isBefore(middle)).sorted().toList()));
    assertThat(sent.stream().map(RedriveTest::attempt).distinct().toList(), is(List.of("1")));

    // A run over the whole topic finds each of them twice, and counts it once.
    Command after = analyse(kafka.uri(topic) + "?end=latest", "after");
    assertThat(
        after.err(),
        containsString(
            "read %d = aggregated %d + dead-lettered 0 + late 0 + duplicate %d"
                .formatted(EVENTS + old, EVENTS, old)));
    assertThat(answers("after"), is(answersTo(good)));

    Command again = redrive(kafka.uri(topic + "-answers-dead-letters"), kafka.uri(topic));
    assertThat(again.out(), containsString("sent 0 + skipped 0 + sent before " + old));
    assertThat(kafka.readAll(topic).size(), is((int) (EVENTS + old)));
  }

  /** The mapping reads them, but not the analysis, so they come back as dead letters. */
  @Test
  void whatFailsAgainIsSentAsOftenAsTheCapAllows() throws IOException {
    List<String> good = orders(6);
    kafka.createTopic(topic, 1);
    produce(broken(good).stream().filter(line -> !line.equals("nonsense")).toList());
    List<String> said = new ArrayList<>();
    for (int run = 1; run <= 4; run++) {
      analyse(kafka.uri(topic) + "?end=latest", "run" + run);
      said.add(
          redrive("run" + run, kafka.uri(topic), MENDED).out().lines().findFirst().orElseThrow());
    }

    assertThat(
        said,
        contains(
            ledger("read 2 = sent 2 + skipped 0 + sent before 0 + over the cap 0"),
            ledger("read 4 = sent 2 + skipped 0 + sent before 2 + over the cap 0"),
            ledger("read 6 = sent 2 + skipped 0 + sent before 4 + over the cap 0"),
            ledger("read 8 = sent 0 + skipped 0 + sent before 6 + over the cap 2")));
    List<ConsumerRecord<byte[], byte[]>> records = kafka.readAll(topic);
    assertThat(
        records.subList(6, 12).stream().map(RedriveTest::attempt).toList(),
        contains("1", "1", "2", "2", "3", "3"));
    // Never a letter within a letter.
    assertThat(
        new HashSet<>(records.stream().skip(6).map(RedriveTest::value).toList()),
        is(
            new HashSet<>(
                broken(good).stream().filter(line -> line.contains("unit_price")).toList())));
  }

  private static String ledger(String numbers) {
    return "orders: " + numbers + " + still dead 0 + unreadable 0";
  }

  @Test
  void aRedriveThatIsStoppedInTheMiddleGoesOn() throws IOException {
    List<String> good = new ArrayList<>(orders(2_500));
    good.set(1_700, good.get(1_700).replace("{", "{\"note\":\"" + noise(200_000) + "\","));
    letters(good);
    kafka.createTopic(topic, 4, Map.of("max.message.bytes", "60000"));

    Command stopped = Command.run(redriving("letters", kafka.uri(topic)));

    assertThat(stopped.exit(), is(1));
    assertThat(stopped.err(), containsString("stopped after"));
    assertThat(stopped.err(), containsString("and then refused one"));
    Set<String> arrived =
        new HashSet<>(kafka.readAll(topic).stream().map(RedriveTest::id).toList());
    assertThat(arrived.size(), is(greaterThan(999)));

    kafka.set(topic, Map.of("max.message.bytes", "1000000"));
    Command done = redrive("letters", kafka.uri(topic));

    assertThat(
        done.out(), containsString("read 2,500 = sent 1,500 + skipped 0 + sent before 1,000"));
    List<String> ids = kafka.readAll(topic).stream().map(RedriveTest::id).toList();
    assertThat(new HashSet<>(ids), is(new HashSet<>(good.stream().map(RedriveTest::id).toList())));
    assertThat("sent twice, a batch at most", ids.size(), is(lessThanOrEqualTo(2_500 + 1_000)));
    analyse(kafka.uri(topic) + "?end=latest", "after");
    assertThat(answers("after"), is(answersTo(good)));
  }

  @Test
  void onlyLettersThatAreAskedForAreSent() throws IOException {
    List<String> good = orders(6);
    Instant seen = Instant.parse("2026-01-06T00:00:00Z");
    letters(
        letter(0, good.get(0), Reason.TOO_OLD, seen),
        letter(1, good.get(1), Reason.INVALID, seen),
        letter(2, good.get(2), Reason.TOO_OLD, seen.minusSeconds(1)),
        letter(3, good.get(3), Reason.TOO_OLD, seen.plusSeconds(60)),
        letter(4, good.get(4), Reason.TOO_OLD, Instant.now().plusSeconds(3_600)),
        new DeadLetter(
            "metrics", Reason.UNDELIVERED, "", "webhook://x", "key=y", seen, new byte[] {'{'}));

    Command done =
        redrive(
            "letters",
            folder.resolve("redriven.jsonl").toString(),
            "--reason=TOO_OLD",
            "--seenFrom=" + seen,
            "--seenUntil=" + seen.plusSeconds(60),
            "--report=" + folder.resolve("report.json"));

    assertThat(done.out(), containsString("read 6 = sent 1 + skipped 5 +"));
    assertThat(Files.readAllLines(folder.resolve("redriven.jsonl")), is(List.of(good.get(0))));
    var report = new ObjectMapper().readTree(folder.resolve("report.json").toFile());
    assertThat(report.get("read").asLong(), is(6L));
    assertThat(report.get("sent").asLong(), is(1L));
    assertThat(report.get("skipped").asLong(), is(5L));
    assertThat(report.get("reasons").get("sent").toString(), is("{\"TOO_OLD\":1}"));
    assertThat(report.get("balances").asBoolean(), is(true));
  }

  /** The letters stand for 3 records, and one of them is in the folder twice. */
  @Test
  void aLetterIsSentOnceAndForEachOfItsRecords() throws IOException {
    List<String> good = orders(2);
    DeadLetter two = letter(0, good.get(0), Reason.TOO_OLD, Instant.EPOCH).andOthers(2, "byte=99");
    DeadLetter one = letter(1, good.get(1), Reason.TOO_OLD, Instant.EPOCH);
    letters(two, one, two);

    Command done = redrive("letters", folder.resolve("redriven.jsonl").toString());

    assertThat(done.out(), containsString("read 5 = sent 3 + skipped 0 + sent before 2 +"));
    assertThat(
        Files.readAllLines(folder.resolve("redriven.jsonl")),
        is(List.of(good.get(0), good.get(0), good.get(1))));
  }

  /** Of two sealed letters one is an event by now; the reason of the other is not printed. */
  @Test
  void sealedLettersAreOpenedWithTheirKey() throws IOException {
    Path key = Files.writeString(folder.resolve("token.key"), "0123456789abcdef".repeat(2));
    Seal seal = Seal.with(KeyReference.of("file:" + key));
    String good = orders(1).get(0);
    DeadLetter old = letter(0, good, Reason.TOO_OLD);
    DeadLetter bad = letter(1, "{\"id\":\"Asha Rao\"}", Reason.MISSING_FIELD);
    letters(
        old.with(Seal.TEXT, seal.seal("too old", old.bytes())),
        bad.with(Seal.TEXT, seal.seal("Asha Rao has no time", bad.bytes())));

    Command closed = redrive("letters", folder.resolve("none.jsonl").toString(), DRY);
    assertThat(closed.out(), containsString("still dead 2"));
    assertThat(closed.out(), containsString("it is sealed; name its key, e.g. --tokeniseKey="));

    String to = folder.resolve("redriven.jsonl").toString();
    Command open = redrive("letters", to, "--tokeniseKey=file:" + key);
    assertThat(open.out(), containsString("read 2 = sent 1 + skipped 0 + sent before 0 +"));
    assertThat(open.out() + open.err(), not(containsString("Asha")));
    assertThat(Files.readAllLines(Path.of(to)), is(List.of(good)));
  }

  @Test
  void linesOfCsvGoBackAsLinesOfCsvOrAsJson() throws IOException {
    Path events = folder.resolve("orders.csv");
    Files.writeString(
        events,
        """
        Line;When;order;product;quantity;Price
        1;2026-01-05T09:00:00Z;A;tea;2;1.50
        2;2026-01-05T09:00:01Z;A;"green; tea";2;1.25
        3;yesterday;A;tea;2;2
        """);
    String names = "--map=id=Line,at=When,unitMinor=Price";
    Command.done(
        List.of(
            "order-metrics",
            "--events=" + events,
            "--answers=files:" + folder.resolve("before"),
            names,
            "--maxDeadLetters=3",
            "--allowUnused"));
    String[] csv = {
      names + ":decimal(2)", "--columns=Line,When,order,product,quantity,Price", "--delimiter=;"
    };

    Command lines = redrive("before", folder.resolve("redriven.csv").toString(), csv);

    assertThat(lines.out(), containsString("read 3 = sent 2 + "));
    assertThat(lines.out(), containsString("still dead: WRONG_TYPE 1\n"));
    assertThat(
        Files.readString(folder.resolve("redriven.csv")),
        is(
            """
            Line;When;order;product;quantity;Price
            1;2026-01-05T09:00:00Z;A;tea;2;1.50
            2;2026-01-05T09:00:01Z;A;"green; tea";2;1.25
            """));

    Files.delete(journal());
    kafka.createTopic(topic, 2);
    redrive("before", kafka.uri(topic), csv);

    assertThat(
        kafka.readAll(topic).stream().map(RedriveTest::value).sorted().toList(),
        contains(
            containsString("\"quantity\":2,\"unit_minor\":150"),
            containsString("\"quantity\":2,\"unit_minor\":125")));
  }

  @Test
  void whatIsNoLetterIsReportedAndStopsNothing() throws IOException {
    List<String> good = orders(3);
    kafka.createTopic(topic, 1);
    kafka.createTopic(topic + "-letters", 1);
    List<ProducerRecord<byte[], byte[]>> rows = new ArrayList<>();
    rows.add(row(RowFormat.deadLetters().json(letter(0, good.get(0), Reason.TOO_OLD))));
    rows.add(row("no JSON".getBytes(UTF_8)));
    rows.add(row(good.get(1).getBytes(UTF_8)));
    DeadLetter whole = letter(1, good.get(1), Reason.TOO_OLD);
    rows.add(row(RowFormat.deadLetters().json(whole.cut(new byte[] {'{'}, 9))));
    rows.add(row(RowFormat.deadLetters().json(letter(2, good.get(2), Reason.TOO_OLD))));
    kafka.produce(rows);

    Command done = Command.run(redriving(kafka.uri(topic + "-letters"), kafka.uri(topic)));

    assertThat(done.exit(), is(1));
    assertThat(
        done.out(),
        startsWith(
            """
            orders: read 5 = sent 2 + skipped 0 + sent before 0 + over the cap 0 + still dead 1 + unreadable 2
            sent: TOO_OLD 2
            still dead: TOO_LONG 1
            """));
    assertThat(done.out(), containsString("the letter holds only its first 1 bytes; the whole is"));
    assertThat(
        done.out(),
        containsString("unreadable kafka://" + topic + "-letters partition=0 offset=2"));
    assertThat(
        kafka.readAll(topic).stream().map(RedriveTest::value).toList(),
        is(List.of(good.get(0), good.get(2))));
  }

  @Test
  void whatItCannotDoIsRefusedInOneLine() throws IOException {
    letters(orders(1));
    kafka.createTopic(topic, 1);
    Path there = Files.createFile(folder.resolve("there.jsonl"));

    refused("letters", there.toString(), "is there already, and would be overwritten");
    refused("letters", "letters/more.jsonl", "is in the folder of the letters");
    refused("letters", "redriven.csv", "needs the names of its columns");
    refused("letters", "redriven.txt", "ends neither in .jsonl nor in .csv");
    refused("letters", "console", "is neither a topic nor a file");
    refused("letters", kafka.uri(topic + "s"), "the topic does not exist");
    refused("nothing", kafka.uri(topic), "there is nothing there");
    refused(kafka.uri(topic), kafka.uri(topic), "would read what it wrote");
    refused("letters", kafka.uri(topic), "is below one", "--attempts=0");
    refused("letters", kafka.uri(topic), "is no reason. Did you mean EMPTY?", "--reason=EMTPY");
    refused("letters", kafka.uri(topic), "--output=NAME sends again", "--reason=UNDELIVERED");
    refused("letters", kafka.uri(topic), "takes no rows again", "--output=metrics");
    refused("letters", kafka.uri(topic), "is no output of order-metrics", "--output=metric");
    refused("letters", kafka.uri(topic), "is no input of order-metrics", "--input=metric");
    refused("letters", kafka.uri(topic), "is no journal of redrives", "--journal=" + orders());
    assertThat(kafka.readAll(topic).size(), is(0));
  }

  private Path journal() {
    return folder.resolve("redrive.journal");
  }

  private Path orders() {
    return folder.resolve("orders.jsonl");
  }

  /** Events, as lines. */
  private List<String> orders(int count) throws IOException {
    Command.done(
        List.of(
            "generate",
            "order-metrics",
            "--count=" + count,
            "--garbage=0",
            "--duplicates=0",
            "--out=" + orders()));
    return Files.readAllLines(orders());
  }

  /** Every third event without a required field, and a line of nonsense. */
  private static List<String> broken(List<String> good) {
    List<String> broken = new ArrayList<>(List.of("nonsense"));
    for (int i = 0; i < good.size(); i++) {
      broken.add(i % 3 == 0 ? good.get(i).replace("unit_minor", "unit_price") : good.get(i));
    }
    return broken;
  }

  private static String noise(int length) {
    StringBuilder noise = new StringBuilder();
    new Random(7).ints(length, 0, 36).forEach(i -> noise.append(Character.forDigit(i, 36)));
    return noise.toString();
  }

  private void produce(List<String> lines) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (String line : lines) {
      int partition = Math.floorMod(line.hashCode(), kafka.partitions(topic));
      records.add(record(topic, partition, Instant.now(), null, line.getBytes(UTF_8)));
    }
    kafka.produce(records);
  }

  private ProducerRecord<byte[], byte[]> row(byte[] json) {
    return record(topic + "-letters", 0, Instant.now(), null, json);
  }

  private static DeadLetter letter(int byteNumber, String line, Reason reason) {
    return letter(byteNumber, line, reason, Instant.EPOCH);
  }

  private static DeadLetter letter(int byteNumber, String line, Reason reason, Instant seenAt) {
    return new DeadLetter(
        "orders",
        reason,
        "of a test",
        "file:/data/orders.jsonl",
        "byte=" + byteNumber,
        seenAt,
        line.getBytes(UTF_8));
  }

  /** Writes a folder of letters, one for each line. */
  private void letters(List<String> lines) throws IOException {
    DeadLetter[] letters = new DeadLetter[lines.size()];
    for (int i = 0; i < letters.length; i++) {
      letters[i] = letter(i, lines.get(i), Reason.TOO_OLD);
    }
    letters(letters);
  }

  private void letters(DeadLetter... letters) throws IOException {
    RowFormat<DeadLetter> format = RowFormat.deadLetters();
    List<String> rows = new ArrayList<>();
    for (DeadLetter letter : letters) {
      rows.add(new String(format.json(letter), UTF_8));
    }
    Files.createDirectories(folder.resolve("letters"));
    Files.write(folder.resolve("letters/letters.jsonl"), rows);
  }

  private Command analyse(String events, String out) {
    return Command.done(
        List.of("order-metrics", "--events=" + events, "--answers=files:" + folder.resolve(out)));
  }

  private List<String> redriving(String letters, String to, String... options) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "redrive", "order-metrics", "--letters=" + place(letters), "--to=" + place(to)));
    if (Stream.of(options).noneMatch(option -> option.startsWith("--journal="))) {
      line.add("--journal=" + journal());
    }
    line.addAll(List.of(options));
    return line;
  }

  private String place(String place) {
    return place.contains(":") || place.equals("console")
        ? place
        : folder.resolve(place).toString();
  }

  private Command redrive(String letters, String to, String... options) {
    return Command.done(redriving(letters, to, options));
  }

  private void refused(String letters, String to, String why, String... options) {
    Command command = Command.run(redriving(letters, to, options));
    assertThat(command.err(), containsString(why));
    assertThat(command.err(), command.exit(), is(2));
  }

  private List<String> answersTo(List<String> lines) throws IOException {
    Path file = folder.resolve("good.jsonl");
    Files.write(file, lines);
    analyse(file.toString(), "good");
    assertThat(answers("good"), everyItem(not(is(""))));
    return answers("good");
  }

  private List<String> answers(String out) throws IOException {
    List<String> rows = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve(out).resolve("metrics"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".jsonl")).toList()) {
        rows.addAll(Files.readAllLines(file));
      }
    }
    assertThat(rows.size(), is(greaterThan(0)));
    return rows.stream().sorted().toList();
  }

  private static String value(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.value(), UTF_8);
  }

  private static String attempt(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.headers().lastHeader("redrive-attempt").value(), UTF_8);
  }

  private static String id(ConsumerRecord<byte[], byte[]> record) {
    return id(value(record));
  }

  private static String id(String line) {
    return field("id", line);
  }

  private static Instant at(String line) {
    return Instant.parse(field("at", line));
  }

  private static String field(String name, String line) {
    try {
      return new ObjectMapper().readTree(line).get(name).asText();
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }
}
