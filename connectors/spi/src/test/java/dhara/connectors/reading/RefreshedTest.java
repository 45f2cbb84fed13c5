package dhara.connectors.reading;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is looked up often keeps its connection while it is asked for, and no longer. */
class RefreshedTest {

  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofMinutes(10);

  /** What happens: opened, looked up, closed, each with a number. */
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();

  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger looked = new AtomicInteger();

  private Refreshed.LookUp<Integer> open() {
    int number = opened.incrementAndGet();
    log.add("open " + number);
    return new Refreshed.LookUp<>() {

      @Override
      public Integer now() {
        int value = looked.incrementAndGet();
        log.add("look " + value);
        if (value == 3) {
          throw new IllegalStateException("the third look-up fails");
        }
        return value;
      }

      @Override
      public void close() {
        log.add("close " + number);
      }
    };
  }

  private String next() throws InterruptedException {
    return log.poll(1, TimeUnit.MINUTES);
  }

  /** Asks until something happens. */
  private String next(Refreshed<Integer> refreshed) throws InterruptedException {
    String next = null;
    while (next == null) {
      Integer unused = refreshed.get();
      next = log.poll(1, TimeUnit.MILLISECONDS);
    }
    return next;
  }

  @Test
  void frequentLookUpsShareWhatTheyNeedUntilOneFails() throws InterruptedException {
    Refreshed<Integer> refreshed = new Refreshed<>("value", this::open, SHORT, LONG);

    assertThat(refreshed.get(), is(nullValue()));
    assertThat(next(refreshed), is("open 1"));
    assertThat(next(refreshed), is("look 1"));
    assertThat(next(refreshed), is("look 2"));
    assertThat(next(refreshed), is("look 3"));
    assertThat(next(refreshed), is("close 1"));
    assertThat(refreshed.get(), is(2));
    assertThat(next(refreshed), is("open 2"));
    assertThat(next(refreshed), is("look 4"));
    assertThat(next(refreshed), is("look 5"));
    assertThat(refreshed.get(), is(greaterThan(3)));
  }

  @Test
  void whatNobodyAsksForIsClosedAndNotLookedUp() throws InterruptedException {
    Refreshed<Integer> refreshed = new Refreshed<>("value", this::open, SHORT, SHORT);

    assertThat(refreshed.get(), is(nullValue()));

    assertThat(next(), is("open 1"));
    assertThat(next(), is("look 1"));
    assertThat(next(), is("close 1"));
    assertThat(refreshed.get(), is(1));
    assertThat(next(refreshed), is("open 2"));
  }

  @Test
  void rareLookUpsKeepNothing() throws InterruptedException {
    Refreshed<Integer> refreshed = new Refreshed<>("value", this::open, LONG, SHORT);

    assertThat(refreshed.get(), is(nullValue()));

    assertThat(next(), is("open 1"));
    assertThat(next(), is("look 1"));
    assertThat(next(), is("close 1"));
    assertThat(refreshed.get(), is(1));
    assertThat(log.poll(20, TimeUnit.MILLISECONDS), is(nullValue()));
  }
}
