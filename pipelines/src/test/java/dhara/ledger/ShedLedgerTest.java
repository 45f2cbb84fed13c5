package dhara.ledger;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.transforms.overload.ShedCount;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ShedLedgerTest {

  private static final Instant TEN = Instant.parse("2026-03-01T10:00:00Z");

  @Test
  void bundlesAddUpToTheRangeOfAllWindowsThatWereShed() {
    ShedLedger none = ShedLedger.of("top", new ShedCount(5, 0, null, null));
    ShedLedger some =
        ShedLedger.of("top", new ShedCount(3, 2, TEN.plusSeconds(60), TEN.plusSeconds(120)));
    ShedLedger earlier = ShedLedger.of("top", new ShedCount(1, 1, TEN, TEN.plusSeconds(60)));
    ShedLedger all = new ShedLedger("top", 0, 9, 3, TEN, TEN.plusSeconds(120));

    assertThat(ShedLedger.ZERO.plus(none).plus(some).plus(earlier), is(all));
    assertThat(earlier.plus(some).plus(none.plus(ShedLedger.ZERO)), is(all));
    assertThat(none.plus(none), is(new ShedLedger("top", 0, 10, 0, null, null)));
  }

  @Test
  void itsColumnsAreKeyedByTheOutput() {
    assertThat(
        ShedLedger.rows().columns(),
        contains("output", "revision", "given", "shed", "shed_from", "shed_until"));
    assertThat(ShedLedger.rows().keyColumns(), contains("output"));
  }

  @Test
  void aWrittenRowIsRead() {
    assertThat(
        ShedLedger.read(
            "{\"output\":\"top\",\"revision\":4,\"given\":9,\"shed\":3,"
                + "\"shed_from\":\"2026-03-01T10:00:00Z\",\"shed_until\":\"2026-03-01T10:02:00Z\"}"),
        is(new ShedLedger("top", 4, 9, 3, TEN, TEN.plusSeconds(120))));
    assertThrows(IllegalArgumentException.class, () -> ShedLedger.read("{\"output\":\"top\"}"));
  }
}
