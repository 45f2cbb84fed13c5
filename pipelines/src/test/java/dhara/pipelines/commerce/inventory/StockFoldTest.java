package dhara.pipelines.commerce.inventory;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.pipelines.commerce.inventory.StockCommand.Kind;
import dhara.pipelines.commerce.inventory.StockCommand.Line;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reservations expire after a minute, and orders are remembered for two more. */
class StockFoldTest {

  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

  private static final StockFold FOLD =
      new StockFold(Duration.ofMinutes(1), Duration.ofMinutes(2), 10, 20);

  /** Without alerts. */
  private static final StockFold QUIET =
      new StockFold(Duration.ofMinutes(1), Duration.ofMinutes(2), 0, 20);

  @Test
  void allLinesOfAnOrderAreReservedOrNone() {
    assertThat(
        told(
            QUIET,
            "0 a RESTOCK - tea=5 cup=2",
            "1 b RESERVE o1 tea=3 cup=3",
            "2 c RESERVE o2 tea=3 cup=2",
            "3 d RESERVE o3 tea=3 pot=1",
            "4 e COMMIT o2"),
        contains(
            "a cup +2 +0, tea +5 +0",
            "b INSUFFICIENT_STOCK cup",
            "c cup +0 +2, tea +0 +3",
            "d INSUFFICIENT_STOCK pot",
            "e cup -2 -2, tea -3 -3"));
  }

  @Test
  void linesOfOneProductAreOne() {
    assertThat(
        told(
            QUIET,
            "0 a RESTOCK - tea=2 tea=3",
            "1 b RESERVE o1 tea=3 tea=3",
            "2 c RESERVE o2 tea=3 tea=2",
            "3 d ADJUST - tea=4 tea=-4"),
        contains(
            "a tea +5 +0",
            "b INSUFFICIENT_STOCK tea",
            "c tea +0 +5",
            "d nothing",
            "c#expired tea +0 -5"));
  }

  @Test
  void theFirstOfTwoOrdersGetsTheLastUnitsAndAtOneTimeTheSmallerId() {
    assertThat(
        told(
            QUIET,
            "0 a RESTOCK - tea=5",
            "1 c RESERVE o3 tea=3",
            "1 b RESERVE o2 tea=3",
            "2 d COMMIT o3",
            "3 e COMMIT o2"),
        contains(
            "a tea +5 +0",
            "b tea +0 +3",
            "c INSUFFICIENT_STOCK tea",
            "d UNKNOWN_ORDER",
            "e tea -3 -3"));
  }

  @Test
  void unitsThatAreReservedCannotBeAdjustedAway() {
    assertThat(
        told(
            QUIET,
            "0 a RESTOCK - tea=5",
            "1 b RESERVE o1 tea=3",
            "2 c ADJUST - tea=-3",
            "3 d ADJUST - tea=-2",
            "4 e ADJUST - cup=-1",
            "5 f ADJUST - cup=1"),
        contains(
            "a tea +5 +0",
            "b tea +0 +3",
            "c INSUFFICIENT_STOCK tea",
            "d tea -2 +0",
            "e INSUFFICIENT_STOCK cup",
            "f cup +1 +0",
            "b#expired tea +0 -3"));
  }

  @Test
  void aReservationEndsOnceAndAnotherCommandIsToldHow() {
    assertThat(
        told(
            QUIET,
            "0 a RESTOCK - tea=5",
            "1 b RESERVE o1 tea=1",
            "2 c RESERVE o1 tea=1",
            "3 d COMMIT o1",
            "4 e COMMIT o1",
            "5 f CANCEL o1",
            "6 g RESERVE o1 tea=1",
            "7 h RESERVE o2 tea=1",
            "8 i CANCEL o2",
            "9 j COMMIT o2",
            "10 k RESERVE o2 tea=1",
            "11 l EXPIRE o2",
            "12 m CANCEL o2"),
        contains(
            "a tea +5 +0",
            "b tea +0 +1",
            "c ALREADY_RESERVED",
            "d tea -1 -1",
            "e ALREADY_COMMITTED",
            "f ALREADY_COMMITTED",
            "g ALREADY_COMMITTED",
            "h tea +0 +1",
            "i tea +0 -1",
            "j ALREADY_CANCELLED",
            "k tea +0 +1",
            "l tea +0 -1",
            "m ALREADY_EXPIRED"));
  }

  @Test
  void anOrderIsForgottenSomeTimeAfterItsReservationHasEnded() {
    assertThat(
        told(
            QUIET,
            "0 a RESTOCK - tea=5",
            "1 b RESERVE o1 tea=1",
            "2 c COMMIT o1",
            "121 d COMMIT o1",
            "122 e COMMIT o1",
            "123 f RESERVE o1 tea=1"),
        contains(
            "a tea +5 +0",
            "b tea +0 +1",
            "c tea -1 -1",
            "d ALREADY_COMMITTED",
            "e UNKNOWN_ORDER",
            "f tea +0 +1",
            "f#expired tea +0 -1"));
  }

  @Test
  void reservationsExpireByThemselvesBeforeWhatComesAtThatMoment() {
    assertThat(
        told(
            QUIET,
            "0 a RESTOCK - tea=5",
            "1 c RESERVE o2 tea=2",
            "1 b RESERVE o1 tea=3",
            "60 d RESERVE o3 tea=1",
            "61 e COMMIT o1",
            "61 f RESERVE o4 tea=5"),
        contains(
            "a tea +5 +0",
            "b tea +0 +3",
            "c tea +0 +2",
            "d INSUFFICIENT_STOCK tea",
            "b#expired tea +0 -3",
            "c#expired tea +0 -2",
            "e ALREADY_EXPIRED",
            "f tea +0 +5",
            "f#expired tea +0 -5"));
  }

  @Test
  void aProductRunsLowOnceUntilItHasRecovered() {
    assertThat(
        told(
            FOLD,
            "0 a RESTOCK - tea=12",
            "1 b RESERVE o1 tea=2", // 10 are not fewer than 10
            "2 c RESERVE o2 tea=1",
            "3 d COMMIT o2", // as many are available
            "4 e RESTOCK - tea=3", // 12 are not more than 20 percent above 10
            "5 f RESERVE o3 tea=5",
            "6 g RESTOCK - tea=6", // 13
            "7 h RESERVE o4 tea=4"),
        contains(
            "a tea +12 +0",
            "b tea +0 +2",
            "c tea +0 +1 LOW tea 9",
            "d tea -1 -1",
            "e tea +3 +0",
            "f tea +0 +5",
            "g tea +6 +0",
            "h tea +0 +4 LOW tea 9",
            "b#expired tea +0 -2",
            "f#expired tea +0 -5",
            "h#expired tea +0 -4"));
  }

  @Test
  void aProductThatComesInSmallNumberIsLow() {
    assertThat(
        told(FOLD, "0 a RESTOCK - tea=9 cup=10"), contains("a cup +10 +0, tea +9 +0 LOW tea 9"));
  }

  @Test
  void aCommandThatCannotHaveBeenGivenIsRefused() {
    assertThat(refused("0 a RESERVE o1"), containsString("RESERVE has no lines"));
    assertThat(refused("0 a COMMIT o1 tea=1"), containsString("COMMIT has lines"));
    assertThat(refused("0 a CANCEL -"), containsString("CANCEL has no order"));
    assertThat(refused("0 a RESTOCK - tea=-1"), containsString("only ADJUST takes units away"));
    assertThat(refused("0 a ADJUST - tea=0"), containsString("quantity is 0"));
    assertThat(refused("0 a ADJUST - tea=1000000001"), containsString("quantity is beyond"));
  }

  private static String refused(String command) {
    return assertThrows(IllegalArgumentException.class, () -> command(command)).getMessage();
  }

  private static List<String> told(StockFold fold, String... commands) {
    return fold.over(Arrays.stream(commands).map(StockFoldTest::command).toList()).stream()
        .map(StockFoldTest::text)
        .toList();
  }

  /** {@code second id kind order product=quantity …}. */
  private static StockCommand command(String text) {
    List<String> words = Arrays.asList(text.split(" ", -1));
    List<Line> lines = new ArrayList<>();
    for (int i = 4; i < words.size(); i++) {
      String[] line = words.get(i).split("=", -1);
      lines.add(new Line(line[0], Long.parseLong(line[1])));
    }
    return new StockCommand(
        words.get(1),
        NINE.plusSeconds(Long.parseLong(words.get(0))),
        "PNQ",
        Kind.valueOf(words.get(2)),
        words.get(3).equals("-") ? null : words.get(3),
        lines);
  }

  /** {@code id product +onHand +reserved, … LOW product available}, or the reason. */
  private static String text(StockOutcome outcome) {
    StringBuilder text = new StringBuilder(outcome.id()).append(' ');
    if (outcome.rejected() != null) {
      text.append(outcome.rejected());
      return outcome.product() == null
          ? text.toString()
          : text.append(' ').append(outcome.product()).toString();
    }
    List<String> changes =
        outcome.changes().stream()
            .map(c -> "%s %+d %+d".formatted(c.product(), c.onHand(), c.reserved()))
            .toList();
    text.append(changes.isEmpty() ? "nothing" : String.join(", ", changes));
    outcome
        .low()
        .forEach(low -> text.append(" LOW %s %d".formatted(low.product(), low.available())));
    return text.toString();
  }
}
