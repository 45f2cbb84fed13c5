package dhara.options;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

  private static final List<String> KNOWN = List.of("candles", "order-metrics", "list", "help");

  @Test
  void aSlipFindsItsWord() {
    assertThat(Nearest.to("candels", KNOWN), contains("candles"));
    assertThat(Nearest.to("Order_Metrics", KNOWN), contains("order-metrics"));
  }

  @Test
  void theBeginningOfAWordFindsIt() {
    assertThat(Nearest.to("order", KNOWN), contains("order-metrics"));
  }

  @Test
  void whatIsNearNothingFindsNothing() {
    assertThat(Nearest.to("watermelon", KNOWN), is(empty()));
  }

  @Test
  void aSwapOfNeighboursIsOneEdit() {
    assertThat(Nearest.distance("windwo", "window"), is(1));
  }
}
