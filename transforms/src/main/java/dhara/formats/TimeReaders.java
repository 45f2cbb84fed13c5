package dhara.formats;

import dhara.events.DeadLetter.Reason;
import dhara.formats.mapping.Conversion;
import dhara.formats.text.BadEvent;
import dhara.formats.text.Decimal;
import dhara.formats.text.Instants;
import dhara.formats.text.IsoTime;
import dhara.formats.text.Text;
import dhara.formats.text.ZoneClock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The readers of times and dates. Instants are truncated to the microsecond. */
final class TimeReaders {

  private static final long MICROS = 1_000_000;

  private TimeReaders() {}

  /** The reader of a time in the form of {@code conversion}. */
  static ComponentReader of(Conversion conversion) {
    return switch (conversion.kind()) {
      case ISO -> new Iso();
      case EPOCH_SECONDS -> new Epoch(6, "seconds since 1970");
      case EPOCH_MILLIS -> new Epoch(3, "milliseconds since 1970");
      case EPOCH_MICROS -> new Epoch(0, "microseconds since 1970");
      case EPOCH_NANOS -> new Epoch(-3, "nanoseconds since 1970");
      case LOCAL ->
          conversion.pattern() == null
              ? new LocalIso(ZoneId.of(conversion.zone()))
              : new LocalPattern(conversion.pattern(), ZoneId.of(conversion.zone()));
      case ZONED -> new Zoned(conversion.pattern());
      case DECIMAL -> throw new IllegalStateException("decimal is no time");
    };
  }

  private static Instant inRange(long micros, Text text) throws BadEvent {
    if (!Instants.isInRange(micros)) {
      throw text.bad(
          Reason.OUT_OF_RANGE,
          "is a time outside of the years 0000 to 9999; is it in another unit?");
    }
    return Instants.ofMicros(micros);
  }

  private static final class Iso extends ComponentReader.OfObject<Instant> {
    private final IsoTime time = new IsoTime();

    @Override
    String refusal() {
      return "is no time such as 2026-10-01T12:00:00.000Z";
    }

    @Override
    @Nullable Instant value(Text text) throws BadEvent {
      if (!time.read(text.chars, text.start, text.end)) {
        return null;
      }
      if (!time.hasOffset) {
        throw text.bad(
            Reason.WRONG_TYPE,
            "is a time without Z or an offset; map it with its zone: FIELD:local(Europe/London)");
      }
      return inRange(time.localMicros - time.offsetSeconds * MICROS, text);
    }
  }

  private static final class LocalIso extends ComponentReader.OfObject<Instant> {
    private final IsoTime time = new IsoTime();
    private final ZoneClock clock;

    LocalIso(ZoneId zone) {
      clock = new ZoneClock(zone);
    }

    @Override
    String refusal() {
      return "is no local time such as 2026-10-01 12:00:00";
    }

    @Override
    @Nullable Instant value(Text text) throws BadEvent {
      boolean local = time.read(text.chars, text.start, text.end) && !time.hasOffset;
      return local ? inRange(clock.toMicros(time.localMicros), text) : null;
    }
  }

  private static final class Epoch extends ComponentReader.OfObject<Instant> {
    private final int digits;
    private final String what;
    private final Decimal decimal = new Decimal();

    Epoch(int digits, String what) {
      this.digits = digits;
      this.what = what;
    }

    @Override
    String refusal() {
      return "is no number of " + what;
    }

    @Override
    @Nullable Instant value(Text text) throws BadEvent {
      if (!decimal.read(text)) {
        return null;
      }
      long micros = decimal.times10ToThe(digits);
      boolean overflow = decimal.outcome() == Decimal.Outcome.OVERFLOW;
      return inRange(overflow ? Long.MAX_VALUE : micros, text);
    }
  }

  private static final class LocalPattern extends ComponentReader.OfObject<Instant> {
    private final String pattern;
    private final DateTimeFormatter formatter;
    private final ZoneClock clock;

    LocalPattern(String pattern, ZoneId zone) {
      this.pattern = pattern;
      formatter = Conversion.formatter(pattern);
      clock = new ZoneClock(zone);
    }

    @Override
    String refusal() {
      return "is no local time as " + pattern + " has it";
    }

    @Override
    @Nullable Instant value(Text text) throws BadEvent {
      try {
        TemporalAccessor read =
            formatter.parseBest(text.toString(), LocalDateTime::from, LocalDate::from);
        LocalDateTime time =
            read instanceof LocalDate day ? day.atStartOfDay() : LocalDateTime.from(read);
        if (Math.abs(time.getYear()) > 10_000) {
          return inRange(Long.MAX_VALUE, text);
        }
        long seconds = time.toEpochSecond(ZoneOffset.UTC);
        return inRange(
            clock.toMicros(seconds * MICROS + time.get(ChronoField.MICRO_OF_SECOND)), text);
      } catch (DateTimeException e) {
        return null;
      }
    }
  }

  private static final class Zoned extends ComponentReader.OfObject<Instant> {
    private final String pattern;
    private final DateTimeFormatter formatter;

    Zoned(String pattern) {
      this.pattern = pattern;
      formatter = Conversion.formatter(pattern);
    }

    @Override
    String refusal() {
      return "is no time with a zone as " + pattern + " has it";
    }

    @Override
    @Nullable Instant value(Text text) throws BadEvent {
      try {
        Instant instant = formatter.parse(text.toString(), Instant::from);
        boolean far = Math.abs(instant.getEpochSecond()) > Long.MAX_VALUE / MICROS - 1;
        long micros = far ? 0 : instant.getEpochSecond() * MICROS + instant.getNano() / 1000;
        return inRange(far ? Long.MAX_VALUE : micros, text);
      } catch (DateTimeException e) {
        return null;
      }
    }
  }

  /** {@code 2026-10-01}. */
  static final class Date extends ComponentReader.OfObject<LocalDate> {
    @Override
    String refusal() {
      return "is no date such as 2026-10-01";
    }

    @Override
    @Nullable LocalDate value(Text text) {
      long day =
          text.end - text.start == 10 ? IsoTime.epochDay(text.chars, text.start) : Long.MIN_VALUE;
      return day == Long.MIN_VALUE ? null : LocalDate.ofEpochDay(day);
    }
  }
}
