package dhara.connectors.files.text;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8StreamTest {

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "windows-1252", "ISO-8859-1", "UTF-32"})
  void givesTheSameTextInUtf8(String encoding) throws IOException {
    Charset charset = Charset.forName(encoding);
    String text = "Grüße, 5 £\n".repeat(20_000);
    String all = encoding.startsWith("UTF") ? text + "₹ \uD83D\uDE00" : text;

    assertThat(decoded(all.getBytes(charset), charset), is(all));
  }

  @Test
  void whatIsNoTextOfTheEncodingBecomesAByteThatUtf8HasNot() throws IOException {
    byte[] halfOfAPair = {0, 'a', (byte) 0xD8, 0, 0, 'b', 0, '\n', 0};
    byte[] utf8 =
        new Utf8Stream(new ByteArrayInputStream(halfOfAPair), StandardCharsets.UTF_16BE)
            .readAllBytes();

    assertThat(utf8, is(new byte[] {'a', (byte) 0xFF, 'b', '\n', (byte) 0xFF}));
  }

  private static String decoded(byte[] bytes, Charset charset) throws IOException {
    return new String(
        new Utf8Stream(new ByteArrayInputStream(bytes), charset).readAllBytes(),
        StandardCharsets.UTF_8);
  }
}
