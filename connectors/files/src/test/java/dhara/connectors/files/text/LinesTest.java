package dhara.connectors.files.text;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LinesTest {

  private static final int LONGEST = 8;

  /** A line as it was given: where it starts, where the next does, its text, whether it was cut. */
  private record Line(long start, long next, String text, boolean cut) {}

  private static Line line(long start, long next, String text) {
    return new Line(start, next, text, false);
  }

  private static Line cut(long start, long next, String text) {
    return new Line(start, next, text, true);
  }

  @Test
  void nothingHasNoLines() throws IOException {
    assertThat(lines(""), empty());
  }

  @Test
  void theEndOfTheBytesEndsTheLastLine() throws IOException {
    assertThat(lines("ab\ncd"), contains(line(0, 3, "ab"), line(3, 5, "cd")));
    assertThat(lines("ab\ncd\n"), contains(line(0, 3, "ab"), line(3, 6, "cd")));
  }

  @Test
  void emptyLinesAreLines() throws IOException {
    assertThat(
        lines("\n\na\n\n"),
        contains(line(0, 1, ""), line(1, 2, ""), line(2, 4, "a"), line(4, 5, "")));
    assertThat(lines("\r\n\r\n"), contains(line(0, 2, ""), line(2, 4, "")));
  }

  @Test
  void aCarriageReturnIsDroppedAtTheEndOfALineOnly() throws IOException {
    assertThat(
        lines("a\rb\r\nc\r\r\nd\r"),
        contains(line(0, 5, "a\rb"), line(5, 9, "c\r"), line(9, 11, "d")));
  }

  @Test
  void aLineAsLongAsTheLimitIsWhole() throws IOException {
    assertThat(
        lines("12345678\n12345678\r\n12345678"),
        contains(line(0, 9, "12345678"), line(9, 19, "12345678"), line(19, 27, "12345678")));
  }

  @Test
  void ofALongerLineTheFirstBytesAreKept() throws IOException {
    assertThat(lines("123456789\nab"), contains(cut(0, 10, "12345678"), line(10, 12, "ab")));
    assertThat(lines("12345678\r\r\nab"), contains(cut(0, 11, "12345678"), line(11, 13, "ab")));
    assertThat(lines("123456789"), contains(cut(0, 9, "12345678")));
    assertThat(lines("12345678\r9\n\n"), contains(cut(0, 11, "12345678"), line(11, 12, "")));
  }

  @Test
  void aLineThatHasNoEndTakesNoMemory() throws IOException {
    long endless = 300_000_000;
    Lines lines = new Lines(new Repeated(endless), 7, 1 << 20);

    assertThat(lines.next(), is(true));
    assertThat(lines.cut(), is(true));
    assertThat(lines.length(), is(1 << 20));
    assertThat(lines.position(), is(7 + endless));
    assertThat(lines.bytes().length, is(lessThanOrEqualTo((1 << 20) + 2 * (1 << 16))));
    assertThat(lines.next(), is(false));
  }

  @Test
  void anyBytesAreCutAsANaiveSplitCutsThem() throws IOException {
    SplittableRandom random = new SplittableRandom(20260105);
    for (int run = 0; run < 20_000; run++) {
      int chunk = 1 + random.nextInt(12);
      int longest = 1 + random.nextInt(30);
      long position = random.nextInt(3) == 0 ? random.nextLong(1L << 40) : 0;
      byte[] bytes = bytes(random, chunk, longest);

      List<Line> given =
          read(
              new Lines(
                  new Trickle(bytes, random.split(), 1 + random.nextInt(9)),
                  position,
                  longest,
                  chunk),
              longest + 2 * chunk);

      assertThat(
          "run " + run + ": " + new String(bytes, StandardCharsets.ISO_8859_1),
          given,
          is(naive(bytes, position, longest)));
    }
  }

  /** Lines as long as the limit and the buffer's edges, give or take two, between random bytes. */
  private static byte[] bytes(SplittableRandom random, int chunk, int longest) {
    StringBuilder text = new StringBuilder();
    int lines = random.nextInt(8);
    for (int i = 0; i < lines; i++) {
      int about = new int[] {0, longest, chunk, 2 * chunk, longest + chunk, 100}[random.nextInt(6)];
      int length = Math.max(0, about - 2 + random.nextInt(5));
      for (int j = 0; j < length; j++) {
        text.append(random.nextInt(10) == 0 ? '\r' : (char) ('a' + random.nextInt(26)));
      }
      text.append(new String[] {"\n", "\n", "\r\n", "\r"}[random.nextInt(4)]);
    }
    if (!text.isEmpty() && random.nextBoolean()) {
      text.setLength(text.length() - 1);
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static List<Line> naive(byte[] bytes, long position, int longest) {
    List<Line> lines = new ArrayList<>();
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int from = 0;
    while (from < text.length()) {
      int feed = text.indexOf('\n', from);
      int end = feed < 0 ? text.length() : feed;
      int next = feed < 0 ? end : feed + 1;
      String line = text.substring(from, end);
      if (line.endsWith("\r")) {
        line = line.substring(0, line.length() - 1);
      }
      boolean cut = line.length() > longest;
      lines.add(
          new Line(position + from, position + next, cut ? line.substring(0, longest) : line, cut));
      from = next;
    }
    return lines;
  }

  private static List<Line> lines(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return read(new Lines(new ByteArrayInputStream(bytes), 0, LONGEST), Integer.MAX_VALUE);
  }

  private static List<Line> read(Lines lines, int mostMemory) throws IOException {
    List<Line> read = new ArrayList<>();
    while (lines.next()) {
      String text =
          new String(lines.bytes(), lines.offset(), lines.length(), StandardCharsets.ISO_8859_1);
      assertThat(new String(lines.copy(), StandardCharsets.ISO_8859_1), is(text));
      assertThat(lines.bytes().length, is(lessThanOrEqualTo(mostMemory)));
      read.add(new Line(lines.start(), lines.position(), text, lines.cut()));
    }
    assertThat("stays at its end", lines.next(), is(false));
    return read;
  }

  /** Gives a few bytes at a time, as sockets and decompressors do. */
  private static final class Trickle extends InputStream {

    private final InputStream bytes;
    private final SplittableRandom random;
    private final int most;

    Trickle(byte[] bytes, SplittableRandom random, int most) {
      this.bytes = new ByteArrayInputStream(bytes);
      this.random = random;
      this.most = most;
    }

    @Override
    public int read() throws IOException {
      return bytes.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      return bytes.read(into, offset, Math.min(length, 1 + random.nextInt(most)));
    }
  }

  /** One character over and over. */
  private static final class Repeated extends InputStream {

    private long left;

    Repeated(long count) {
      this.left = count;
    }

    @Override
    public int read() {
      return left-- > 0 ? 'x' : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      int given = (int) Math.min(left, length);
      left -= given;
      Arrays.fill(into, offset, offset + given, (byte) 'x');
      return given == 0 ? -1 : given;
    }
  }
}
