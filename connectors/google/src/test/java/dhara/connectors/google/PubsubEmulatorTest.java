package dhara.connectors.google;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.api.services.bigquery.model.TableRow;
import dhara.assembly.Assembly;
import dhara.formats.RecordFields;
import dhara.options.BadOption;
import dhara.pipelines.commerce.OrderLine;
import dhara.pipelines.commerce.OrderMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory;
import org.apache.beam.sdk.extensions.gcp.options.GcpOptions;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * An analysis reads a subscription of Google's own emulator, where that is installed, and settles
 * on what a backfill of the same lines answers.
 */
@EnabledIf("isInstalled")
class PubsubEmulatorTest {

  private static final int EVENTS = 300;
  private static final int COPIES = 20;
  private static final int GARBAGE = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @TempDir private Path folder;

  static boolean isInstalled() {
    return PubsubEmulator.jar().isPresent();
  }

  @BeforeEach
  void emptyTables() throws Exception {
    FakeBigQuery.start();
  }

  @Test
  void aStreamSettlesOnWhatABackfillAnswers() throws Exception {
    List<OrderLine> events = events();
    RecordFields<OrderLine> fields = RecordFields.of(OrderLine.class);
    List<byte[]> payloads = new ArrayList<>();
    events.forEach(event -> payloads.add(fields.json(event)));
    payloads.addAll(payloads.subList(0, COPIES));
    for (int i = 0; i < GARBAGE; i++) {
      payloads.add(("garbage " + i).getBytes(UTF_8));
    }
    Collections.shuffle(payloads, new Random(7));
    try (PubsubEmulator emulator = PubsubEmulator.start(folder.resolve("emulator.log"))) {
      emulator.publish(payloads);
      try (Assembly stream = Assembly.of(new OrderMetrics(), streaming(emulator))) {
        stream.prepare();
        PipelineResult running = stream.pipeline().run();
        await(
            "ledger",
            () -> ledger("stream"),
            "read 325, aggregated 300, dead-lettered 5, late 0, duplicate 20");
        // What closes every window: later than all, and in an answer of its own.
        OrderLine last = events.get(EVENTS - 1);
        emulator.publish(
            List.of(
                fields.json(
                    new OrderLine(
                        "last",
                        last.at().plus(Duration.ofHours(12)),
                        "last",
                        "last",
                        null,
                        null,
                        null,
                        null,
                        1,
                        1))));
        backfill(payloads);
        await("metrics", () -> answers("stream"), answers("batch"));
        await("top products", () -> answers("stream_top"), answers("batch_top"));
        running.cancel();
      }
    }
    assertThat(FakeBigQuery.rows("stream_dead_letters").size(), is(GARBAGE));
    assertThat(FakeBigQuery.rows("stream_late"), is(empty()));
    assertThat(answers("batch"), is(not("")));
  }

  @Test
  void aSubscriptionThatIsNotThereIsRefused() throws Exception {
    try (PubsubEmulator emulator = PubsubEmulator.start(folder.resolve("emulator.log"))) {
      OrderMetrics.Options options = streaming(emulator);
      options.setEvents(List.of("pubsub://dhara-tests/absent"));

      BadOption refused =
          assertThrows(BadOption.class, () -> Assembly.of(new OrderMetrics(), options).close());

      assertThat(
          refused.getMessage(),
          startsWith(
              "--events=pubsub://dhara-tests/absent: the subscription is not there, or may not be"
                  + " read"));
    }
  }

  private static List<OrderLine> events() {
    List<OrderLine> events = new ArrayList<>();
    new OrderMetrics()
        .scenario()
        .events(7, EVENTS)
        .forEach(given -> events.add((OrderLine) given.event()));
    return events;
  }

  private static OrderMetrics.Options streaming(PubsubEmulator emulator) {
    OrderMetrics.Options options = options("stream");
    options.setEvents(List.of("pubsub://" + PubsubEmulator.PROJECT + "/orders-sub"));
    options.setDisorder(Duration.ofHours(6));
    options.setIdleAfter(Duration.ofSeconds(1));
    options.as(PubsubOptions.class).setPubsubRootUrl(emulator.url());
    options.as(GcpOptions.class).setCredentialFactoryClass(NoopCredentialFactory.class);
    options.as(DirectOptions.class).setBlockOnRun(false);
    return options;
  }

  private void backfill(List<byte[]> payloads) throws IOException {
    List<String> lines = payloads.stream().map(payload -> new String(payload, UTF_8)).toList();
    Path file = Files.write(folder.resolve("orders.jsonl"), lines);
    OrderMetrics.Options options = options("batch");
    options.setEvents(List.of(file.toString()));
    try (Assembly backfill = Assembly.of(new OrderMetrics(), options)) {
      backfill.prepare();
      backfill.pipeline().run().waitUntilFinish();
    }
  }

  private static OrderMetrics.Options options(String table) {
    OrderMetrics.Options options = PipelineOptionsFactory.as(OrderMetrics.Options.class);
    options.setRunner(DirectRunner.class);
    options.setTopOrders(1);
    options.as(DirectOptions.class).setTargetParallelism(1);
    options.setAnswers(
        List.of(
            "fakebigquery://" + FakeBigQuery.PROJECT + "/" + FakeBigQuery.DATASET + "/" + table));
    return options;
  }

  private interface Shown {
    String get() throws IOException, InterruptedException;
  }

  private static void await(String what, Shown shown, String expected)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!shown.get().equals(expected) && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
    assertThat(what, shown.get(), is(expected));
  }

  private static String ledger(String table) throws IOException, InterruptedException {
    for (TableRow row : FakeBigQuery.rows(table + "_ledger")) {
      return "read %s, aggregated %s, dead-lettered %s, late %s, duplicate %s"
          .formatted(
              row.get("read"),
              row.get("aggregated"),
              row.get("dead_lettered"),
              row.get("late"),
              row.get("duplicate"));
    }
    return "none yet";
  }

  /** A table's rows without their revisions, in order. */
  private static String answers(String table) throws IOException, InterruptedException {
    TreeSet<String> rows = new TreeSet<>();
    for (TableRow row : FakeBigQuery.rows(table)) {
      Map<String, Object> columns = new TreeMap<>(row);
      columns.remove("revision");
      rows.add(columns.toString());
    }
    return String.join("\n", rows);
  }
}
