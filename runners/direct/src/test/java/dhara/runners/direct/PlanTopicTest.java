package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dhara.terminal.Console;
import dhara.testkit.EmbeddedKafka;
import dhara.tools.Dhara;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code advise} and {@code plan} measure with events of a real topic. */
class PlanTopicTest {

  private static EmbeddedKafka kafka;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Six orders in two partitions, one of them over two lines, and a tombstone. */
  @BeforeAll
  static void produceOrders() throws Exception {
    kafka = EmbeddedKafka.start();
    kafka.createTopic("orders", 2);
    for (int id = 0; id < 6; id++) {
      Instant at = Instant.parse("2026-01-05T09:00:00Z").plusSeconds(id);
      String order =
          "{\"id\":\"%d\",\"at\":\"%s\",%s\"order\":\"O%d\",\"product\":\"P1\",\"category\":\"books\",\"quantity\":1,\"unit_minor\":100}"
              .formatted(id, at, id == 3 ? "\n" : "", id);
      kafka.produce("orders", id % 2, at, null, order.getBytes(StandardCharsets.UTF_8));
    }
    kafka.produce("orders", 0, Instant.parse("2026-01-05T09:00:06Z"), null, null);
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void aTopicIsReadToItsEndAndABatchOfItEndsThere() {
    String topic = kafka.uri("orders");

    assertThat(err(), run("advise", "order-metrics", "--events=" + topic, "--history"), is(0));

    assertThat(err(), containsString("measuring with 6 events"));
    assertThat(
        out(),
        allOf(
            containsString("6  measured  all that --events has"),
            containsString("--events=" + topic + "?end=latest")));
  }

  @Test
  void aSampleTakesAsManyOfEachPartition() {
    assertThat(
        err(),
        run("advise", "order-metrics", "--events=" + kafka.uri("orders"), "--sample=4"),
        is(0));

    assertThat(err(), containsString("measuring with 4 events"));
    assertThat(out(), containsString("how many records there are is not known"));
  }

  @Test
  void aTopicThatIsNotThereIsRefused() {
    assertThat(run("plan", "order-metrics", "--rate=5", "--events=" + kafka.uri("odrers")), is(2));

    assertThat(err(), containsString("odrers"));
  }

  private int run(String... arguments) {
    return Dhara.on(
            Console.piped(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)))
        .run(arguments);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
