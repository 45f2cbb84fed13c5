package dhara.connectors.reading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Decoding;
import dhara.connectors.TimeBounds;
import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.records.RecordCoder;
import java.time.Duration;
import java.time.Instant;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;

class ArrivalTest {

  /** A share of a hundred; none is refused, and of zero the class has a bug. */
  record Share(String id, Instant at, long of) implements Event {
    Share {
      if (of < 0) {
        throw new IllegalArgumentException("of is negative: " + of);
      }
      of = 100 / of;
    }
  }

  private static final ArrivalReader<Share> READER =
      new ArrivalReader<>(
          new Decoding<>(
              "shares",
              JsonFormat.of(Share.class, Mapping.none()),
              new TimeBounds(Instant.EPOCH, Duration.ofDays(1)),
              1_000));

  private static byte[] share(long of) {
    return "{\"id\":\"1\",\"at\":\"2026-01-05T09:00:00Z\",\"of\":%d}".formatted(of).getBytes(UTF_8);
  }

  @Test
  void whatAnEventRefusesIsADeadLetter() {
    Arrival<Share> refused = READER.read(share(-1));
    assertThat(refused.event(), is(nullValue()));
    assertThat(refused.deadLetter("shares", "kafka://t", "offset=7").reason(), is(Reason.INVALID));
  }

  @Test
  void aBugOfTheEventsClassFailsWhereThePlaceIsKnownAlsoIfTheArrivalHasTravelled()
      throws Exception {
    Arrival.ArrivalCoder<Share> coder = new Arrival.ArrivalCoder<>(RecordCoder.of(Share.class));
    Arrival<Share> travelled = CoderUtils.clone(coder, READER.read(share(0)));
    assertThat(travelled.event(), is(nullValue()));
    assertThat(
        assertThrows(
                IllegalStateException.class,
                () -> travelled.deadLetter("shares", "kafka://t", "partition=0 offset=7"))
            .getMessage(),
        startsWith(
            "kafka://t partition=0 offset=7: the constructor of Share threw"
                + " java.lang.ArithmeticException: / by zero; "));
  }
}
