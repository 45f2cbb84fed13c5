package dhara.connectors.files.text;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BeginningTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          a,b;c,d         ~ 0 ~ ','
          a;b,c;d         ~ 0 ~ ';'
          a|b|c           ~ 0 ~ '|'
          a               ~ 0 ~ ','
          a,b;c           ~ 0 ~ ','
          ^a;b;c;d^,e     ~ 0 ~ ','
          1,5;2;3         ~ 3 ~ ';'
          1,5;2;3         ~ 0 ~ ';'
          1,5;2,5         ~ 2 ~ ';'
          """)
  void theDelimiterIsTheOneThatCutsTheFirstLineIntoAsManyCellsAsItShould(
      String line, int columns, char delimiter) throws IOException {
    String quoted = line.replace('^', '"');

    assertThat(beginning(quoted + "\r\n;;;;;;;\n").delimiter(columns), is(delimiter));
    assertThat("tabs", beginning("a;b,c\tx\ty").delimiter(0), is('\t'));
  }

  @Test
  void documentsTakeMoreThanALineOrAreElements() throws IOException {
    assertThat(beginning("{\"a\":1}\n{\"a\":2}\n").documents(), is(false));
    assertThat(beginning("\n {\"a\":1}\n").documents(), is(false));
    assertThat(beginning("{\"a\":1}").documents(), is(false));
    assertThat(beginning("{\"a\":\n1}").documents(), is(true));
    assertThat(beginning("\uFEFF\n[ {\"a\":1}]").documents(), is(true));
    assertThat(beginning("[]").documents(), is(true));
    assertThat(beginning("[1,2]\n[3,4]\n").documents(), is(false));
    assertThat("a line that breaks off", beginning("{\"a\":\n{\"a\":1}\n").documents(), is(false));
    assertThat("and another", beginning("{\"a\n{\"a\":1}\n").documents(), is(false));
    assertThat("no JSON", beginning("a,b\n{\n}\n").documents(), is(false));
    assertThat(
        "longer than is looked at",
        beginning("{\n\"a\":[" + "1,".repeat(100_000) + "1]}").documents(),
        is(true));
    assertThat(
        "a long line", beginning("{\"a\":[" + "1,".repeat(100_000) + "1]}").documents(), is(false));
  }

  private static Beginning beginning(String text) throws IOException {
    return Beginning.of(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }
}
