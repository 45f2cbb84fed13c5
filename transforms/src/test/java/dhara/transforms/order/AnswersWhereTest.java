package dhara.transforms.order;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.aggregate.Arrivals;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AnswersWhereTest {

  record Of(String key) {}

  record Level(long level) {}

  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

  private static Answer<Of, Level> answer(String key, long revision, long level) {
    return new Answer<>(new Of(key), START, START.plusMillis(1), revision, new Level(level));
  }

  private static Answer<Of, Level> withdrawn(String key, long revision) {
    return Answer.withdrawn(new Of(key), START, START.plusMillis(1), revision);
  }

  @Test
  void aRevisionThatDoesNotMeetTheConditionWithdrawsWhatMayHaveMetIt() {
    Arrivals<Answer<Of, Level>> answers =
        Arrivals.of(AnswerCoder.of(RecordCoder.of(Of.class), RecordCoder.of(Level.class)))
            .row("10:00:00", "10:00:00", answer("high", 0, 9))
            .row("10:00:00", "10:00:00", answer("low", 0, 1))
            .row("10:00:00", "10:00:00", answer("falls", 0, 9))
            .row("10:00:00", "10:00:00", answer("falls", 1, 2))
            .row("10:00:00", "10:00:00", answer("rises", 0, 1))
            .row("10:00:00", "10:00:00", answer("rises", 1, 8))
            .row("10:00:00", "10:00:00", withdrawn("gone", 1));

    assertThat(
        answers.streamed(AnswersWhere.of(level -> level.level() > 5)),
        containsInAnyOrder(
            answer("high", 0, 9),
            answer("falls", 0, 9),
            withdrawn("falls", 1),
            answer("rises", 1, 8),
            withdrawn("gone", 1)));
  }
}
