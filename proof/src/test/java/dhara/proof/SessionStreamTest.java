package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A late event joins two sessions that a stream has answered: their answers are deleted from the
 * topic, and the rest equals the backfill.
 */
@Isolated("it starts a process that takes both cores")
class SessionStreamTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

  @TempDir private Path folder;

  @Test
  void theAnswersOfJoinedSessionsAreDeletedFromTheTopic() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.createTopic("orders", 1);
      List<String> sessions =
          List.of("order-metrics", "--gap=PT2S", "--by=city", "--lateness=PT10M");
      List<String> stream =
          with(
              sessions,
              "--events=" + kafka.uri("orders"),
              "--answers=" + kafka.uri("answers"),
              "--disorder=PT0S",
              "--idleAfter=PT1H");
      try (EmbeddedStream running = EmbeddedStream.start(folder, stream)) {
        send(kafka, "1", 0, "Kochi");
        send(kafka, "2", 3, "Kochi");
        send(kafka, "3", 60, "Pune"); // closes both sessions of Kochi
        running.follow(kafka, "answers", rows -> rows.size() >= 2, PATIENCE);
        assertThat(windows(kafka, false), is(List.of("09:00:00–09:00:02", "09:00:03–09:00:05")));

        send(kafka, "4", 1.5, "Kochi"); // within the gap of each
        send(kafka, "5", 120, "Pune");
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (windows(kafka, true).size() < 2 && System.nanoTime() - deadline < 0) {
          running.checkRunning(); // the tombstones are in flight
        }
        assertThat(windows(kafka, true), is(List.of("09:00:00–09:00:02", "09:00:03–09:00:05")));

        Path backfill = folder.resolve("backfill");
        Command.done(
            "direct",
            with(
                sessions,
                "--events=" + kafka.uri("orders") + "?end=latest",
                "--answers=files:" + backfill));
        Command reconciled =
            Command.run(
                "direct",
                List.of(
                    "reconcile",
                    kafka.uri("answers"),
                    "files:" + backfill,
                    "--analysis=order-metrics",
                    "--until=" + NINE.plusSeconds(60),
                    "--late=none",
                    "--deadLetters=none"));
        assertThat(reconciled.out() + reconciled.err(), reconciled.exit(), is(0));
        assertThat(reconciled.out(), containsString("same 1,"));
      }
    }
  }

  private static void send(EmbeddedKafka kafka, String id, double second, String city) {
    String order =
        """
        {"id":"%s","at":"%s","order":"o%s","product":"p","category":"c","country":"IN","city":"%s",\
        "customer":"u","quantity":1,"unit_minor":100}"""
            .formatted(id, NINE.plusMillis((long) (second * 1000)), id, city);
    kafka.produce("orders", 0, Instant.now(), null, order.getBytes(StandardCharsets.UTF_8));
  }

  /** The windows of Kochi that were answered, or deleted, in the order of their first record. */
  private static List<String> windows(EmbeddedKafka kafka, boolean deleted) {
    return kafka.readAll("answers").stream()
        .filter(record -> (record.value() == null) == deleted)
        .map(SessionStreamTest::key)
        .filter(key -> key.contains("Kochi"))
        .map(key -> key.replaceFirst(".*start\":\"[^T]*T([^.]*).*end\":\"[^T]*T([^.]*).*", "$1–$2"))
        .distinct()
        .sorted()
        .toList();
  }

  private static String key(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.key(), StandardCharsets.UTF_8);
  }

  private static List<String> with(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), Stream.of(more)).toList();
  }
}
