package dhara.ledger;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LedgerTest {

  @Test
  void addsUpWhatStepsCount() {
    Ledger sum =
        Ledger.ZERO
            .plus(Ledger.of("orders", Ledger.Entry.READ, 3_000))
            .plus(Ledger.of("orders", Ledger.Entry.AGGREGATED, 3_090))
            .plus(Ledger.of("orders", Ledger.Entry.READ, 97))
            .plus(Ledger.of("orders", Ledger.Entry.LATE, 7));

    assertThat(sum, is(new Ledger("orders", 0, 3_097, 3_090, 0, 7, 0, 0, 0, 0)));
    assertThat(sum.withRevision(4).revision(), is(4L));
  }

  @Test
  void everyEntryHasAPlaceOfItsOwn() {
    Ledger all = Ledger.ZERO;
    long count = 1;
    for (Ledger.Entry entry : Ledger.Entry.values()) {
      all = all.plus(Ledger.of("orders", entry, count));
      count *= 10;
    }

    assertThat(
        all,
        is(new Ledger("orders", 0, 1, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 10, 100)));
    count = 1;
    for (Ledger.Entry entry : Ledger.Entry.values()) {
      assertThat(entry.label(), all.count(entry), is(count));
      count *= 10;
    }
  }

  @Test
  void balancesWhereAllThatWasReadHasLeft() {
    Ledger ledger = new Ledger("orders", 0, 3_097, 2_998, 20, 2, 67, 10, 3_077, 3_065);

    assertThat(ledger.leaks(), empty());
    assertThat(ledger.balances(), is(true));
    assertThat(
        ledger.toString(),
        is(
            "orders: read 3,097 = aggregated 2,998 + dead-lettered 20 + late 2 + duplicate 67"
                + " + filtered 10"));
  }

  @Test
  void saysWhereEventsWereLostAndHowManyAreUnaccountedFor() {
    Ledger lost = new Ledger("orders", 0, 5_000, 2, 0, 0, 0, 0, 5_000, 5_000);

    assertThat(lost.leaks(), contains("orders: unique by id: 5,000 came in, 2 went out"));
    assertThat(
        lost.toString(),
        is(
            "orders: read 5,000 = aggregated 2 + dead-lettered 0 + late 0 + duplicate 0 + filtered 0,"
                + " which leaves 4,998 unaccounted for"));
  }

  @Test
  void aStreamThatGoesOnHasCountsOfDifferentMoments() {
    Ledger behind = new Ledger("orders", 0, 4_999, 5_000, 1, 0, 0, 0, 5_000, 5_000);
    Ledger settled = new Ledger("orders", 0, 5_001, 5_000, 1, 0, 0, 0, 5_000, 5_000);

    assertThat(
        behind.soFar(),
        is(
            "orders: so far read 4,999, aggregated 5,000, dead-lettered 1, late 0, duplicate 0,"
                + " filtered 0, not all counted at one moment"));
    assertThat(settled.soFar(), is(settled.toString()));
  }

  @Test
  void aLossAndACopyThatCancelEachOtherOutDoNotBalance() {
    Ledger both = new Ledger("orders", 0, 10, 10, 0, 0, 0, 0, 9, 9);

    assertThat(both.balances(), is(false));
    assertThat(
        both.leaks(),
        contains(
            "orders: parsing: 10 came in, 9 went out",
            "orders: unique by id: 9 came in, 10 went out"));
  }

  @Test
  void answersAreSettledOnceTheyAreGivenAndNoLateEventCanChangeThem() {
    Instant nine = Instant.parse("2026-01-05T09:00:00Z");
    Ledger read = Ledger.readTo("orders", nine);

    Ledger held = read.plus(Ledger.answeredTo("orders", nine.minusSeconds(700)));
    Ledger given = read.plus(Ledger.answeredTo("orders", nine));

    assertThat(
        held.settledBehind(Duration.ofMinutes(10)).settledUntil(), is(nine.minusSeconds(700)));
    assertThat(
        given.settledBehind(Duration.ofMinutes(10)).settledUntil(), is(nine.minusSeconds(600)));
    assertThat(read.settledBehind(Duration.ofMinutes(10)).settledUntil(), is(nullValue()));
  }
}
