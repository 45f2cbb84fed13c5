package dhara.connectors.files.text;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CsvRowsTest {

  private static final int LONGEST = 40;

  /** A row as it was given. */
  private record Row(long start, long line, String text) {}

  @Test
  void aCellInQuotesHoldsLineBreaks() throws IOException {
    assertThat(
        rows("a,b\r\n1,\"x\ny\"\n\"2\r\n3\",z\r\n4,5"),
        contains(
            new Row(0, 1, "a,b"),
            new Row(5, 2, "1,\"x\ny\""),
            new Row(13, 4, "\"2\r\n3\",z"),
            new Row(23, 6, "4,5")));
  }

  @Test
  void quotesInQuotesAreDoubledAndQuotesWithinACellAreQuotes() throws IOException {
    assertThat(
        rows("\"a\"\"\n\"\"b\",1\n5\" pipe,2\n"),
        contains(new Row(0, 1, "\"a\"\"\n\"\"b\",1"), new Row(12, 3, "5\" pipe,2")));
  }

  @Test
  void aQuoteThatNothingClosesCostsOneLine() throws IOException {
    assertThat(
        "at the end",
        rows("1,\"open\n2,b\n3,c\n"),
        contains(new Row(0, 1, "1,\"open"), new Row(8, 2, "2,b"), new Row(12, 3, "3,c")));
    assertThat(
        "before another quote",
        rows("1,\"open\n2,b\n\"3\",c\n"),
        contains(new Row(0, 1, "1,\"open"), new Row(8, 2, "2,b"), new Row(12, 3, "\"3\",c")));
    assertThat(
        "before more bytes than a row has",
        rows("1,\"open\n" + "2,b\n".repeat(15) + "3,\"c\"\n").subList(0, 3),
        contains(new Row(0, 1, "1,\"open"), new Row(8, 2, "2,b"), new Row(12, 3, "2,b")));
    assertThat(
        "in a row of one line",
        rows("\"a\"b,c\n2,b\n"),
        contains(new Row(0, 1, "\"a\"b,c"), new Row(7, 2, "2,b")));
  }

  @Test
  void ofARowThatIsTooLongTheFirstBytesAreKept() throws IOException {
    String wide = "x".repeat(3 * LONGEST);

    assertThat(
        rows("1," + wide + "\n2,b\n\"" + wide + "\"\n3,c\n"),
        contains(
            new Row(0, 1, ("1," + wide).substring(0, LONGEST)),
            new Row(123, 2, "2,b"),
            new Row(127, 3, ("\"" + wide).substring(0, LONGEST)),
            new Row(250, 4, "3,c")));
  }

  @Test
  void rowsAreTheSameHoweverTheBytesCome() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    String[] parts = {"a", ",", "\"", "\n", "\r\n", "\"\"", "b\"", ",\"", "\","};
    for (int run = 0; run < 20_000; run++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(40); i > 0; i--) {
        text.append(parts[random.nextInt(parts.length)]);
      }

      assertThat(text.toString(), rows(text.toString(), 1), is(rows(text.toString())));
    }
  }

  @Test
  void aFileIsDividedWhereARowBeginsAndNotWithinACell() throws IOException {
    String file = "1,\"x\ny\nz\",2\n3,b,4\n5,c,6\n7,d,8\n9,e,0\n";
    byte[] window = file.substring(3).getBytes(StandardCharsets.UTF_8);

    assertThat(CsvRows.boundary(window, false, ',', 3), is(9));
    assertThat("no row fits", CsvRows.boundary(window, false, ',', 9), is(2));
    assertThat("nor to the end", CsvRows.boundary(window, true, ',', 9), is(window.length));
    assertThat("no line break", CsvRows.boundary(new byte[] {'a', ','}, false, ',', 3), is(-1));
  }

  private static List<Row> rows(String text) throws IOException {
    return rows(text, 1 << 10);
  }

  private static List<Row> rows(String text, int chunk) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    CsvRows rows = new CsvRows(new ByteArrayInputStream(bytes), 0, LONGEST, ',', chunk);
    List<Row> all = new ArrayList<>();
    while (rows.next()) {
      all.add(new Row(rows.start(), rows.line(), new String(rows.copy(), StandardCharsets.UTF_8)));
    }
    assertThat(rows.position(), is((long) bytes.length));
    return all;
  }
}
