package dhara.serving.push;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;

import dhara.serving.shop.FailingViews;
import dhara.serving.shop.ServedShop;
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
          Thread.onSpinWait(); // until the next status
        }
        assertThat(hub.failure().orElseThrow(), containsString("the heap is full"));

        failing.mend();
        while (hub.failure().isPresent()) {
          Thread.onSpinWait();
        }
        long before = hub.newest();
        shop.sell("books", 0, 100);
        while (hub.newest() == before) {
          Thread.onSpinWait();
        }
      }
    }
  }
}
