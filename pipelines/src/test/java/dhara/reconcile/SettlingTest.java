package dhara.reconcile;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

class SettlingTest {

  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

  @Test
  void theHighestRevisionIsTheAnswer() {
    assertThat(settled(row(0, 7), row(2, 8), row(1, 9)), is(row(2, 8)));
  }

  @Test
  void ofEqualRevisionsTheLastCounts() {
    assertThat(settled(row(1, 9), row(1, 7), row(1, 8)), is(row(1, 9)));
  }

  @Test
  void equalRowsOfOneRevisionAndPlaceAreOneAndDifferentOnesContradictEachOther() {
    assertThat(settled(said(1, "{}"), said(1, "{}")), is(said(1, "{}")));
    assertThat(settled(said(1, "{}"), said(2, "{}"), said(1, "{\"total\":3}")), is(said(2, "{}")));
    assertThat(
        assertThrows(
                IllegalStateException.class,
                () -> settled(said(0, "{}"), said(1, "{}"), said(1, "{\"total\":3}")))
            .getMessage(),
        is(
            "two different rows of hauls {} [2026-01-05T09:00:00Z, 2026-01-05T09:01:00Z), both of"
                + " revision 1: a set that two runs wrote is no answer"));
  }

  private static AnswerRow said(long revision, String value) {
    return new AnswerRow("hauls", "{}", NINE, NINE.plusSeconds(60), revision, 0, value);
  }

  @Test
  void aTombstoneWithARevisionCountsLikeAnyRow() {
    assertThat(settled(row(5, 7), tombstone(6, 8)), is(nullValue()));
    assertThat("wherever it stands", settled(tombstone(6, 6), row(5, 7)), is(nullValue()));
    assertThat(settled(row(7, 7), tombstone(6, 8)), is(row(7, 7)));
    assertThat("of equal ones the last", settled(row(6, 7), tombstone(6, 8)), is(nullValue()));
    assertThat(settled(tombstone(6, 7), row(6, 8)), is(row(6, 8)));
  }

  @Test
  void aTombstoneWithoutARevisionRemovesWhatStandsBeforeIt() {
    assertThat(settled(row(5, 7), tombstone(8)), is(nullValue()));
    assertThat(settled(tombstone(6), row(0, 7)), is(row(0, 7)));
    assertThat(settled(row(5, 7), row(0, 9), tombstone(8)), is(row(0, 9)));
  }

  @Test
  void theOrderInWhichRowsComeDoesNotMatter() {
    Random random = new Random(11);
    for (int round = 0; round < 3_000; round++) {
      List<AnswerRow> log = new ArrayList<>();
      for (int offset = 0; offset < 1 + random.nextInt(6); offset++) {
        log.add(
            switch (random.nextInt(10)) {
              case 0 -> tombstone(offset);
              case 1, 2 -> tombstone(random.nextInt(4), offset);
              default -> row(random.nextInt(4), offset);
            });
      }
      AnswerRow expected = asALogReadInOrder(log);
      Collections.shuffle(log, random);
      assertThat(log.toString(), settled(log.toArray(AnswerRow[]::new)), is(expected));
    }
  }

  private static @Nullable AnswerRow asALogReadInOrder(List<AnswerRow> log) {
    AnswerRow answer = null;
    for (AnswerRow row : log) {
      if (row.revision() == AnswerRow.ALL_BEFORE) {
        answer = null;
      } else if (answer == null || row.revision() >= answer.revision()) {
        answer = row;
      }
    }
    return answer == null || answer.value() == null ? null : answer;
  }

  private static @Nullable AnswerRow settled(AnswerRow... rows) {
    Settling settling = new Settling();
    for (AnswerRow row : rows) {
      settling.add(row);
    }
    return settling.settled();
  }

  private static AnswerRow row(long revision, long order) {
    return new AnswerRow("hauls", "{}", NINE, NINE.plusSeconds(60), revision, order, "{}");
  }

  private static AnswerRow tombstone(long order) {
    return tombstone(AnswerRow.ALL_BEFORE, order);
  }

  private static AnswerRow tombstone(long revision, long order) {
    return new AnswerRow("hauls", "{}", NINE, NINE.plusSeconds(60), revision, order, null);
  }
}
