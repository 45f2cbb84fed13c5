package dhara.benchmarks.playback;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/**
 * The input of all contestants: JSON lines of 256 bytes, each computed from its index alone. So
 * every JVM reads the same bytes without a file, broker or disk, a hundred million lines need no
 * space, and a source can start anywhere. The cost of making a line is in all figures.
 *
 * <p>Event time advances by {@link Shape#eventsPerSecond}, and each line is up to 10 s behind it,
 * so no line is late for a watermark 10 s behind the latest line. One instance belongs to one
 * thread.
 */
public final class PlaybackLines {

  /** No line is this late, in milliseconds, behind the latest line before it. */
  public static final long DISORDER_MILLIS = 10_000;

  /** The event time that lines begin with: 2026-01-05T00:00:00Z. */
  static final long BEGIN_MILLIS = 1_767_571_200_000L;

  private static final long DAY_MILLIS = 86_400_000;
  private static final String[] COUNTRIES = {
    "IN", "US", "BR", "ID", "DE", "GB", "FR", "JP", "MX", "ZA", "NG", "ES"
  };
  private static final String[] DEVICES = {
    "iphone", "tablet", "laptop", "chrome", "safari", "roku4k", "fireos", "webos6"
  };

  /**
   * What the lines are like.
   *
   * @param seed of all that is random in them
   * @param titles how many titles there are, each as likely as another
   * @param users how many users, each as likely
   * @param eventsPerSecond of event time
   * @param copied one line in so many is a copy of one of the two seconds before, and a line's
   *     session is its own; 0 where none is
   */
  public record Shape(long seed, long titles, long users, long eventsPerSecond, long copied)
      implements Serializable {

    /** Lines of which none is made to come twice. */
    public Shape(long seed, long titles, long users, long eventsPerSecond) {
      this(seed, titles, users, eventsPerSecond, 0);
    }
  }

  private static final String TEMPLATE =
      "{\"event\":\"playback\",\"user\":\"u000000000\",\"session\":\"s-0000000000\","
          + "\"title\":\"t00000000\",\"country\":\"XX\",\"device\":\"xxxxxx\",\"player\":\"4.17.0\","
          + "\"cdn\":\"edge-bom-3\",\"bitrate_kbps\":0000,\"stalls\":0,\"error\":false,"
          + "\"at\":\"2026-01-05T00:00:00.000Z\",\"app\":\"tv1\",\"os\":\"11.2\"}";

  private static final int USER = TEMPLATE.indexOf("\"u0") + 2;
  private static final int SESSION = TEMPLATE.indexOf("s-0") + 2;
  private static final int TITLE = TEMPLATE.indexOf("\"t0") + 2;
  private static final int COUNTRY = TEMPLATE.indexOf("XX");
  private static final int DEVICE = TEMPLATE.indexOf("xxxxxx");
  private static final int BITRATE = TEMPLATE.indexOf(":0000,") + 1;
  private static final int STALLS = TEMPLATE.indexOf("stalls\":") + 8;
  private static final int ERROR = TEMPLATE.indexOf("false");
  private static final int AT = TEMPLATE.indexOf("2026-");

  private static final byte[] TRUE = " true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

  private static final byte[][] COUNTRY_BYTES = bytes(COUNTRIES);
  private static final byte[][] DEVICE_BYTES = bytes(DEVICES);

  private final Shape shape;
  private final byte[] line = TEMPLATE.getBytes(StandardCharsets.US_ASCII);
  private long day = Long.MIN_VALUE;

  /** Lines of a shape. */
  public PlaybackLines(Shape shape) {
    this.shape = shape;
  }

  private static byte[][] bytes(String[] texts) {
    byte[][] all = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      all[i] = texts[i].getBytes(StandardCharsets.US_ASCII);
    }
    return all;
  }

  /** How many bytes a line has. */
  public static int length() {
    return TEMPLATE.length();
  }

  /** Event time of a line, epoch milliseconds; what its text says. */
  public long at(long index) {
    long original = original(index);
    return at(original, random(original));
  }

  /** The line that a line is a copy of; itself, where it is none, or would come late. */
  long original(long index) {
    if (shape.copied == 0 || bounded(mix(random(index) + 4), shape.copied) != 0) {
      return index;
    }
    long before = 1 + bounded(mix(random(index) + 5), 2 * shape.eventsPerSecond);
    long original = Math.max(0, index - before);
    long latest = BEGIN_MILLIS + DISORDER_MILLIS + index * 1000 / shape.eventsPerSecond;
    return at(original, random(original)) > latest - DISORDER_MILLIS ? original : index;
  }

  private long at(long index, long random) {
    return BEGIN_MILLIS
        + DISORDER_MILLIS
        + index * 1000 / shape.eventsPerSecond
        - bounded(mix(random + 3), DISORDER_MILLIS);
  }

  /** The line of an index: {@link #length} bytes, which stay until the next call. */
  public byte[] line(long index) {
    return shape.copied == 0 ? made(index) : numbered(original(index));
  }

  private byte[] numbered(long index) {
    var unused = made(index);
    digits(SESSION, 10, index);
    return line;
  }

  private byte[] made(long index) {
    long random = random(index);
    digits(USER, 9, bounded(random, shape.users));
    long second = mix(random + 1);
    digits(TITLE, 8, bounded(second, shape.titles));
    long third = mix(random + 2);
    digits(SESSION, 10, third >>> 32);
    System.arraycopy(COUNTRY_BYTES[(int) (third & 0xFF) % COUNTRIES.length], 0, line, COUNTRY, 2);
    System.arraycopy(DEVICE_BYTES[(int) (third >>> 8) & 7], 0, line, DEVICE, 6);
    digits(BITRATE, 4, 1000 + ((third >>> 11) & 0x1FFF));
    line[STALLS] = (byte) ('0' + (third >>> 24 & 7));
    System.arraycopy((third >>> 27 & 31) == 0 ? TRUE : FALSE, 0, line, ERROR, 5);
    time(at(index, random));
    return line;
  }

  /**
   * The same line with another event time.
   *
   * @param atMillis epoch milliseconds
   */
  public byte[] line(long index, long atMillis) {
    var unused = line(index);
    time(atMillis);
    return line;
  }

  private void time(long at) {
    long newDay = Math.floorDiv(at, DAY_MILLIS);
    if (newDay != day) {
      byte[] date = LocalDate.ofEpochDay(newDay).toString().getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(date, 0, line, AT, date.length);
      day = newDay;
    }
    int ofDay = (int) (at - newDay * DAY_MILLIS);
    digits(AT + 11, 2, ofDay / 3_600_000);
    digits(AT + 14, 2, ofDay / 60_000 % 60);
    digits(AT + 17, 2, ofDay / 1000 % 60);
    digits(AT + 20, 3, ofDay % 1000);
  }

  private void digits(int from, int width, long number) {
    long rest = number;
    for (int i = from + width - 1; i >= from; i--) {
      line[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  private long random(long index) {
    return mix(shape.seed + index * 0x9E3779B97F4A7C15L);
  }

  /** The finalizer of SplitMix64. */
  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }

  private static long bounded(long random, long bound) {
    return ((random >>> 32) * bound) >>> 32;
  }

  /**
   * Reads the time of a line as a program by hand would: {@code 2026-01-05T12:34:56.789Z}, and
   * nothing else.
   *
   * @return epoch milliseconds
   */
  public static long millis(char[] text, int from) {
    int year = two(text, from) * 100 + two(text, from + 2);
    int month = two(text, from + 5);
    int early = month > 2 ? 0 : 1;
    int y = year - early;
    int days = (153 * (month + 12 * early - 3) + 2) / 5 + two(text, from + 8) - 1;
    long day = 365L * y + y / 4 - y / 100 + y / 400 + days - 719_468;
    long second =
        ((day * 24 + two(text, from + 11)) * 60 + two(text, from + 14)) * 60 + two(text, from + 17);
    return second * 1000 + (text[from + 20] - '0') * 100L + two(text, from + 21);
  }

  private static int two(char[] text, int i) {
    return (text[i] - '0') * 10 + text[i + 1] - '0';
  }
}
