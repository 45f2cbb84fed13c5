package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.ledger.Ledger;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A stream of payments with tokens instead of payers, payees and devices. Neither its checkpoints,
 * its savepoint nor anything else that it writes has what is personal, and it settles on the
 * answers of a backfill with tokens.
 */
@Isolated("it starts a process, which takes both cores")
class TokensInStateTest {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> FRAUD = Analysis.all().get("fraud");
  private static final String SECRET = "tyger-tyger-burning-bright-in-the-forests-of-the-night";

  /** How the payers, payees and devices look that are made up. */
  private static final Pattern PERSONAL = Pattern.compile("(payer|phone)-\\d+");

  private static final Pattern TOKEN = Pattern.compile("t[0-9a-f]{4}_[A-Za-z0-9_-]{22}");

  @TempDir private Path folder;

  @Test
  void stateHoldsTokensOnlyAndTheStreamSettlesOnTheBackfill() throws Exception {
    Path key = Files.writeString(folder.resolve("key"), SECRET);
    List<String> tokens = List.of("--tokenise=payer,payee,device", "--tokeniseKey=file:" + key);
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      Replayed all =
          Replayed.of(
              kafka,
              folder,
              FRAUD,
              "all",
              7,
              300,
              List.of("--disorder=PT8S", "--duplicates=0.05", "--garbage=0.03"));
      Map<Input<?>, String> topics = Replayed.topics(FRAUD, "events");
      topics.values().forEach(topic -> kafka.createTopic(topic, 4));
      Path checkpoints = folder.resolve("checkpoints");
      List<String> arguments =
          Command.line(
              List.of(
                  "fraud",
                  "--answers=" + kafka.uri("answers"),
                  "--lateness=PT20S",
                  "--idleAfter=PT3S",
                  "--checkpointingInterval=500",
                  "--checkpoints=" + checkpoints),
              tokens,
              Replayed.read(kafka, topics, ""));
      try (EmbeddedStream stream = EmbeddedStream.start(folder, arguments)) {
        Instant newest = all.newest();
        long payments = copy(kafka, all, topics, at -> !at.isAfter(newest));
        Ledger first = stream.accountsFor(kafka, "answers-ledger", "payments", payments, PATIENCE);
        assertThat(first.aggregated(), is(greaterThan(200L)));
        Set<String> midway = tokensInNext(checkpoints);

        copy(kafka, all, topics, at -> at.isAfter(newest));
        for (Input<?> input : FRAUD.inputs()) {
          Ledger ledger =
              stream.accountsFor(
                  kafka, "answers-ledger", input.name(), all.records(input), PATIENCE);
          assertThat(ledger.toString(), ledger.late(), is(0L));
        }
        assertSettlesOnTheBackfill(kafka, stream, all, tokens);
        assertNothingPersonal(stream.end());

        Set<String> answered = new TreeSet<>();
        for (String row : rows(kafka, "answers")) {
          answered.add(JSON.readTree(row).get("payer").textValue());
        }
        assertThat(answered.toString(), answered.size(), is(greaterThan(10)));
        assertThat("payers in a checkpoint", intersection(midway, answered), is(not(empty())));
        assertThat(
            "payers in the savepoint",
            intersection(tokensIn(checkpoints), answered),
            is(not(empty())));
      }
      for (String topic : List.of("answers", "answers-alerts", "answers-dead-letters")) {
        List<String> rows = rows(kafka, topic);
        assertThat(topic, rows, is(not(empty())));
        assertNothingPersonal(rows.toString());
      }
      List<String> letters = rows(kafka, "answers-dead-letters");
      for (String row : letters) {
        JsonNode letter = JSON.readTree(row);
        assertThat(
            new String(letter.get("bytes").binaryValue(), StandardCharsets.ISO_8859_1),
            startsWith("dhara-sealed-1:"));
      }
      assertThat(letters.size(), is(greaterThan(5)));
    }
  }

  private void assertSettlesOnTheBackfill(
      EmbeddedKafka kafka, EmbeddedStream stream, Replayed all, List<String> tokens)
      throws Exception {
    Path backfill = folder.resolve("backfill");
    Command run =
        Command.done(
            "direct",
            Command.line(
                List.of("fraud", "--effects=true", "--answers=files:" + backfill),
                tokens,
                all.archive().read()));
    assertThat(run.err(), containsString("payments: read "));
    // Until they are equal, to look into the topics is cheaper than to reconcile.
    Settling settling = new Settling(kafka, stream);
    settling.settles("answers", SettledAnswers.in(backfill.resolve("decisions")), all.newest());
    settling.settles("answers-alerts", SettledAnswers.in(backfill.resolve("alerts")), all.newest());
    settling.settles(
        "answers-vectors", SettledAnswers.in(backfill.resolve("vectors")), all.newest());
    List<String> reconcile =
        List.of(
            "reconcile",
            kafka.uri("answers"),
            "files:" + backfill,
            "--analysis=fraud",
            "--until=" + all.newest());
    Command reconciled = Command.run("direct", reconcile);
    assertThat(reconciled.out() + reconciled.err(), reconciled.exit(), is(0));
    assertThat(reconciled.out(), containsString("0 unexplained differences"));
    assertNothingPersonal(reconciled.out());
  }

  /** The tokens in a checkpoint that was completed after now, and perhaps in older ones. */
  private static Set<String> tokensInNext(Path checkpoints) throws InterruptedException {
    Set<Path> before = null;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() - deadline < 0) {
      try (Stream<Path> files = Files.walk(checkpoints, 3)) {
        Set<Path> now = Set.copyOf(files.filter(file -> file.endsWith("_metadata")).toList());
        before = before == null ? now : before;
        Set<String> tokens = before.containsAll(now) ? Set.of() : tokensIn(checkpoints);
        if (!tokens.isEmpty()) {
          return tokens;
        }
      } catch (IOException | UncheckedIOException e) {
        // An older one is deleted while we look: look again.
      }
      TimeUnit.MILLISECONDS.sleep(50); // between two looks at the folder
    }
    throw new IllegalStateException("no checkpoint has a token in " + checkpoints);
  }

  /** The tokens in all files of a folder, in which nothing is personal. */
  private static Set<String> tokensIn(Path checkpoints) throws IOException {
    Set<String> tokens = new HashSet<>();
    try (Stream<Path> files = Files.walk(checkpoints)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertNothingPersonal(bytes);
        TOKEN.matcher(bytes).results().forEach(token -> tokens.add(token.group()));
      }
    }
    return tokens;
  }

  private static void assertNothingPersonal(String text) {
    Matcher found = PERSONAL.matcher(text);
    if (found.find()) {
      int from = Math.max(0, found.start() - 200);
      throw new AssertionError("in clear: " + text.substring(from, found.end()));
    }
    assertThat(text.contains(SECRET), is(false));
  }

  private static Set<String> intersection(Set<String> one, Set<String> other) {
    Set<String> both = new TreeSet<>(one);
    both.retainAll(other);
    return both;
  }

  private static List<String> rows(EmbeddedKafka kafka, String topic) {
    List<String> rows = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.readAll(topic)) {
      if (record.value() != null) {
        rows.add(new String(record.value(), StandardCharsets.UTF_8));
      }
    }
    return rows;
  }

  /**
   * Copies the events of some times; garbage is with the earlier ones.
   *
   * @return how many payments
   */
  private static long copy(
      EmbeddedKafka kafka, Replayed from, Map<Input<?>, String> to, Predicate<Instant> times) {
    long payments = 0;
    for (Map.Entry<Input<?>, String> topic : from.topics().entrySet()) {
      var copied =
          kafka.readAll(topic.getValue()).stream()
              .filter(record -> times.test(at(record)))
              .map(
                  record ->
                      EmbeddedKafka.record(
                          to.get(topic.getKey()),
                          record.partition(),
                          Instant.ofEpochMilli(record.timestamp()),
                          record.key(),
                          record.value()))
              .toList();
      kafka.produce(copied);
      payments += topic.getKey().name().equals("payments") ? copied.size() : 0;
    }
    return payments;
  }

  private static Instant at(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Instant.parse(JSON.readTree(record.value()).path("at").asText());
    } catch (IOException | DateTimeParseException e) {
      return Instant.EPOCH; // garbage
    }
  }
}
