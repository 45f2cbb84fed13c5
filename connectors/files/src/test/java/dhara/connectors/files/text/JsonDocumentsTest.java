package dhara.connectors.files.text;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonDocumentsTest {

  private static final int LONGEST = 30;

  /** A document as it was given. */
  private record Document(long start, long line, String text) {}

  @Test
  void theElementsOfAnArrayAreDocuments() throws IOException {
    assertThat(
        documents("\uFEFF [\n  {\"a\": 1},\n  {\n    \"b\": [2, {}]\n  }, {} ]\n"),
        contains(
            new Document(8, 2, "{\"a\": 1}"),
            new Document(20, 3, "{\n    \"b\": [2, {}]\n  }"),
            new Document(44, 5, "{}")));
  }

  @Test
  void documentsFollowEachOtherAndSoDoArrays() throws IOException {
    assertThat(
        documents("{\"a\":1}{\"b\":2}\n{\n\"c\":3}\n[{}]\n[{}]"),
        contains(
            new Document(0, 1, "{\"a\":1}"),
            new Document(7, 1, "{\"b\":2}"),
            new Document(15, 2, "{\n\"c\":3}"),
            new Document(25, 4, "{}"),
            new Document(30, 5, "{}")));
  }

  @Test
  void bracesInTextsAreText() throws IOException {
    assertThat(
        documents("[{\"a\":\"}\\\"{]\"},{\"b\":\"\\\\\"}]"),
        contains(
            new Document(1, 1, "{\"a\":\"}\\\"{]\"}"), new Document(15, 1, "{\"b\":\"\\\\\"}")));
  }

  @Test
  void whatIsNoObjectEndsWithItsLineOrBeforeAComma() throws IOException {
    assertThat(
        documents("[1, \"a,b\", [2], x {\n, {}]\n}\nnull"),
        contains(
            new Document(1, 1, "1"),
            new Document(4, 1, "\"a,b\""),
            new Document(11, 1, "[2]"),
            new Document(16, 1, "x {"),
            new Document(22, 2, "{}"),
            new Document(26, 3, "}"),
            new Document(28, 4, "null")));
  }

  @Test
  void aTextThatNothingClosesEndsWithItsLine() throws IOException {
    assertThat(
        documents("[{\"a\": \"x},\n{\"b\": 1}}, {}]"),
        contains(new Document(1, 1, "{\"a\": \"x},\n{\"b\": 1}}"), new Document(23, 2, "{}")));
  }

  @Test
  void anArrayThatNothingClosesIsOneBrokenRecordMore() throws IOException {
    JsonDocuments documents = read("[{},\n", 1 << 10);

    assertThat(documents.next(), is(true));
    assertThat(documents.broken() == null, is(true));
    assertThat(documents.next(), is(true));
    assertThat(
        documents.broken(), is("is the end of an array that nothing closes: the file breaks off"));
    assertThat(documents.start(), is(5L));
    assertThat(documents.next(), is(false));
  }

  @Test
  void ofADocumentThatIsTooLongTheFirstBytesAreKept() throws IOException {
    String wide = "{\"a\":\"" + "x".repeat(100) + "\"}";

    assertThat(
        documents("[" + wide + ",{}]"),
        contains(new Document(1, 1, wide.substring(0, LONGEST)), new Document(110, 1, "{}")));
  }

  @Test
  void nothingHasNoDocuments() throws IOException {
    assertThat(documents(""), empty());
    assertThat(documents(" \n[ ]\n"), empty());
  }

  private static JsonDocuments read(String text, int chunk) {
    return new JsonDocuments(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 0, LONGEST, chunk);
  }

  private static List<Document> documents(String text) throws IOException {
    List<Document> whole = documents(text, 1 << 10);
    assertThat("byte by byte", documents(text, 1), is(whole));
    return whole;
  }

  private static List<Document> documents(String text, int chunk) throws IOException {
    JsonDocuments documents = read(text, chunk);
    List<Document> all = new ArrayList<>();
    while (documents.next()) {
      all.add(
          new Document(
              documents.start(),
              documents.line(),
              new String(documents.copy(), StandardCharsets.UTF_8)));
    }
    return all;
  }
}
