package dhara.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

final class LogsTest {

  @Test
  void anInterruptionIsNoWarningAndAFailureIs() {
    assertThat(shows(new InterruptedException()), is(false));
    assertThat(shows(new IOException("the broker is gone")), is(true));
    assertThat(shows(null), is(true));
  }

  private static boolean shows(Throwable thrown) {
    LogRecord line = new LogRecord(Level.WARNING, "Reader-0: Unexpected");
    line.setLoggerName("org.apache.beam.sdk.io.kafka.KafkaUnboundedReader");
    line.setThrown(thrown);
    return Logs.quiet().isLoggable(line);
  }
}
