package dhara.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

final class RepeatedTest {

  private static final String KAFKA = "org.apache.kafka.clients.NetworkClient";

  private final List<String> shown = new ArrayList<>();
  private long now;
  private final Repeated repeated = new Repeated(() -> now);

  @Test
  void likeLinesOfKafkasClientsAreSummedUp() {
    log(KAFKA, "Connection to node 1 (localhost:9092) failed");
    log(KAFKA, "Connection to node 1 (localhost:9092) failed");
    log(KAFKA, "Connection to node 2 (localhost:9093) failed");
    log(KAFKA, "[Consumer clientId=Reader-1] Bootstrap broker localhost:9092 disconnected");
    log(
        KAFKA,
        "[Consumer clientId=none, groupId=null] Bootstrap broker localhost:9092 disconnected");
    now += Duration.ofSeconds(31).toNanos();
    log(KAFKA, "Connection to node 3 (localhost:9094) failed");
    log(KAFKA, "Connection to node 3 (localhost:9094) failed");

    assertThat(
        shown,
        contains(
            "Connection to node 1 (localhost:9092) failed",
            "[Consumer clientId=Reader-1] Bootstrap broker localhost:9092 disconnected",
            "Connection to node 3 (localhost:9094) failed (and 2 more like it)"));
  }

  @Test
  void everyLineOfOthersIsShown() {
    log("dhara.assembly.Sink", "an answer");
    log("dhara.assembly.Sink", "an answer");
    log(null, "an answer");

    assertThat(shown, contains("an answer", "an answer", "an answer"));
  }

  private void log(String logger, String message) {
    LogRecord line = new LogRecord(Level.WARNING, message);
    line.setLoggerName(logger);
    if (repeated.isLoggable(line)) {
      shown.add(line.getMessage());
    }
  }
}
