package dhara.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.pipelines.Ledger.Entry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LedgerTest {

  @Test
  void addsUpTheLinesOfEachInput() {
    assertThat(
        Ledger.parse(
            List.of(
                "trades READ 5",
                "orders READ 3000",
                "orders READ 97",
                "orders AGGREGATED 3097",
                "trades DEAD_LETTERED 5")),
        contains(
            new Ledger("orders", Map.of(Entry.READ, 3097L, Entry.AGGREGATED, 3097L)),
            new Ledger("trades", Map.of(Entry.READ, 5L, Entry.DEAD_LETTERED, 5L))));
    assertThat(Ledger.parse(List.of()), empty());
  }

  @Test
  void balancesWhereAllThatWasReadHasLeft() {
    Ledger ledger =
        new Ledger(
            "orders",
            Map.of(
                Entry.READ, 3097L,
                Entry.AGGREGATED, 3000L,
                Entry.DEAD_LETTERED, 20L,
                Entry.DUPLICATE, 67L,
                Entry.FILTERED, 10L));

    assertThat(ledger.missing(), is(0L));
    assertThat(
        ledger.toString(),
        is(
            "orders: read 3,097 = aggregated 3,000 + dead-lettered 20 + duplicate 67"
                + " + filtered 10"));
  }

  @Test
  void saysHowManyAreUnaccountedFor() {
    Ledger lost = new Ledger("orders", Map.of(Entry.READ, 5000L, Entry.AGGREGATED, 2L));
    Ledger twice = new Ledger("orders", Map.of(Entry.READ, 1L, Entry.AGGREGATED, 2L));

    assertThat(lost.missing(), is(4998L));
    assertThat(
        lost.toString(),
        is(
            "orders: read 5,000 = aggregated 2 + dead-lettered 0 + duplicate 0 + filtered 0,"
                + " which leaves 4,998 unaccounted for"));
    assertThat(twice.missing(), is(-1L));
  }

  @Test
  void aLineThatIsNoneIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Ledger.parse(List.of("orders LOST 1")));
    assertThrows(IllegalArgumentException.class, () -> Ledger.parse(List.of("orders READ many")));
  }
}
