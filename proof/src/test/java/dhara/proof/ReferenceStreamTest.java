package dhara.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;

import dhara.pipelines.Analysis;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.SettledAnswers;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A reference that changes while a stream runs: the stream settles on the answers of a backfill of
 * the same topics, except for the records in its late output.
 */
@Isolated("it starts a process that takes both cores")
class ReferenceStreamTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
  private static final String NAME = "weighed-activities";

  @TempDir private Path folder;
  private Path services;

  @BeforeEach
  void theAnalysisIsAService() throws Exception {
    services = Files.createDirectories(folder.resolve("services"));
    Path file = services.resolve("META-INF/services/" + Analysis.class.getName());
    Files.createDirectories(file.getParent());
    Files.writeString(file, WeighedActivities.class.getName());
  }

  @Test
  void streamAndBackfillSettleOnTheSameAnswersThoughTheReferenceChanges() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.createTopic("activities", 2);
      kafka.createTopic("weights", 3, Map.of("cleanup.policy", "compact"));
      weight(kafka, "w1", -3600, "VIEW", 1);
      weight(kafka, "w2", -7200, "LIKE", 5); // older than the one before it, but not late
      weight(kafka, "w3", 90, "LIKE", 50); // announced: it holds from 09:01:30 on
      try (EmbeddedStream stream =
          EmbeddedStream.start(
              folder,
              List.of(
                  NAME,
                  "--events=activities=" + kafka.uri("activities"),
                  "--events=weights=" + kafka.uri("weights"),
                  "--answers=" + kafka.uri("answers"),
                  "--window=PT1M",
                  "--lateness=PT0S",
                  "--disorder=PT5S",
                  "--referenceLateness=PT10S",
                  "--idleAfter=PT1S",
                  "--stateBackend=rocksdb"),
              services)) {
        activity(kafka, "a1", 10, "VIEW");
        activity(kafka, "a2", 20, "LIKE");
        activity(kafka, "a3", 25, "SHARE"); // nobody has weighed it
        activity(kafka, "a4", 70, "VIEW");
        activity(kafka, "a5", 65, "VIEW");
        weight(kafka, "w4", 67, "VIEW", 3); // between the two
        activity(kafka, "a6", 100, "LIKE");
        activity(kafka, "a7", 600, "VIEW");
        // These are answered although the reference was silent for minutes of event time.
        settles(stream, kafka, "answers", "09:01", "{score=54,unknown=0}");

        weight(kafka, "too late", 68, "VIEW", 1000);
        tombstone(kafka, 69, "LIKE");
        tombstone(kafka, 608, "VIEW");
        retired(kafka, "w5", 590, "LIKE");
        activity(kafka, "a8", 610, "VIEW");
        activity(kafka, "a9", 611, "LIKE");
        activity(kafka, "a10", 1200, "VIEW");
        settles(stream, kafka, "answers", "09:10", "{score=3,unknown=2}");
        List<String> late = follow(stream, kafka, "answers-late", 2);
        assertThat(late.toString(), late.size(), is(2));
        assertThat(late.toString(), containsString("\"too late\""));
        assertThat(late.toString(), containsString("\"event\":\"null\""));
      }

      List<String> streamed = settled(kafka, "answers");
      assertThat(
          streamed,
          contains(
              "09:00 {score=6,unknown=1}",
              "09:01 {score=54,unknown=0}",
              "09:10 {score=3,unknown=2}"));
      assertThat(
          settled(kafka, "answers-kinds"),
          contains("09:00 {kinds=2}", "09:01 {kinds=2}", "09:10 {kinds=1}"));

      Path without = backfill(kafka, "without", "--without=" + kafka.uri("answers-late"));
      assertThat(settled(without.resolve("scores")), is(streamed));
      assertThat(settled(without.resolve("kinds")), is(settled(kafka, "answers-kinds")));
      Path onFlink = backfill("flink", kafka, "flink", "--without=" + kafka.uri("answers-late"));
      assertThat(settled(onFlink.resolve("scores")), is(streamed));
      assertThat(settled(onFlink.resolve("kinds")), is(settled(kafka, "answers-kinds")));
      assertThat(
          "what came late makes the difference",
          settled(backfill(kafka, "all").resolve("scores")),
          hasItem("09:01 {score=1051,unknown=0}"));
      assertThat(
          "as of now",
          settled(backfill(kafka, "now", "--reference=now").resolve("scores")),
          hasItem("09:00 {score=0,unknown=3}"));
      assertThat(
          "a range does not cut the reference",
          settled(backfill(kafka, "range", "--from=2026-01-05T09:10:00Z").resolve("scores")),
          contains("09:10 {score=1000,unknown=2}"));
    }
  }

  @Test
  void aStreamRefusesAReferenceThatItCannotReadWhole() {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.createTopic("activities", 1);
      kafka.createTopic("weights", 1);
      assertThat(
          refused(
              "--events=activities=" + kafka.uri("activities"),
              "--events=weights=" + kafka.uri("weights") + "?start=latest"),
          containsString("is read from its beginning; leave start= out"));
      assertThat(
          refused(
              "--events=activities=" + kafka.uri("activities") + "?end=latest",
              "--events=weights=" + kafka.uri("weights")),
          containsString("give it an end"));
      assertThat(
          refused("--events=activities=" + kafka.uri("activities")),
          containsString("names no weights; add --events=weights=URI"));
    }
  }

  private String refused(String... events) {
    List<String> arguments = new ArrayList<>(List.of(NAME));
    arguments.addAll(List.of(events));
    arguments.add("--answers=files:" + folder.resolve("refused"));
    Command command = withServices(() -> Command.run("direct", arguments));
    assertThat(command.exit(), is(2));
    return command.err();
  }

  private Path backfill(EmbeddedKafka kafka, String name, String... more) {
    return backfill("direct", kafka, name, more);
  }

  private Path backfill(String engine, EmbeddedKafka kafka, String name, String... more) {
    Path answers = folder.resolve(name);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                NAME,
                "--events=activities=" + kafka.uri("activities") + "?end=latest",
                "--events=weights=" + kafka.uri("weights") + "?end=latest",
                "--answers=files:" + answers,
                "--until=" + NINE.plusSeconds(1200),
                "--window=PT1M"));
    arguments.addAll(List.of(more));
    Command unused = withServices(() -> Command.done(engine, arguments));
    return answers;
  }

  /** Runs an action with the test's analysis among the services. */
  private <A> A withServices(Supplier<A> action) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {services.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      return action.get();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static void settles(
      EmbeddedStream stream, EmbeddedKafka kafka, String topic, String window, String answer) {
    List<String> rows =
        stream.follow(kafka, topic, all -> shown(all).contains(window + " " + answer), PATIENCE);
    assertThat(shown(rows), hasItem(window + " " + answer));
  }

  private static List<String> follow(
      EmbeddedStream stream, EmbeddedKafka kafka, String topic, int rows) {
    return stream.follow(kafka, topic, all -> all.size() >= rows, PATIENCE);
  }

  private static List<String> settled(EmbeddedKafka kafka, String topic) {
    return shown(
        kafka.readAll(topic).stream().map(record -> new String(record.value(), UTF_8)).toList());
  }

  private static List<String> settled(Path answers) {
    try {
      return shownSettled(SettledAnswers.in(answers));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<String> shown(List<String> rows) {
    try {
      return shownSettled(SettledAnswers.of(rows));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** {@code 09:00 {score=6,unknown=1}}, in the order of the windows. */
  private static List<String> shownSettled(List<String> rows) {
    return rows.stream()
        .map(
            row ->
                row.replaceFirst(
                    ".*window_start\":\"[^T]*T(\\d\\d:\\d\\d).*window_end\":\"[^\"]*\",", "$1 {"))
        .map(row -> row.replace("\"", "").replace(":", "=").replaceFirst("^(\\d\\d)=", "$1:"))
        .sorted()
        .toList();
  }

  private static Instant at(double second) {
    return NINE.plusMillis((long) (second * 1000));
  }

  private static void activity(EmbeddedKafka kafka, String id, double second, String kind) {
    send(
        kafka,
        "activities",
        0,
        null,
        "{\"id\":\"%s\",\"at\":\"%s\",\"user\":\"u\",\"kind\":\"%s\"}"
            .formatted(id, at(second), kind));
  }

  /** Removes a key as of a time, which is the record's timestamp. */
  private static void tombstone(EmbeddedKafka kafka, double second, String kind) {
    long unused =
        kafka.produce(
            "weights", Math.floorMod(kind.hashCode(), 3), at(second), kind.getBytes(UTF_8), null);
  }

  private static void weight(
      EmbeddedKafka kafka, String id, double second, String kind, long weight) {
    weight(kafka, id, second, kind, weight, false);
  }

  private static void retired(EmbeddedKafka kafka, String id, double second, String kind) {
    weight(kafka, id, second, kind, 0, true);
  }

  private static void weight(
      EmbeddedKafka kafka, String id, double second, String kind, long weight, boolean retired) {
    send(
        kafka,
        "weights",
        Math.floorMod(kind.hashCode(), 3),
        kind,
        "{\"id\":\"%s\",\"at\":\"%s\",\"kind\":\"%s\",\"weight\":%d,\"retired\":%s}"
            .formatted(id, at(second), kind, weight, retired));
  }

  private static void send(
      EmbeddedKafka kafka, String topic, int partition, String key, String value) {
    long unused =
        kafka.produce(
            topic,
            partition,
            Instant.now(),
            key == null ? null : key.getBytes(UTF_8),
            value.getBytes(UTF_8));
  }
}
