package dhara.proof;

import static dhara.proof.Settling.PATIENCE;
import static java.util.stream.Collectors.toMap;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.events.Event;
import dhara.formats.RecordFields;
import dhara.ledger.Ledger;
import dhara.ledger.ShedLedger;
import dhara.pipelines.Analysis;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A stream whose records have waited too long sheds outputs and lets effects wait, recovers when
 * they come in time, and is repaired by a backfill of the windows that it names.
 */
@Isolated("it starts a process, which takes both cores")
class OverloadTest {

  /** Sliding windows, whose answers others are made of. */
  private static final List<String> EVENT_METRICS =
      List.of("event-metrics", "--window=PT2M", "--every=PT1M");

  private static final int EVENTS = 3_000;

  /** How many of them have waited too long. Among these is an outage that raises an alert. */
  private static final int BEHIND = 2_400;

  /** The end of the window of its last anomaly; its alert was raised before. */
  private static final Instant OUTAGE_ENDS = Instant.parse("2026-01-05T09:43:00Z");

  private static final int CHUNK = 400;
  private static final List<String> SHED = List.of("users", "anomalies");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir private Path folder;

  @Test
  void whatAnOverloadedStreamShedsIsCountedAndABackfillRepairsIt() throws Exception {
    Analysis<?> analysis = Analysis.all().get(EVENT_METRICS.get(0));
    Inputs inputs = Inputs.of(analysis, 11, EVENTS);
    List<byte[]> events = inputs.all().map(OverloadTest::line).toList();
    Instant newest = inputs.all().map(Event::at).max(Instant::compareTo).orElseThrow();
    Instant closed = newest.minus(Duration.ofMinutes(2)); // windows that begin by then have ended
    Map<String, List<String>> expected =
        Oracle.settled(analysis, inputs, EVENT_METRICS.subList(1, 3));

    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.createTopic("events", 1);
      Map<String, ShedLedger> shed;
      int port = EmbeddedKafka.freePort();
      try (EmbeddedStream stream = EmbeddedStream.start(folder, streaming(kafka, port))) {
        for (int sent = 0; sent < BEHIND; sent += CHUNK) {
          send(kafka, events.subList(sent, sent + CHUNK), Duration.ofHours(1));
          stream.accountsFor(kafka, "answers-ledger", sent + CHUNK, PATIENCE);
        }
        List<byte[]> last = events.subList(BEHIND - 1, BEHIND); // its copies change no answer
        int copies =
            copiesUntil(
                now -> level(now) == 3 && now.sum("dhara_overload_early_skipped") > 0,
                () -> send(kafka, last, Duration.ofHours(1)),
                stream,
                port);
        givesAnomalies(kafka, stream);
        assertThat(kafka.readAll("answers-alerts"), is(empty()));

        copies +=
            copiesUntil(
                now -> level(now) == 0, () -> send(kafka, last, Duration.ZERO), stream, port);
        send(kafka, events.subList(BEHIND, EVENTS), Duration.ZERO);
        Ledger ledger = stream.accountsFor(kafka, "answers-ledger", EVENTS + copies, PATIENCE);
        assertThat(ledger.aggregated(), is((long) EVENTS));
        assertThat(ledger.duplicate(), is((long) copies));

        Settling settling = new Settling(kafka, stream);
        settling.settles("answers", expected.get("metrics"), closed);
        settling.settles("answers-alerts", expected.get("alerts"), closed);
        assertThat(kafka.readAll("answers-alerts"), is(not(empty())));

        List<String> users = Settling.before(expected.get("users"), closed);
        List<String> gaps = new ArrayList<>(users);
        gaps.removeAll(untilTheLastOf(users, "answers-users", kafka, stream));
        shed = shedLedgers(kafka, stream);
        ShedLedger ofUsers = shed.get("users");
        assertThat(ofUsers.given(), is(greaterThan(ofUsers.shed())));
        assertThat(gaps, is(not(empty())));
        assertThat(gaps.stream().filter(gap -> !within(gap, ofUsers)).toList(), is(empty()));
      }

      Path all = folder.resolve("all");
      Command.done("direct", backfill(kafka, "--answers=files:" + all, "--effects=true"));
      assertThat(reconciled(kafka, all, closed).exit(), is(1));

      ShedLedger widest = shed.get("users"); // the windows of anomalies are among those of users
      assertThat(within(widest, shed.get("anomalies")), is(true));
      Command.done(
          "direct",
          backfill(
              kafka,
              "--answers=" + kafka.uri("answers"),
              "--from=" + widest.shedFrom(),
              "--until=" + widest.shedUntil()));
      Command repaired = reconciled(kafka, all, closed);
      assertThat(repaired.out() + repaired.err(), repaired.exit(), is(0));
      assertThat(repaired.out(), containsString("\n0 unexplained differences\n"));
    }
  }

  /**
   * Without lateness, because Beam holds the time of what a step with state passes on at the end of
   * each window until its lateness is over. So what is made of other answers, such as alerts, would
   * be given only then: in this test, after the load has passed.
   */
  private static List<String> streaming(EmbeddedKafka kafka, int port) {
    return Command.line(
        EVENT_METRICS,
        List.of(
            "--events=" + kafka.uri("events"),
            "--answers=" + kafka.uri("answers"),
            "--disorder=PT1S",
            "--early=PT1S",
            "--lateness=PT0S",
            "--overload=true",
            "--shed=users",
            "--delay=alerts",
            "--lagCapacity=PT1M",
            "--parallelism=1",
            "--metricsPort=" + port));
  }

  private static List<String> backfill(EmbeddedKafka kafka, String... more) {
    return Command.line(
        EVENT_METRICS, List.of("--events=" + kafka.uri("events") + "?end=latest"), List.of(more));
  }

  private static Command reconciled(EmbeddedKafka kafka, Path backfill, Instant until) {
    return Command.run(
        "direct",
        List.of(
            "reconcile",
            kafka.uri("answers"),
            "files:" + backfill,
            "--analysis=" + EVENT_METRICS.get(0),
            "--until=" + until,
            "--late=none",
            "--deadLetters=none"));
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the fields of a record are those of its class
  private static byte[] line(Event event) {
    return RecordFields.of((Class) event.getClass()).json((Record) event);
  }

  /** Sends records that came to the topic some time ago. */
  private static void send(EmbeddedKafka kafka, List<byte[]> events, Duration waited) {
    Instant came = Instant.now().minus(waited);
    kafka.produce(
        events.stream()
            .map(event -> EmbeddedKafka.record("events", 0, came, null, event))
            .toList());
  }

  /**
   * Waits until the outage has been answered: its alert comes from the windows of its anomalies.
   */
  private static void givesAnomalies(EmbeddedKafka kafka, EmbeddedStream stream) {
    List<String> rows = stream.follow(kafka, "answers-shed", OverloadTest::ofOutage, PATIENCE);
    assertThat(ofOutage(rows), is(true));
  }

  /** Whether the anomalies of the outage are given, and all of them are shed. */
  private static boolean ofOutage(List<String> rows) {
    ShedLedger anomalies = newest(rows).get("anomalies");
    return anomalies != null
        && anomalies.shed() == anomalies.given()
        && anomalies.shedUntil() != null
        && !anomalies.shedUntil().isBefore(OUTAGE_ENDS);
  }

  /** The settled rows of an output that is shed, when its last one is among them. */
  private static List<String> untilTheLastOf(
      List<String> expected, String topic, EmbeddedKafka kafka, EmbeddedStream stream) {
    Instant end = expected.stream().map(OverloadTest::end).max(Instant::compareTo).orElseThrow();
    List<String> last = expected.stream().filter(row -> end(row).equals(end)).toList();
    return settled(stream.follow(kafka, topic, rows -> settled(rows).containsAll(last), PATIENCE));
  }

  private static List<String> settled(List<String> rows) {
    try {
      return SettledAnswers.of(rows);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The ledgers of the outputs, when what they gave and did not shed is in their topics. */
  private static Map<String, ShedLedger> shedLedgers(EmbeddedKafka kafka, EmbeddedStream stream) {
    List<String> rows =
        stream.follow(
            kafka,
            "answers-shed",
            values ->
                newest(values).keySet().containsAll(SHED)
                    && newest(values).values().stream()
                        .allMatch(row -> row.given() - row.shed() == written(kafka, row)),
            PATIENCE);
    Map<String, ShedLedger> ledgers = newest(rows);
    for (String output : SHED) {
      ShedLedger row = ledgers.get(output);
      assertThat(row.given() - row.shed(), is(written(kafka, row)));
      assertThat(row.shed(), is(greaterThan(0L)));
    }
    return ledgers;
  }

  private static long written(EmbeddedKafka kafka, ShedLedger of) {
    return kafka.readAll("answers-" + of.output()).size();
  }

  private static Map<String, ShedLedger> newest(List<String> rows) {
    return rows.stream()
        .map(ShedLedger::read)
        .collect(toMap(ShedLedger::output, row -> row, (one, next) -> next));
  }

  private static boolean within(ShedLedger all, ShedLedger some) {
    return !some.shedFrom().isBefore(all.shedFrom()) && !some.shedUntil().isAfter(all.shedUntil());
  }

  private static boolean within(String answer, ShedLedger shed) {
    return !start(answer).isBefore(shed.shedFrom()) && !end(answer).isAfter(shed.shedUntil());
  }

  private static Instant start(String answer) {
    return Instant.parse(column(answer, "window_start"));
  }

  private static Instant end(String answer) {
    return Instant.parse(column(answer, "window_end"));
  }

  private static String column(String answer, String name) {
    try {
      return JSON.readTree(answer).get(name).asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends copies until the metrics are as they should be, and returns how many. */
  private int copiesUntil(Predicate<Scrape> wanted, Runnable send, EmbeddedStream stream, int port)
      throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int copies = 0;
    Scrape now = Scrape.of(http, port);
    while (!wanted.test(now)) {
      stream.checkRunning();
      assertThat("in time: " + level(now), System.nanoTime() - deadline < 0, is(true));
      send.run();
      copies++;
      new CompletableFuture<Void>().completeOnTimeout(null, 250, TimeUnit.MILLISECONDS).join();
      now = Scrape.of(http, port);
    }
    return copies;
  }

  /** The level that the metrics show; negative before there is one. */
  private static int level(Scrape scrape) {
    return (int) scrape.of(Scrape.OPERATOR + "dhara_overload_level").max().orElse(-1);
  }
}
