package dhara.serving.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RequestRateTest {

  private final AtomicLong clock = new AtomicLong();

  @Test
  void anAddressMayMakeABurstOfOneSecondAndThenGoOnAtTheRate() {
    RequestRate rate = new RequestRate(10, clock::get);

    assertThat(admitted(rate, "a", 15), is(10));
    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(250));
    assertThat(admitted(rate, "a", 15), is(2));
    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(50));
    assertThat("half a token was left over", admitted(rate, "a", 15), is(1));
  }

  @Test
  void oneAddressTakesNothingFromAnother() {
    RequestRate rate = new RequestRate(3, clock::get);

    assertThat(admitted(rate, "a", 9), is(3));
    assertThat(admitted(rate, "b", 9), is(3));
  }

  @Test
  void refusedRequestsDoNotPutOffTheNextOne() {
    RequestRate rate = new RequestRate(1, clock::get);
    assertThat(admitted(rate, "a", 100), is(1));

    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));

    assertThat(admitted(rate, "a", 1), is(1));
  }

  @Test
  void aRateBelowOneStillAdmitsARequest() {
    RequestRate rate = new RequestRate(0.5, clock::get);

    assertThat(admitted(rate, "a", 2), is(1));
    clock.addAndGet(TimeUnit.SECONDS.toNanos(2));
    assertThat(admitted(rate, "a", 2), is(1));
  }

  @Test
  void addressesThatAreQuietAreForgotten() {
    RequestRate rate = new RequestRate(10, clock::get);
    for (int i = 0; i < 20_000; i++) {
      clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
      rate.admits("address " + i);
    }

    assertThat(rate.addresses(), is(lessThan(5_000)));
  }

  @Test
  void zeroIsNoLimit() {
    RequestRate rate = new RequestRate(0, clock::get);

    assertThat(admitted(rate, "a", 10_000), is(10_000));
    assertThat(rate.addresses(), is(0));
  }

  private static int admitted(RequestRate rate, String address, int requests) {
    int admitted = 0;
    for (int i = 0; i < requests; i++) {
      admitted += rate.admits(address) ? 1 : 0;
    }
    return admitted;
  }
}
