package dhara.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes hostile bytes: good ones, broken, and JSON from a grammar that is not quite JSON's. */
public final class Hostile {

  /** Bytes that mean something to a parser. */
  private static final byte[] TELLING = {
    '"',
    '\'',
    '\\',
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    ',',
    ':',
    ';',
    '=',
    '&',
    '*',
    '%',
    '0',
    '9',
    '-',
    '.',
    'e',
    'n',
    't',
    'u',
    ' ',
    '\t',
    '\n',
    '\r',
    0,
    1,
    0x7F,
    (byte) 0x80,
    (byte) 0xC3,
    (byte) 0xED,
    (byte) 0xEF,
    (byte) 0xF4,
    (byte) 0xFE,
    (byte) 0xFF
  };

  private static final List<byte[]> PIECES =
      List.of(
          bytes("\r\n"),
          bytes("\\ud800"),
          bytes("\\u0000"),
          bytes("\"\""),
          bytes("null"),
          bytes("1e999999999"),
          bytes("../../"),
          bytes("\uFEFF"),
          bytes("😀"),
          new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, // half of a surrogate pair
          new byte[] {(byte) 0xC0, (byte) 0x80}, // zero, overlong
          new byte[] {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80}, // beyond Unicode
          new byte[] {
            (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07
          }, // 2^31 - 1, a varint
          new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F}, // -1
          new byte[] {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0x01}, // 2^28
          new byte[] {
            (byte) 0xFF,
            (byte) 0xFF,
            (byte) 0xFF,
            (byte) 0xFF,
            (byte) 0xFF,
            (byte) 0xFF,
            (byte) 0xFF,
            (byte) 0xFF,
            (byte) 0xFF,
            0x01
          }, // 2^64 - 1
          new byte[8]);

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0",
          "1",
          "-1",
          "00",
          "1.",
          ".5",
          "+1",
          "--1",
          "1e",
          "1e+",
          "1e5x",
          "0x1F",
          "1_0",
          "NaN",
          "-Infinity",
          "1e400",
          "-1e400",
          "1e-400",
          "0e999999999",
          "1e999999999",
          "-1E+2147483648",
          "1e-999999999",
          "1e99999999999999999999",
          "1e00000000000000000000001",
          "2147483647",
          "-2147483649",
          "9007199254740993",
          "9223372036854775807",
          "-9223372036854775808",
          "9223372036854775808",
          "1e18",
          "1e19",
          "123456789012345678901234567890",
          "0.000000000000000000000000000001",
          "1.7976931348623159e308",
          "4.9e-324");

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "\\u0000",
          "\\ud800",
          "\\udc00\\ud800",
          "\\ud83d\\ude00",
          "\\x",
          "\\u12",
          "\\",
          "\t",
          "\u2028",
          "\u202e",
          "😀",
          "ﷺ",
          "null",
          "true",
          "1",
          "1e999999999",
          "{\\\"a\\\":1}",
          "[[[[",
          "${jndi:ldap://x/a}",
          "'; drop table events; --",
          "=cmd|' /C calc'!A0",
          "../../../etc/passwd",
          "%s%n%d",
          "-999999999-01-01T00:00:00Z",
          "+999999999-12-31T23:59:59.999999999Z",
          "+1000000000-01-01T00:00:00Z",
          "9999-12-31T23:59:59.999999999-18:00",
          "0000-00-00T00:00:00Z",
          "0000-01-01T00:00:00+18:00",
          "2026-02-30T00:00:00Z",
          "2026-01-05T24:00:00Z",
          "2026-01-05T09:00:60Z",
          "2026-01-05T09:00:00+18:01",
          "2026-01-05T09:00:00.0000000000000000001Z",
          "1767603600000",
          "AA==",
          "====");

  private static final int LARGE = 1_000_000;

  private Hostile() {}

  /** The UTF-8 bytes of a text. */
  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** One of them. */
  public static <T> T one(List<T> of, SplittableRandom random) {
    return of.get(random.nextInt(of.size()));
  }

  /**
   * Good bytes with one to eight changes: replaced, removed, inserted, repeated and cut off. Some
   * are repeated often, so that a few inputs are large.
   */
  public static byte[] broken(byte[] good, SplittableRandom random) {
    byte[] bytes = good.clone();
    for (int changes = 1 + random.nextInt(1 << random.nextInt(4)); changes > 0; changes--) {
      int at = random.nextInt(bytes.length + 1);
      int to = Math.min(bytes.length, at + 1 + random.nextInt(8));
      switch (random.nextInt(8)) {
        case 0, 1 -> bytes = spliced(bytes, at, to, new byte[] {telling(random)});
        case 2 -> bytes = spliced(bytes, at, to, noise(1 + random.nextInt(8), random));
        case 3 -> bytes = spliced(bytes, at, to, new byte[0]);
        case 4 -> bytes = spliced(bytes, at, at, one(PIECES, random));
        case 5 -> bytes = spliced(bytes, at, to, one(PIECES, random));
        case 6 ->
            bytes = spliced(bytes, at, at, repeated(Arrays.copyOfRange(bytes, at, to), random));
        default -> bytes = random.nextInt(6) > 0 ? bytes : Arrays.copyOf(bytes, at);
      }
    }
    return bytes;
  }

  /** Random bytes. */
  public static byte[] noise(int length, SplittableRandom random) {
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    return noise;
  }

  private static byte telling(SplittableRandom random) {
    return TELLING[random.nextInt(TELLING.length)];
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] into) {
    byte[] spliced = new byte[bytes.length - (to - from) + into.length];
    System.arraycopy(bytes, 0, spliced, 0, from);
    System.arraycopy(into, 0, spliced, from, into.length);
    System.arraycopy(bytes, to, spliced, from + into.length, bytes.length - to);
    return spliced;
  }

  private static byte[] repeated(byte[] bytes, SplittableRandom random) {
    int times = times(random);
    byte[] repeated = new byte[bytes.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(bytes, 0, repeated, i * bytes.length, bytes.length);
    }
    return repeated;
  }

  /** How often something is repeated: mostly a few times, once in a thousand 100,000 times. */
  public static int times(SplittableRandom random) {
    int kind = random.nextInt(1_000);
    return 1 + random.nextInt(kind == 0 ? 100_000 : kind < 30 ? 1_000 : 20);
  }

  /** A number, or nearly one: at the limits of types, with a huge exponent, or of many digits. */
  public static String number(SplittableRandom random) {
    return switch (random.nextInt(12)) {
      case 0 -> "9".repeat(times(random));
      case 1 -> "0." + "0".repeat(times(random)) + "1";
      case 2 -> "1" + "0".repeat(times(random)) + "e-" + times(random);
      case 3 -> "-" + random.nextLong() + "." + "5".repeat(times(random));
      case 4 -> String.valueOf(random.nextLong() >> random.nextInt(64));
      case 5 -> String.valueOf(Double.longBitsToDouble(random.nextLong()));
      default -> one(NUMBERS, random);
    };
  }

  /** The characters of a text within quotes: with bad escapes, halves of pairs, or very long. */
  public static String text(SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> repeated(one(TEXTS, random), random);
      case 1 -> one(TEXTS, random) + one(TEXTS, random);
      case 2 -> number(random);
      default -> one(TEXTS, random);
    };
  }

  /** A value of JSON, or nearly one. */
  public static String value(SplittableRandom random) {
    return value(random, 3);
  }

  private static String value(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth > 0 ? 11 : 6)) {
      case 0, 1 -> number(random);
      case 2, 3 -> '"' + text(random) + '"';
      case 4 -> one(List.of("null", "true", "false", "[]", "{}", "nul", "True", ""), random);
      case 5 -> '"' + number(random) + '"';
      case 6 -> nested("[", "]", random);
      case 7 -> nested("{\"a\":", "}", random);
      case 8 -> "[" + value(random, depth - 1) + "," + value(random, depth - 1) + "]";
      case 9 -> "[" + repeated(value(random, 0) + ",", random) + "0]";
      default ->
          "{\"%s\":%s,\"city\":%s}"
              .formatted(text(random), value(random, depth - 1), value(random, 0));
    };
  }

  /** Repeated often, but not beyond a million characters. */
  private static String repeated(String text, SplittableRandom random) {
    return text.repeat(Math.min(times(random), 1 + LARGE / Math.max(1, text.length())));
  }

  private static String nested(String open, String close, SplittableRandom random) {
    int times = times(random);
    return open.repeat(times) + "0" + (random.nextInt(4) > 0 ? close.repeat(times) : "");
  }

  /**
   * An object of JSON with given fields: most as they are, others with a hostile value, left out,
   * twice, with a hostile name, or in a different order.
   *
   * @param fields names and values, as {@code "name":value} in JSON
   */
  public static String object(List<String> fields, SplittableRandom random) {
    StringBuilder object = new StringBuilder("{");
    int hostile = random.nextInt(3);
    int rotated = random.nextInt(4) == 0 ? random.nextInt(fields.size()) : 0;
    for (int i = 0; i < fields.size(); i++) {
      String field = fields.get((i + rotated) % fields.size());
      object.append(i == 0 ? "" : ",");
      if (random.nextInt(fields.size()) >= hostile) {
        object.append(field);
        continue;
      }
      String name = field.substring(0, field.indexOf(':', field.indexOf('"', 1)) + 1);
      switch (random.nextInt(6)) {
        case 0 -> object.append(field).append(',').append(name).append(value(random));
        case 1 -> object.append('"').append(text(random)).append("\":").append(value(random));
        case 2 -> object.append(name).append(one(fields, random).replaceFirst("^[^:]*:", ""));
        default -> object.append(name).append(value(random));
      }
    }
    return object.append('}').toString();
  }
}
