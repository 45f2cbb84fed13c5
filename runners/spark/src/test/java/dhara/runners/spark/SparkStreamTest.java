package dhara.runners.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dhara.parity.Command;
import dhara.parity.EmbeddedKafka;
import java.util.List;
import org.junit.jupiter.api.Test;

class SparkStreamTest {

  @Test
  void aStreamIsRefusedForItsWatermarkWouldRunAhead() {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.createTopic("trades", 1);

      Command run = Command.run(List.of("candles", "--events=" + kafka.uri("trades")));

      assertThat(run.exit(), is(2));
      assertThat(run.err(), containsString("spark runs backfills only"));
    }
  }
}
