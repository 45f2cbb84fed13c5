package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.is;

import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A backfill of a topic without what a stream of it found late. */
class WithoutLateTest {

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
  void sendThreeOrders(TestInfo test) {
    topic = test.getTestMethod().orElseThrow().getName();
    kafka.createTopic(topic, 1);
    for (int i = 0; i < 3; i++) {
      Instant at = Instant.parse("2026-01-05T09:0" + i + ":00Z");
      kafka.produce(topic, 0, at, null, order(i, at).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String order(int id, Instant at) {
    return ("{\"id\":\"%d\",\"at\":\"%s\",\"order\":\"O%d\",\"product\":\"P1\","
            + "\"category\":\"books\",\"quantity\":1,\"unit_minor\":100}")
        .formatted(id, at, id);
  }

  @Test
  void leavesOutTheRecordsThatTheListNames() throws IOException {
    write("late/late.jsonl", late(topic, 1));

    Command run = backfill();

    assertThat(run.err(), run.exit(), is(0));
    assertThat(run.err(), endsWith(ledger(3, 2, 1, 0)));
  }

  @Test
  void aStreamThatFoundNothingLateLeftAnEmptyList() throws IOException {
    write("metrics/metrics.jsonl", "{\"revision\":0}");
    write("ledger/ledger.jsonl", "{\"revision\":0}");

    Command run = backfill();

    assertThat(run.err(), run.exit(), is(0));
    assertThat(run.err(), endsWith(ledger(3, 3, 0, 0)));
  }

  @Test
  void aFolderThatNoStreamWroteIsNoLateList() throws IOException {
    write("metrics/metrics.jsonl", "{\"revision\":0}");

    Command run = backfill();

    assertThat(run.exit(), is(2));
    assertThat(
        run.err(),
        is(
            "dhara: --without=files:"
                + folder
                + "/stream: has no late events; name a stream's late output\n"));
  }

  @Test
  void rowsThatAreNoLateEventsFailTheRun() throws IOException {
    write("late/late.jsonl", "{\"lake\":\"Dal\",\"revision\":0}");

    Command run = backfill();

    assertThat(run.exit(), is(1));
    assertThat(run.err(), containsString("it is no late event; name a stream's late output"));
  }

  @Test
  void theLateListOfAnotherTopicFailsTheRun() throws IOException {
    write("late/late.jsonl", late("elsewhere", 1));

    Command run = backfill();

    assertThat(run.exit(), is(1));
    assertThat(
        run.err(),
        containsString("it came late in \"kafka://elsewhere\", not in kafka://" + topic));
  }

  @Test
  void aTopicThatGoesOnFromAnArchiveIsReadWithoutThemToo() throws IOException {
    write("late/late.jsonl", late(topic, 2));
    Path archive = folder.resolve("archive.jsonl");
    Files.writeString(archive, order(0, Instant.parse("2026-01-05T09:00:00Z")) + "\n");

    Command run = backfill("--events=" + archive, "--cutover=2026-01-05T09:01:00Z");

    assertThat(run.err(), run.exit(), is(0));
    assertThat(run.err(), endsWith(ledger(4, 2, 1, 1)));
  }

  private static String ledger(int read, int aggregated, int late, int filtered) {
    return "orders: read %d = aggregated %d + dead-lettered 0 + late %d + duplicate 0 + filtered %d\n"
        .formatted(read, aggregated, late, filtered);
  }

  private static String late(String topic, long offset) {
    return ("{\"input\":\"orders\",\"id\":\"%d\",\"at\":\"2026-01-05T09:0%d:00Z\","
            + "\"window_start\":\"2026-01-05T09:00:00.000Z\","
            + "\"window_end\":\"2026-01-05T09:01:00.000Z\",\"late_millis\":700000,"
            + "\"source\":\"kafka://%s\",\"position\":\"partition=0 offset=%d\",\"event\":\"{}\"}")
        .formatted(offset, offset, topic, offset);
  }

  private void write(String file, String row) throws IOException {
    Path path = folder.resolve("stream").resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, row + "\n");
  }

  /** The first source is the archive, where one is given. */
  private Command backfill(String... options) {
    List<String> arguments = new ArrayList<>(List.of("order-metrics"));
    arguments.addAll(List.of(options));
    arguments.add("--events=" + kafka.uri(topic) + "?end=latest");
    arguments.add("--without=files:" + folder + "/stream");
    arguments.add("--answers=files:" + folder + "/answers");
    return Command.run(arguments);
  }
}
