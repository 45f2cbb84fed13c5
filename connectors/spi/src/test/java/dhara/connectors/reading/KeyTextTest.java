package dhara.connectors.reading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "VIEW | VIEW",
        "'' | ''",
        "\"VIEW\" | VIEW",
        "{\"kind\":\"VIEW\"} | VIEW",
        "{\"number\":17} | 17",
        "{\"a\":\"1\",\"b\":\"2\"} | {\"a\":\"1\",\"b\":\"2\"}",
        "{\"a\":{\"b\":1}} | {\"a\":{\"b\":1}}",
        "{} | {}",
        "{VIEW} | {VIEW}",
        "\"VIEW | \"VIEW",
        "\"VIEW\" \"LIKE\" | \"VIEW\" \"LIKE\""
      })
  void isTheTextThatAKeySays(String key, String text) {
    assertThat(KeyText.of(key.getBytes(UTF_8)), is(text));
  }
}
