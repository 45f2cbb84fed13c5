package dhara.connectors.delivery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.events.DeadLetter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What may be sent now, decided with replies that the test gives. */
class CourierTest {

  private static final Duration LONG = Duration.ofHours(1);

  /** Rows whose replies are given later. */
  private static final class Held implements Carrier {

    private final List<CompletableFuture<Reply>> sent = new ArrayList<>();
    private int closed;

    @Override
    public CompletableFuture<Reply> send(Parcel parcel) {
      sent.add(new CompletableFuture<>());
      return sent.get(sent.size() - 1);
    }

    void reply(Reply reply) {
      sent.get(sent.size() - 1).complete(reply);
    }

    @Override
    public void close() {
      closed++;
    }
  }

  private final Held system = new Held();

  @Test
  void aReplyIsGivenOnceForItsRow() {
    Courier courier = courier(terms(8, 0, LONG));
    assertThat(courier.send(row(1)), is(true));
    assertThat(courier.carries(row(1)), is(true));
    assertThat(courier.reply(row(1)), is(Optional.empty()));

    system.reply(Reply.taken());

    assertThat(courier.reply(row(2)), is(Optional.empty()));
    assertThat(courier.reply(row(1)), is(Optional.of(Reply.taken())));
    assertThat(courier.reply(row(1)), is(Optional.empty()));
    assertThat(courier.carries(row(1)), is(false));
  }

  @Test
  void noMoreRowsAreInFlightThanMayBe() {
    Courier courier = courier(terms(2, 0, LONG));
    assertThat(courier.send(row(1)), is(true));
    assertThat(courier.send(row(2)), is(true));
    assertThat(courier.send(row(3)), is(false));

    system.reply(Reply.taken());

    assertThat(courier.send(row(3)), is(true));
  }

  @Test
  void noMoreRowsAreSentInASecondThanTheRateAllows() {
    Courier courier = courier(terms(100, 3, LONG));
    int sent = 0;
    for (int i = 0; i < 100; i++) {
      sent += courier.send(row(i)) ? 1 : 0;
    }
    // A second may begin between two of them.
    assertThat(sent == 3 || sent == 6, is(true));
  }

  @Test
  void theBreakerOpensAfterHalfOfTenAttempts() {
    Courier courier = courier(terms(8, 0, LONG));
    for (int i = 0; i < 5; i++) {
      assertThat(courier.breaker(), is(0));
      assertThat(courier.send(row(i)), is(true));
      system.reply(Reply.failed("gone"));
    }
    assertThat(courier.breaker(), is(2));
    assertThat(courier.opened(), is(1L));
    assertThat(courier.opened(), is(0L));
    assertThat(courier.send(row(9)), is(false));
    assertThat(system.sent.size(), is(5));
  }

  @Test
  void whenTheBreakerOpensThatIsAnAttemptOfEveryRowThatWaits() {
    DeliveryTerms terms = terms(5, 0, LONG);
    Courier courier = courier(terms);
    Map<Long, Waiting> rows = new HashMap<>();
    RowQueue queue = RowQueue.EMPTY;
    for (int i = 0; i < 7; i++) {
      rows.put(queue.tail(), Waiting.fresh(row(i)));
      queue = queue.longer();
    }
    Slots slots = slots(rows);
    Round round = new Round(terms, courier, new DeliveryMetrics());
    List<DeadLetter> undelivered = new ArrayList<>();
    queue = round.run(slots, queue, 0, undelivered::add);
    assertThat("five are sent", system.sent.size(), is(5));
    system.sent.forEach(reply -> reply.complete(Reply.failed("gone")));

    queue = round.run(slots, queue, 0, undelivered::add);

    assertThat(
        rows.values().stream().map(Waiting::attempts).toList(), is(Collections.nCopies(7, 1)));
    queue = round.run(slots, queue, Long.MAX_VALUE / 2, undelivered::add);
    assertThat("none again while it is open", rows.get(6L).attempts(), is(1));
    assertThat(queue.size(), is(7L));
    assertThat(undelivered, is(List.of()));
  }

  private static Slots slots(Map<Long, Waiting> rows) {
    return new Slots() {
      @Override
      public Waiting get(long position) {
        return rows.get(position);
      }

      @Override
      public void put(long position, Waiting row) {
        rows.put(position, row);
      }

      @Override
      public void remove(long position) {
        rows.remove(position);
      }
    };
  }

  @Test
  void aSystemThatRefusesRowsOrIsBusyWorks() {
    Courier courier = courier(terms(8, 0, LONG));
    for (int i = 0; i < 20; i++) {
      assertThat(courier.send(row(i)), is(true));
      system.reply(i % 2 == 0 ? Reply.refused("no") : Reply.busy("later", Duration.ZERO));
    }
    assertThat(courier.breaker(), is(0));
  }

  @Test
  void oneRowTriesWhetherABrokenSystemWorksAgain() {
    Courier courier = courier(terms(8, 0, Duration.ofMillis(10)));
    for (int i = 0; i < 5; i++) {
      courier.send(row(i));
      system.reply(Reply.failed("gone"));
    }
    while (!courier.send(row(6))) {
      Thread.onSpinWait();
    }
    assertThat(courier.breaker(), is(1));
    assertThat(courier.send(row(7)), is(false));

    system.reply(Reply.taken());

    assertThat(courier.breaker(), is(0));
    assertThat(courier.send(row(7)), is(true));
  }

  @Test
  void aSystemThatAsksForAPauseIsLeftAlone() {
    Courier courier = courier(terms(8, 0, LONG));
    courier.send(row(1));
    system.reply(Reply.busy("later", Duration.ofMinutes(10)));

    assertThat(courier.send(row(2)), is(false));
    assertThat(courier.patienceMillis(), is(greaterThan(500_000L)));
  }

  @Test
  void aPauseIsAtMostAnHour() {
    assertThat(Reply.busy("next year", Duration.ofDays(365)).pause(), is(Duration.ofHours(1)));
  }

  @Test
  void theStepsOfAProcessShareItAndTheLastOneClosesIt() {
    Courier one = Courier.join("shared", terms(8, 0, LONG), () -> system);
    Courier other =
        Courier.join(
            "shared",
            terms(8, 0, LONG),
            () -> {
              throw new IllegalStateException("it is open");
            });
    assertThat(other == one, is(true));
    one.leave();
    assertThat(system.closed, is(0));
    other.leave();
    assertThat(system.closed, is(1));
  }

  private Courier courier(DeliveryTerms terms) {
    return Courier.join(Integer.toString(System.identityHashCode(this)), terms, () -> system);
  }

  private static DeliveryTerms terms(int inFlight, int rate, Duration breaker) {
    return new DeliveryTerms(
        "alerts",
        "test://system",
        3,
        Duration.ofMillis(20),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        breaker,
        inFlight,
        rate,
        10);
  }

  private static Parcel row(int number) {
    return new Parcel("row-" + number, "{}", "{\"number\":" + number + "}");
  }
}
