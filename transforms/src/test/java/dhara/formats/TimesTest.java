package dhara.formats;

import static dhara.formats.Formats.bad;
import static dhara.formats.Formats.json;
import static dhara.formats.Formats.parse;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.events.DeadLetter.Reason;
import dhara.formats.Formats.At;
import dhara.formats.text.BadEvent;
import dhara.formats.text.Instants;
import dhara.formats.text.ZoneClock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "iso                | 2010-12-01T08:26:00Z              | 2010-12-01T08:26:00Z",
        "iso                | 2010-12-01 08:26:00.5+05:30       | 2010-12-01T02:56:00.5Z",
        "iso                | 2010-12-01T08:26-0330             | 2010-12-01T11:56:00Z",
        "iso                | 2010-12-01t08:26:59.123456789z    | 2010-12-01T08:26:59.123456Z",
        "iso                | 2020-02-29T00:00:00+01            | 2020-02-28T23:00:00Z",
        "iso                | 0000-01-01T00:00:00Z              | 0000-01-01T00:00:00Z",
        "iso                | 9999-12-31T23:59:59.999999Z       | 9999-12-31T23:59:59.999999Z",
        "epochSeconds       | 1381132830.270                    | 2013-10-07T08:00:30.270Z",
        "epochSeconds       | 1.38113283027E9                   | 2013-10-07T08:00:30.270Z",
        "epochSeconds       | -0.0000001                        | 1969-12-31T23:59:59.999999Z",
        "epochMillis        | 1381132830270                     | 2013-10-07T08:00:30.270Z",
        "epochMillis        | 1381132830270.1239                | 2013-10-07T08:00:30.270123Z",
        "epochMicros        | 1381132830270123                  | 2013-10-07T08:00:30.270123Z",
        "epochNanos         | 1381132830270123999               | 2013-10-07T08:00:30.270123Z",
        "local(Europe/London) | 2010-07-01 08:26:00             | 2010-07-01T07:26:00Z",
        "local(Europe/London) | 2010-12-01T08:26                | 2010-12-01T08:26:00Z",
        "local(M/d/yyyy H:mm;America/New_York) | 12/1/2010 8:26 | 2010-12-01T13:26:00Z",
        "local(dd MMM yyyy h:mm a;UTC) | 01 dec 2010 1:05 pm    | 2010-12-01T13:05:00Z",
        "local(d MMM, yyyy;UTC)            | 1 Dec, 2010              | 2010-12-01T00:00:00Z",
        "local('day' d 'of' MM 'in' yyyy 'G';UTC) | day 1 of 12 in 2010 G | 2010-12-01T00:00:00Z",
        "local(h 'o''clock' d/M/yyyy a;UTC) | 1 o'clock 1/12/2010 pm  | 2010-12-01T13:00:00Z",
        "local(yyyy-MM-dd;Europe/Berlin) | 2010-12-01           | 2010-11-30T23:00:00Z",
        "zoned(EEE MMM dd HH:mm:ss Z yyyy) | Wed Dec 01 08:26:00 +0100 2010 | 2010-12-01T07:26:00Z",
      })
  void timesAreReadAsTheyAreWritten(String conversion, String text, Instant at) throws BadEvent {
    EventParser<At> parser = json(At.class, "at=t:" + conversion);
    assertThat(parse(parser, "{\"t\":\"" + text + "\"}"), is(new At(at)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "iso          | 2010-02-29T00:00:00Z              | WRONG_TYPE",
        "iso          | 2010-13-01T00:00:00Z              | WRONG_TYPE",
        "iso          | 2010-12-01T24:00:00Z              | WRONG_TYPE",
        "iso          | 2010-12-01T00:60:00Z              | WRONG_TYPE",
        "iso          | 2010-12-01T00:00:60Z              | WRONG_TYPE",
        "iso          | 2010-12-01T00:00:00.Z             | WRONG_TYPE",
        "iso          | 2010-12-01T00:00:00.1234567890Z   | WRONG_TYPE",
        "iso          | 2010-12-01T00:00:00               | WRONG_TYPE",
        "iso          | 2010-12-01T00:00:00+19:00         | WRONG_TYPE",
        "iso          | 2010-12-01T00:00:00Zulu           | WRONG_TYPE",
        "iso          | 2010-12-01                        | WRONG_TYPE",
        "iso          | 2O10-12-01T00:00:00Z              | WRONG_TYPE",
        "iso          | 9999-12-31T23:59:59-01:00         | OUT_OF_RANGE",
        "epochSeconds | today                             | WRONG_TYPE",
        "epochSeconds | 1381132830270                     | OUT_OF_RANGE",
        "epochMillis  | 9223372036854775807               | OUT_OF_RANGE",
        "epochMicros  | 1e30                              | OUT_OF_RANGE",
        "local(UTC)   | 2010-12-01T00:00:00Z              | WRONG_TYPE",
        "local(dd/MM/yyyy HH:mm;UTC) | 31/02/2010 10:00   | WRONG_TYPE",
        "zoned(yyyy-MM-dd HH:mm)     | 2010-02-01 10:00   | WRONG_TYPE",
      })
  void whatIsNoTimeIsABadEvent(String conversion, String text, Reason reason) {
    EventParser<At> parser = json(At.class, "at=t:" + conversion);
    assertThat(bad(parser, "{\"t\":\"" + text + "\"}").reason(), is(reason));
  }

  @Test
  void isoTimesAreWhatInstantParseReads() throws BadEvent {
    EventParser<At> parser = json(At.class);
    Random random = new Random(42);
    for (int i = 0; i < 20_000; i++) {
      Instant at = instant(random);
      assertThat(parse(parser, "{\"at\":\"" + at + "\"}").at(), is(at));
      String canonical = Instants.format(at);
      assertThat(Instant.parse(canonical), is(at));
      assertThat(parse(parser, "{\"at\":\"" + canonical + "\"}").at(), is(at));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"})
  void localTimesAreWhatTheZoneSays(String zone) throws BadEvent {
    List<EventParser<At>> parsers =
        List.of(
            json(At.class, "at=at:local(" + zone + ")"),
            json(At.class, "at=at:local(uuuu-MM-dd'T'HH:mm[:ss];" + zone + ")"));
    Random random = new Random(7);
    LocalDateTime around = LocalDateTime.parse("2019-12-31T00:00");
    for (int i = 0; i < 20_000; i++) {
      // Most from one year, in order and not, so that clocks are changed between them.
      LocalDateTime local = around.plusMinutes(15L * random.nextInt(4 * 24 * 366));
      Instant expected = ZonedDateTime.of(local, ZoneId.of(zone)).toInstant();
      String event = "{\"at\":\"" + local + "\"}";
      assertThat(event, parse(parsers.get(i % 2), event).at(), is(expected));
    }
  }

  /**
   * One clock for all of a zone's times, which caches the offset, compared with a new clock for
   * each.
   */
  @Test
  void clocksOfAllZonesSayTheSameWhateverTheyWereAskedBefore() {
    Random random = new Random(11);
    for (String id : ZoneId.getAvailableZoneIds().stream().sorted().toList()) {
      ZoneId zone = ZoneId.of(id);
      ZoneClock warm = new ZoneClock(zone);
      List<ZoneOffsetTransition> changes = zone.getRules().getTransitions();
      for (int i = 0; i < 200; i++) {
        LocalDateTime around =
            changes.isEmpty() || i % 4 == 0
                ? LocalDateTime.parse("1850-01-01T00:00").plusMinutes(random.nextInt(100_000_000))
                : changes.get(random.nextInt(changes.size())).getDateTimeBefore();
        LocalDateTime local = around.plusSeconds(random.nextInt(-20_000, 20_000));
        long asked = local.toEpochSecond(ZoneOffset.UTC) * 1_000_000;
        long expected = ZonedDateTime.of(local, zone).toEpochSecond() * 1_000_000;
        assertThat(id + " " + local, warm.toMicros(asked), is(expected));
      }
    }
  }

  @Test
  void aLocalTimeThatComesTwiceIsTheEarlierAndOneThatIsSkippedMovesOn() throws BadEvent {
    EventParser<At> london = json(At.class, "at=at:local(Europe/London)");
    assertThat(
        parse(london, "{\"at\":\"2020-10-25T01:30:00\"}").at(),
        is(Instant.parse("2020-10-25T00:30:00Z")));
    assertThat(
        parse(london, "{\"at\":\"2020-03-29T01:30:00\"}").at(),
        is(LocalDateTime.parse("2020-03-29T02:30:00").toInstant(ZoneOffset.ofHours(1))));
  }

  @ParameterizedTest
  @CsvSource({
    "2010-12-01T08:26:00Z,        2010-12-01T08:26:00.000Z",
    "2010-12-01T08:26:00.1Z,      2010-12-01T08:26:00.100Z",
    "2010-12-01T08:26:00.123456Z, 2010-12-01T08:26:00.123456Z",
    "2010-12-01T08:26:00.000001Z, 2010-12-01T08:26:00.000001Z",
    "1600-02-29T23:59:59.999999999Z, 1600-02-29T23:59:59.999999Z",
    "0000-01-01T00:00:00Z,        0000-01-01T00:00:00.000Z",
    "+10000-01-01T00:00:00Z,      +10000-01-01T00:00:00Z",
  })
  void instantsHaveOneText(Instant instant, String text) {
    assertThat(Instants.format(instant), is(text));
  }

  static Instant instant(Random random) {
    long second = random.nextLong(-62_167_219_200L, 253_402_300_800L);
    ChronoUnit unit = random.nextBoolean() ? ChronoUnit.MICROS : ChronoUnit.MILLIS;
    return Instant.ofEpochSecond(second, random.nextInt(1_000_000_000)).truncatedTo(unit);
  }
}
