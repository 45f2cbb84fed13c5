package dhara.connectors.reading;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Decoding;
import dhara.connectors.TimeBounds;
import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import dhara.events.LateEvent;
import dhara.formats.JsonFormat;
import dhara.formats.RecordFields;
import dhara.formats.mapping.Mapping;
import dhara.records.RecordCoder;
import dhara.tokens.Seal;
import dhara.tokens.TokenKey;
import dhara.tokens.Tokens;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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

  private static final long LOGGED = Instant.parse("2026-01-05T10:00:00Z").toEpochMilli();

  private static final TokenKey KEY =
      new TokenKey() {
        private static final long serialVersionUID = 1L;

        @Override
        public byte[] secret() {
          return "the key of this test, which is long enough".getBytes(UTF_8);
        }
      };

  private static final ArrivalReader<Share> SEALING =
      new ArrivalReader<>(
          new Decoding<>(
              "shares",
              JsonFormat.of(
                  Share.class,
                  Mapping.none()
                      .tokenised(Tokens.of(List.of("id"), KEY), List.of("id", "at", "of"))),
              new TimeBounds(Instant.EPOCH, Duration.ofDays(1)),
              1_000));

  @Test
  void withTokensEveryLetterIsSealedBeforeItTravels() throws Exception {
    byte[] future = share(5);
    System.arraycopy("2999".getBytes(UTF_8), 0, future, 16, 4);
    Map<Reason, byte[]> letters =
        Map.of(
            Reason.INVALID, share(-1),
            Reason.MALFORMED, "lily lily".getBytes(UTF_8),
            Reason.IN_THE_FUTURE, future,
            Reason.TOO_LONG, "lily ".repeat(300).getBytes(UTF_8));
    Arrival.ArrivalCoder<Share> coder = new Arrival.ArrivalCoder<>(RecordCoder.of(Share.class));
    for (Map.Entry<Reason, byte[]> bad : letters.entrySet()) {
      DeadLetter clear =
          READER.read(bad.getValue(), LOGGED).deadLetter("shares", "kafka://t", "offset=7");
      DeadLetter sealed =
          CoderUtils.clone(coder, SEALING.read(bad.getValue(), LOGGED))
              .deadLetter("shares", "kafka://t", "offset=7");
      assertThat(sealed.reason(), is(bad.getKey()));
      assertThat(sealed.text(), is(Seal.TEXT));
      assertThat(new String(sealed.bytes(), ISO_8859_1), not(containsString("lily")));
      Seal.Opened opened = Seal.with(KEY).open(sealed.bytes());
      assertThat(opened.bytes(), is(clear.bytes()));
      assertThat(opened.reason(), is(clear.text()));
      assertThat(sealed.wholeLength(), is(clear.wholeLength()));
      assertThat(
          sealed.wholeSha256(),
          is(clear.wholeSha256() == null ? null : Seal.with(KEY).name(bad.getValue())));
    }
  }

  @Test
  void aTombstoneHasNothingToSeal() {
    assertThat(SEALING.read(null).tombstone(), is(true));
  }

  @Test
  void aLateEventHasTheToken() {
    Arrival<Share> late = SEALING.read(share(5), LOGGED);
    late.behind(LOGGED);

    LateEvent event =
        late.lateEvent(
            RecordFields.of(Share.class),
            Lateness.of(Windows.tumbling(Duration.ofMinutes(1))),
            "shares",
            "kafka://t",
            "offset=7");

    String token = Tokens.of(List.of("id"), KEY).tokeniser().token("1");
    assertThat(event.id(), is(token));
    assertThat(event.event(), containsString("\"id\":\"" + token + "\""));
  }
}
