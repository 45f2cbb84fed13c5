package dhara.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.pipelines.commerce.OrderLine;
import dhara.pipelines.markets.Trade;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Impossible values are refused when an event is created, so no sum can overflow. */
class EventsTest {

  private static final Instant AT = Instant.parse("2026-01-05T09:00:00Z");

  private static OrderLine line(long quantity, long unitMinor) {
    return new OrderLine("i", AT, "o", "p", null, null, null, null, quantity, unitMinor);
  }

  private static Trade trade(long priceE4, long size) {
    return new Trade("i", AT, "s", priceE4, size, null, false);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 5, quantity is 0",
    "1, -1, unitMinor is negative",
    "1000000001, 0, quantity is beyond",
    "-9223372036854775808, 0, quantity is beyond",
    "2, 500000000001, value is beyond",
    "-1000000000, 1001, value is beyond",
    "1, 9223372036854775807, value is beyond",
  })
  void linesThatCannotBeAreRefused(long quantity, long unitMinor, String said) {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> line(quantity, unitMinor)).getMessage(),
        containsString(said));
  }

  @Test
  void theLargestLineAndItsCancellationHaveTheirValue() {
    assertThat(line(1_000_000_000, 1_000).valueMinor(), is(1_000_000_000_000L));
    assertThat(line(-1_000_000_000, 1_000).valueMinor(), is(-1_000_000_000_000L));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, priceE4 is not above zero",
    "-5, 1, priceE4 is not above zero",
    "1, 0, size is not above zero",
    "1, 1000000000001, size is beyond",
    "1001, 1000000000000, value is beyond",
    "9223372036854775807, 2, value is beyond",
  })
  void tradesThatCannotBeAreRefused(long priceE4, long size, String said) {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> trade(priceE4, size)).getMessage(),
        containsString(said));
  }
}
