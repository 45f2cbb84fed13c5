package dhara.serving.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SendFormatTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "      |                                               | JSON",
        "      | */*                                           | JSON",
        "      | application/json                              | JSON",
        "      | text/html,application/xhtml+xml,*/*;q=0.8     | JSON",
        "      | text/csv                                      | CSV",
        "      | TEXT/CSV; charset=utf-8                       | CSV",
        "      | application/vnd.apache.arrow.stream           | ARROW",
        "      | application/vnd.apache.arrow.stream, text/csv | ARROW",
        "arrow | application/json                              | ARROW",
        "csv   |                                               | CSV",
      })
  void theParameterCountsBeforeTheHeader(String parameter, String accept, SendFormat format) {
    assertThat(SendFormat.of(parameter, accept), is(format));
  }

  @Test
  void otherFormatsAreRefused() {
    assertThat(assertThrows(Refusal.class, () -> SendFormat.of("xml", null)).status(), is(400));
    assertThat(
        assertThrows(Refusal.class, () -> SendFormat.of(null, "text/xml")).status(), is(406));
  }
}
