package dhara.serving.push;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;

import dhara.serving.shop.FailingViews;
import dhara.serving.shop.ServedShop;
import dhara.testkit.Pause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ChangeHubTest {

  @Test
  @Timeout(1800)
  void thePushTellsOfAnErrorAndGoesOnAfterwards() throws Exception {
    try (ServedShop shop = ServedShop.open()) {
      FailingViews failing = new FailingViews(shop.store(), "status");
      try (ChangeHub hub = ChangeHub.start(failing.views())) {
        failing.fail();
        while (hub.failure().isEmpty()) {
          Pause.shortly(); // until the next status
        }
        assertThat(hub.failure().orElseThrow(), containsString("the heap is full"));

        failing.mend();
        while (hub.failure().isPresent()) {
          Pause.shortly();
        }
        long before = hub.newest();
        shop.sell("books", 0, 100);
        while (hub.newest() == before) {
          Pause.shortly();
        }
      }
    }
  }
}
