package dhara.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Records with components of every type, and how the tests parse them. */
final class Formats {

  enum Color {
    RED,
    DARK_GREEN
  }

  record Place(String city, @Nullable Integer floor) {}

  /** Every type that is read and written, required. */
  record Required(
      String text,
      int count,
      long total,
      short small,
      byte tiny,
      double ratio,
      float rough,
      boolean ok,
      Color color,
      Instant at,
      LocalDate day,
      BigDecimal exact,
      Place place,
      List<String> tags,
      List<Place> places) {}

  /** Every type that may be missing. */
  record Missing(
      @Nullable String text,
      @Nullable Integer count,
      @Nullable Long total,
      @Nullable Short small,
      @Nullable Byte tiny,
      @Nullable Double ratio,
      @Nullable Float rough,
      @Nullable Boolean ok,
      @Nullable Color color,
      @Nullable Instant lastSeenAt,
      @Nullable LocalDate day,
      @Nullable BigDecimal exact,
      @Nullable Place place,
      @Nullable List<Long> numbers,
      Optional<String> maybeText,
      Optional<Integer> maybeCount) {}

  @SuppressWarnings("ArrayRecordComponent") // only its content is compared
  record Blob(byte[] content) {}

  record At(Instant at) {}

  record Amount(long minor) {}

  private Formats() {}

  static <T> T parse(EventParser<T> parser, String event) throws BadEvent {
    byte[] bytes = event.getBytes(UTF_8);
    return parser.parse(bytes, 0, bytes.length);
  }

  static BadEvent bad(EventParser<?> parser, String event) {
    return assertThrows(BadEvent.class, () -> parse(parser, event), event);
  }

  static <T extends Record> EventParser<T> json(Class<T> type, String... mapping) {
    return JsonFormat.of(type, Mapping.of(List.of(mapping))).parser();
  }
}
