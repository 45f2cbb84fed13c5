package dhara.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Records with components of every type, and how the tests parse them. */
public final class Formats {

  public enum Color {
    RED,
    DARK_GREEN
  }

  public record Place(String city, @Nullable Integer floor) {}

  /** Every type that is read and written, required. */
  public record Required(
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
  public record Missing(
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
  public record Blob(byte[] content) {}

  public record At(Instant at) {}

  public record Amount(long minor) {}

  private Formats() {}

  public static <T> T parse(EventParser<T> parser, String event) throws BadEvent {
    byte[] bytes = event.getBytes(UTF_8);
    return parser.parse(bytes, 0, bytes.length);
  }

  public static BadEvent bad(EventParser<?> parser, String event) {
    return assertThrows(BadEvent.class, () -> parse(parser, event), event);
  }

  public static <T extends Record> EventParser<T> json(Class<T> type, String... mapping) {
    return JsonFormat.of(type, Mapping.of(List.of(mapping))).parser();
  }
}
