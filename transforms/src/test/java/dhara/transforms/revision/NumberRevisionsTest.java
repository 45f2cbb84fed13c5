package dhara.transforms.revision;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.aggregate.Arrivals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberRevisionsTest {

  record Sensor(String name) {}

  record Total(long readings) {}

  private static final Instant TEN = Arrivals.time("10:00:00");

  private static Answer<Sensor, Total> answer(String sensor, long count, long readings) {
    return new Answer<>(new Sensor(sensor), TEN, TEN.plusSeconds(60), count, new Total(readings));
  }

  private static Arrivals<Answer<Sensor, Total>> arrivals() {
    return Arrivals.of(AnswerCoder.of(RecordCoder.of(Sensor.class), RecordCoder.of(Total.class)));
  }

  private static Arrivals<Answer<Sensor, Total>> answers() {
    return arrivals()
        .row("10:01:00", "10:00:59.999", answer("a", 0, 3))
        .row("10:01:00", "10:00:59.999", answer("b", 0, 1))
        .row("10:01:30", "10:00:59.999", answer("a", 1, 4))
        .row(
            "10:02:00",
            "10:00:59.999",
            Answer.withdrawn(new Sensor("a"), TEN, TEN.plusSeconds(60), 2))
        .row("10:03:00", "10:00:59.999", answer("a", 3, 5));
  }

  @Test
  void aBackfillCountsFromItsStart() {
    long first = Revision.at(Instant.parse("2026-03-02T00:00:00Z")).number();

    List<Answer<Sensor, Total>> numbered = answers().backfilled(NumberRevisions.from(first));

    assertThat(
        of("a", numbered),
        contains(
            answer("a", 0, 3).withRevision(first),
            answer("a", 1, 4).withRevision(first + 1),
            Answer.withdrawn(new Sensor("a"), TEN, TEN.plusSeconds(60), first + 2),
            answer("a", 3, 5).withRevision(first + 3)));
  }

  @ParameterizedTest(name = "at once: {0}")
  @ValueSource(booleans = {false, true})
  void aStreamsRevisionsRiseWithTheCountAndKeepWhatIsFirstAndWhatIsWithdrawn(boolean atOnce) {
    long before = Revision.at(Instant.now()).number();

    List<Answer<Sensor, Total>> a =
        of("a", answers().streamed(NumberRevisions.<Sensor, Total>from(0).atOnce(atOnce)));

    assertThat(a.get(0).revision(), is(greaterThanOrEqualTo(before)));
    assertThat(a.stream().map(Answer::first).toList(), contains(true, false, false, false));
    assertThat(a.stream().map(Answer::isWithdrawn).toList(), contains(false, false, true, false));
    for (int i = 1; i < a.size(); i++) {
      assertThat(a.get(i).revision(), is(greaterThan(a.get(i - 1).revision())));
    }
    assertThat(
        "but for what each of the runner's instances may be ahead when it takes over",
        a.get(a.size() - 1).revision() / Revision.COUNTS,
        is(lessThanOrEqualTo(Instant.now().plusSeconds(30).toEpochMilli())));
  }

  @Test
  void revisionsRiseOnClocksThatDiffer() {
    Map<Sensor, Long> highest = new HashMap<>();
    Arrivals<Answer<Sensor, Total>> answers = arrivals();
    for (int i = 0; i < 400; i++) {
      answers.row("10:01:00", "10:00:59.999", answer("s" + i % 7, i / 7, i));
    }

    // As if each call were on another worker: seconds to and fro.
    List<Answer<Sensor, Total>> numbered =
        answers.streamed(
            NumberRevisions.<Sensor, Total>from(0)
                .withClock(
                    () ->
                        TEN.toEpochMilli() + Math.floorMod(System.nanoTime(), 20_000_000) / 1_000));

    Set<List<Object>> seen = new HashSet<>();
    numbered.sort(Comparator.comparingLong(a -> a.value().readings()));
    assertThat(numbered.size(), is(400));
    for (Answer<Sensor, Total> each : numbered) {
      assertThat(each.revision(), is(greaterThan(highest.getOrDefault(each.key(), 0L))));
      highest.put(each.key(), each.revision());
      assertThat(seen.add(List.of(each.key(), each.revision())), is(true));
    }
  }

  private static List<Answer<Sensor, Total>> of(String sensor, List<Answer<Sensor, Total>> all) {
    List<Answer<Sensor, Total>> of = new ArrayList<>(all);
    of.removeIf(answer -> !answer.key().name().equals(sensor));
    of.sort(Comparator.comparingLong(Answer::revision));
    return of;
  }
}
