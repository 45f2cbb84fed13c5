package dhara.records;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A record of every type of component, and random ones of it. */
record Everything(
    int anInt,
    long aLong,
    short aShort,
    byte aByte,
    double aDouble,
    float aFloat,
    boolean aBoolean,
    char aChar,
    Integer anInteger,
    Long aBoxedLong,
    Short aBoxedShort,
    Byte aBoxedByte,
    Double aBoxedDouble,
    Float aBoxedFloat,
    Boolean aBoxedBoolean,
    Character aCharacter,
    String text,
    Kind kind,
    Instant at,
    LocalDate day,
    Duration length,
    BigDecimal amount,
    Part part,
    List<String> texts,
    List<Part> parts,
    List<@Nullable Long> gaps,
    Map<String, Long> counts,
    Map<Kind, List<Part>> byKind,
    Optional<Part> maybePart,
    @Nullable String note,
    @Nullable Instant until,
    @Nullable Part lastPart,
    @Nullable Integer maybeNumber,
    Optional<String> maybeText) {

  /** Has a constant with a body, whose class is not the enum's. */
  enum Kind {
    SMALL,
    MIDDLING {
      @Override
      boolean odd() {
        return true;
      }
    },
    LARGE;

    boolean odd() {
      return false;
    }
  }

  record Part(String name, int number, @Nullable BigDecimal weight) {}

  static Everything random(Random random) {
    return new Everything(
        anInt(random),
        aLong(random),
        (short) random.nextInt(),
        (byte) random.nextInt(),
        aDouble(random),
        (float) aDouble(random),
        random.nextBoolean(),
        (char) random.nextInt(0xD800),
        anInt(random),
        aLong(random),
        (short) random.nextInt(),
        (byte) random.nextInt(),
        aDouble(random),
        (float) aDouble(random),
        random.nextBoolean(),
        (char) random.nextInt(0xD800),
        text(random),
        kind(random),
        instant(random),
        LocalDate.ofEpochDay(random.nextInt(100_000) - 50_000),
        Duration.ofSeconds(random.nextInt(), random.nextInt(1_000_000_000)),
        decimal(random),
        part(random),
        list(random, () -> text(random)),
        list(random, () -> part(random)),
        list(random, () -> random.nextBoolean() ? null : aLong(random)),
        map(random, () -> text(random), () -> aLong(random)),
        map(random, () -> kind(random), () -> list(random, () -> part(random))),
        random.nextBoolean() ? Optional.empty() : Optional.of(part(random)),
        random.nextBoolean() ? null : text(random),
        random.nextBoolean() ? null : instant(random),
        random.nextBoolean() ? null : part(random),
        random.nextBoolean() ? null : anInt(random),
        random.nextBoolean() ? Optional.empty() : Optional.of(text(random)));
  }

  private static int anInt(Random random) {
    return random.nextInt() >> random.nextInt(32);
  }

  private static long aLong(Random random) {
    return random.nextLong() >> random.nextInt(64);
  }

  private static double aDouble(Random random) {
    double[] special = {0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE};
    return random.nextInt(4) == 0
        ? special[random.nextInt(special.length)]
        : random.nextGaussian() * 1e6;
  }

  /** Of one to four bytes per character in UTF-8; sometimes long. */
  private static String text(Random random) {
    int length = random.nextInt(10) == 0 ? random.nextInt(400) : random.nextInt(12);
    int[] starts = {'a', 0xE0, 0x905, 0x1F600};
    int start = starts[random.nextInt(starts.length)];
    return random
        .ints(length, start, start + 20)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static Kind kind(Random random) {
    return Kind.values()[random.nextInt(3)];
  }

  /** To the microsecond, as rows have them. */
  private static Instant instant(Random random) {
    return Instant.ofEpochSecond(random.nextInt() * 4L, random.nextInt(1_000_000_000))
        .truncatedTo(ChronoUnit.MICROS);
  }

  private static BigDecimal decimal(Random random) {
    return new BigDecimal(new BigInteger(random.nextInt(100), random), random.nextInt(40) - 20);
  }

  private static Part part(Random random) {
    return new Part(text(random), anInt(random), random.nextBoolean() ? null : decimal(random));
  }

  private static <E> List<E> list(Random random, Supplier<E> element) {
    List<E> list = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      list.add(element.get());
    }
    return list;
  }

  private static <K, V> Map<K, V> map(Random random, Supplier<K> key, Supplier<V> value) {
    Map<K, V> map = new HashMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      map.put(key.get(), value.get());
    }
    return map;
  }
}
