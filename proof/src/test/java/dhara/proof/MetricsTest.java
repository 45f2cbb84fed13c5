package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import dhara.events.DeadLetter.Reason;
import dhara.ledger.Ledger;
import dhara.pipelines.Analysis;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Followed;
import dhara.testkit.Receiver;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After a replay with every fault, the metrics of an embedded stream match its ledger, its outputs
 * and its topic; and all metrics that the files of {@code monitoring/} and the documentation name
 * exist.
 */
class MetricsTest {

  private static final int EVENTS = 1_500;

  @TempDir static Path folder;

  private static EmbeddedKafka kafka;
  private static Receiver receiver;
  private static EmbeddedStream stream;
  private static Replayed replayed;
  private static Ledger ledger;
  private static Instant started;
  private static Scrape scrape;
  private static long taken;

  @BeforeAll
  static void readAReplay() throws Exception {
    kafka = EmbeddedKafka.start();
    receiver = Receiver.start();
    Analysis<?> analysis = Analysis.all().get("order-metrics");
    replayed =
        Replayed.of(
            kafka,
            folder,
            analysis,
            "orders",
            1,
            EVENTS,
            List.of(
                "--disorder=PT8S",
                "--late=0.03",
                "--lateBy=PT2M",
                "--duplicates=0.05",
                "--garbage=0.03",
                "--farFuture=0.01"));
    int port = freePort();
    started = Instant.now();
    stream =
        EmbeddedStream.start(
            folder,
            List.of(
                "order-metrics",
                "--events=" + kafka.uri("orders"),
                "--answers=" + kafka.uri("answers"),
                "--answers=totals=" + receiver.uri(""),
                "--lateness=PT20S",
                "--disorder=PT10S",
                "--idleAfter=PT1S",
                "--checkpointingInterval=500",
                "--parallelism=1",
                "--overload=true",
                "--lagCapacity=P36500D",
                "--metricsPort=" + port));
    ledger = settledLedger();
    List<Long> shown = entries(ledger);
    HttpClient http = HttpClient.newHttpClient();
    // The ledger goes to its topic and to its gauges at once, but gauges follow their bundle;
    // answers
    // of windows that close last, and the next checkpoint, may take a little longer.
    scrape =
        awaited(
            http,
            port,
            s ->
                delivered(s)
                    && entries(s, "dhara_ledger_").equals(shown)
                    && entries(s, "dhara_").equals(shown)
                    && s.of("flink_jobmanager_job_lastCheckpointFullSize").sum() > 0
                    && answered(s, "metrics").equals(first("answers"))
                    && answered(s, "top").equals(first("answers-top")));
  }

  /** Whether the rows that the server has are those that are counted; more may come. */
  private static boolean delivered(Scrape scrape) {
    taken = receiver.taken().size();
    return scrape.sum("dhara_delivered") == taken;
  }

  @AfterAll
  static void stop() throws Exception {
    if (stream != null) {
      stream.close();
    }
    kafka.close();
    receiver.close();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static Ledger settledLedger() {
    kafka.awaitTopic("answers-ledger", Settling.PATIENCE, stream::checkRunning);
    try (Followed ledgers = kafka.follow("answers-ledger")) {
      boolean settled =
          ledgers.until(
              rows -> !rows.isEmpty() && accountedFor(last(rows)),
              Settling.PATIENCE,
              stream::checkRunning);
      assertThat("settled: " + ledgers.values(), settled, is(true));
      return last(ledgers.values());
    }
  }

  private static Ledger last(List<String> rows) {
    return Ledger.read(rows.get(rows.size() - 1));
  }

  private static boolean accountedFor(Ledger ledger) {
    return ledger.read() == replayed.records() && ledger.balances();
  }

  /** Waits until the endpoint satisfies a condition; after a timeout, returns its last state. */
  private static Scrape awaited(HttpClient http, int port, Predicate<Scrape> enough)
      throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      stream.checkRunning();
      Scrape now = Scrape.of(http, port);
      if (enough.test(now) || System.nanoTime() - deadline > 0) {
        return now;
      }
      new CompletableFuture<Void>().completeOnTimeout(null, 250, TimeUnit.MILLISECONDS).join();
    }
  }

  private static final List<String> ENTRIES =
      List.of(
          "read",
          "aggregated",
          "dead_lettered",
          "late",
          "duplicate",
          "filtered",
          "parsed",
          "in_range");

  private static List<Long> entries(Scrape scrape, String prefix) {
    return ENTRIES.stream().map(entry -> scrape.sum(prefix + entry)).toList();
  }

  private static List<Long> entries(Ledger ledger) {
    return List.of(
        ledger.read(),
        ledger.aggregated(),
        ledger.deadLettered(),
        ledger.late(),
        ledger.duplicate(),
        ledger.filtered(),
        ledger.parsed(),
        ledger.inRange());
  }

  @Test
  void theGaugesOfTheLedgerAreTheLedger() {
    assertThat(entries(scrape, "dhara_ledger_"), is(entries(ledger)));
    assertThat(ledger.late(), is(greaterThan(0L)));
    assertThat(ledger.duplicate(), is(greaterThan(0L)));
  }

  @Test
  void theCountersOfAStreamThatNeverFailedAreTheLedgerToo() {
    assertThat(entries(scrape, "dhara_"), is(entries(ledger)));
  }

  @Test
  void deadLettersAreCountedByReason() {
    Map<String, Long> byReason = new TreeMap<>();
    for (Reason reason : Reason.values()) {
      long count = scrape.sum("dhara_dead_lettered_" + reason.name().toLowerCase(Locale.ROOT));
      if (count > 0) {
        byReason.put(reason.name(), count);
      }
    }
    assertThat(byReason, is(replayed.deadLetters(replayed.topics().keySet().iterator().next())));
    assertThat(byReason.size(), is(greaterThan(1)));
  }

  @Test
  void theFirstAnswerOfEachKeyAndWindowIsCounted() throws IOException {
    assertThat(answered(scrape, "metrics"), is(first("answers")));
    assertThat(answered(scrape, "top"), is(first("answers-top")));
    assertThat(first("answers"), is(greaterThan(0L)));
  }

  private static Long answered(Scrape scrape, String output) {
    return (long) scrape.of(Scrape.OPERATOR + "dhara_answers", output + "_").sum();
  }

  /** The number of keys and windows with an answer, without revisions. */
  private static Long first(String topic) {
    return kafka.readAll(topic).stream()
        .map(answer -> ByteBuffer.wrap(answer.key()))
        .distinct()
        .count();
  }

  @Test
  void everyRowThatAServerTookIsCounted() {
    assertThat(scrape.sum("dhara_delivered"), is(taken));
    assertThat(taken, is(greaterThan(0L)));
    assertThat(scrape.sum("dhara_undelivered"), is(0L));
    assertThat(scrape.sum("dhara_delivery_waiting"), is(0L));
    assertThat(scrape.sum("dhara_delivery_breaker"), is(0L));
  }

  /** Every event is months old, so the latency is its age, to the day. */
  @Test
  void latencyIsTheTimeFromTheEndOfAWindowToItsAnswer() {
    Instant oldest = replayed.inputs().all().findFirst().orElseThrow().at();
    double least = Duration.between(replayed.newest().plus(Duration.ofDays(2)), started).toMillis();
    double most = Duration.between(oldest, Instant.now()).toMillis() * (33.0 / 32);
    for (String output : List.of("metrics_", "top_")) {
      double previous = least;
      for (int percent : List.of(50, 95, 99)) {
        double[] latency =
            scrape.of(Scrape.OPERATOR + "dhara_latency_millis_p" + percent, output).toArray();
        assertThat(output + percent, latency.length, is(1));
        assertThat(
            output + percent,
            latency[0],
            is(allOf(greaterThanOrEqualTo(previous), lessThanOrEqualTo(most))));
        previous = latency[0];
      }
    }
  }

  @Test
  void theWatermarkLagsByTheAgeOfTheNewestEventAndTheDisorder() {
    double least = Duration.between(replayed.newest().plus(Duration.ofDays(2)), started).toMillis();
    double most = Duration.between(replayed.newest(), Instant.now()).toMillis() + 10_000;

    double[] lag = scrape.of(Scrape.OPERATOR + "watermarkLag").toArray();

    assertThat(lag.length, is(1));
    assertThat(lag[0], is(allOf(greaterThanOrEqualTo(least), lessThanOrEqualTo(most))));
    assertThat(
        scrape.of(Scrape.OPERATOR + "dhara_disorder_millis").boxed().toList(), contains(10_000.0));
  }

  @Test
  void nothingIsLeftToRead() {
    assertThat(scrape.of(Scrape.OPERATOR + "pendingBytes").boxed().toList(), contains(0.0));
  }

  @Test
  void theMeanSizeOfARecordIsThatOfTheTopic() {
    List<ConsumerRecord<byte[], byte[]>> records = kafka.readAll("orders");
    long bytes = records.stream().mapToLong(r -> r.value() == null ? 0 : r.value().length).sum();
    assertThat(
        scrape.of(Scrape.OPERATOR + "dhara_record_bytes").boxed().toList(),
        contains(Math.floor((double) bytes / records.size())));
  }

  @Test
  void onlyStepsThatGetAFewElementsABundleAreMetered() {
    assertThat(
        scrape.metered(),
        contains(
            "metrics_Write_Latency_Show_ParMultiDo_Show_",
            "orders_All_Entry_ParMultiDo_Entry_",
            "orders_DeadLetters_Count_ParMultiDo_Count_",
            "orders_Ledger_Show_ParMultiDo_Show_",
            "orders_Source_Show_ParMultiDo_Show_",
            "orders_Unique_Entry_ParMultiDo_Entry_",
            "top_Shed_Entry_ParMultiDo_Entry_",
            "top_Write_Latency_Show_ParMultiDo_Show_",
            "totals_Shed_Entry_ParMultiDo_Entry_",
            "totals_Write_Delays_Latency_Show_ParMultiDo_Show_",
            "totals_Write_Deliver_Queue_ParMultiDo_Queue_"));
  }

  @Test
  void everyMetricThatAnAlertNamesIsShown() throws IOException {
    for (String expression : Monitoring.alerts()) {
      assertThat(expression, unknown(Monitoring.metrics(expression)), is(empty()));
    }
  }

  @Test
  void everyMetricThatTheDashboardNamesIsShown() throws IOException {
    for (String query : Monitoring.queries()) {
      assertThat(query, unknown(Monitoring.metrics(query)), is(empty()));
    }
  }

  @Test
  void theDocumentationHasEveryMetricOfDharaAndNoOther() throws IOException {
    Set<String> documented = Monitoring.documented();
    Set<String> shown = new TreeSet<>(scrape.names());
    assertThat("not shown", unknown(documented), is(empty()));
    shown.removeIf(name -> !name.startsWith(Scrape.OPERATOR + "dhara_"));
    shown.removeAll(documented);
    assertThat("not documented", shown, is(empty()));
  }

  private static Set<String> unknown(Set<String> metrics) {
    Set<String> unknown = new TreeSet<>(metrics);
    unknown.removeAll(scrape.names());
    return unknown;
  }
}
