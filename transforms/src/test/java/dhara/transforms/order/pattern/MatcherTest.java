package dhara.transforms.order.pattern;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each construct of a pattern, in small tables: a sequence, and the matches in it. */
class MatcherTest {

  private static EventCondition<Signal> is(char kind) {
    return signal -> signal.kind() == kind;
  }

  private static Pattern<Signal> begin(char kind) {
    return Pattern.<Signal>begin("" + kind).where(is(kind));
  }

  private static Pattern<Signal> begin(char kind, AfterMatchSkip skip) {
    return Pattern.<Signal>begin("" + kind, skip).where(is(kind));
  }

  private static Duration micros(long micros) {
    return Duration.of(micros, ChronoUnit.MICROS);
  }

  /** The matches as their events, in the order in which they are found. */
  private static List<String> matches(Pattern<Signal> pattern, String sequence) {
    return run(pattern, sequence, true);
  }

  private static List<String> timedOut(Pattern<Signal> pattern, String sequence) {
    return run(pattern, sequence, false);
  }

  private static List<String> run(Pattern<Signal> pattern, String sequence, boolean complete) {
    List<String> found = new ArrayList<>();
    Matcher.Output<Signal> output =
        new Matcher.Output<>() {
          @Override
          public void match(Match<Signal> match) {
            add(match, complete);
          }

          @Override
          public void timedOut(Match<Signal> partial) {
            add(partial, !complete);
          }

          private void add(Match<Signal> match, boolean wanted) {
            if (wanted) {
              String events = match.events().toString();
              found.add(events.substring(1, events.length() - 1).replace(",", ""));
            }
          }
        };
    Matcher<Signal> matcher = Matcher.of(pattern);
    Partials<Signal> partials = new Partials<>();
    for (Signal signal : Signal.read(sequence)) {
      matcher.next(partials, signal, signal.micros(), output);
    }
    matcher.advance(partials, 1_000, output);
    return found;
  }

  @Test
  void nextAllowsNoEventBetween() {
    Pattern<Signal> pattern = begin('a').next("b").where(is('b'));

    assertThat(matches(pattern, "a1 b1 a2 c1 b2"), contains("a1 b1"));
  }

  @Test
  void followedByTakesTheNextEventThatSatisfies() {
    Pattern<Signal> pattern = begin('a').followedBy("b").where(is('b'));

    assertThat(matches(pattern, "a1 c1 b1 b2"), contains("a1 b1"));
    assertThat(matches(pattern, "a1 a2 b1"), contains("a1 b1", "a2 b1"));
  }

  @Test
  void followedByAnyTakesEachLaterEventThatSatisfies() {
    Pattern<Signal> pattern = begin('a').followedByAny("b").where(is('b'));

    assertThat(matches(pattern, "a1 b1 c1 b2"), contains("a1 b1", "a1 b2"));
  }

  @Test
  void aStepWithoutConditionTakesAnyEvent() {
    assertThat(matches(begin('a').next("x"), "a1 b1"), contains("a1 b1"));
  }

  @Test
  void conditionsAreJoinedByAndAndByOr() {
    Pattern<Signal> small = begin('a').where(signal -> signal.value() < 3);
    Pattern<Signal> smallOrB = small.or(is('b'));

    assertThat(matches(small, "a1 a5 b2"), contains("a1"));
    assertThat(matches(smallOrB, "a1 a5 b2"), contains("a1", "b2"));
  }

  @Test
  void aConditionMayAskForTheEventsMatchedBefore() {
    Pattern<Signal> rising =
        Pattern.<Signal>begin("up", AfterMatchSkip.skipPastLastEvent())
            .where(
                (signal, before) ->
                    before.last("up").map(last -> last.value() < signal.value()).orElse(true))
            .times(3)
            .consecutive()
            .next("drop")
            .where((signal, before) -> signal.value() < before.first("up").orElseThrow().value());

    assertThat(matches(rising, "a4 a5 a6 a1 a2 a3 a4 a1"), contains("a4 a5 a6 a1", "a2 a3 a4 a1"));
  }

  @Test
  void aConditionThatAsksForAnUnknownStepFails() {
    Pattern<Signal> pattern =
        begin('a').next("b").where((signal, before) -> before.count("start") > 0);

    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> matches(pattern, "a1 b1"));
    assertThat(
        error.getMessage(),
        equalTo("no step \"start\" has events in this pattern; its steps are [a, b]"));
  }

  @Test
  void anOptionalStepMayBeLeftOut() {
    Pattern<Signal> pattern =
        begin('a').followedBy("b").where(is('b')).optional().followedBy("c").where(is('c'));

    assertThat(matches(pattern, "a1 b1 c1"), contains("a1 b1 c1", "a1 c1"));
    assertThat(matches(pattern, "a1 c1"), contains("a1 c1"));
  }

  @Test
  void timesTakesThatManyEvents() {
    Pattern<Signal> twice = begin('a').times(2).next("b").where(is('b'));
    Pattern<Signal> twoOrThree = begin('a').times(2, 3).next("b").where(is('b'));
    Pattern<Signal> upToOne =
        begin('a').next("b").where(is('b')).times(0, 1).next("c").where(is('c'));

    assertThat(matches(twice, "a1 a2 a3 b1"), contains("a2 a3 b1"));
    assertThat(matches(twoOrThree, "a1 a2 a3 b1"), contains("a1 a2 a3 b1", "a2 a3 b1"));
    assertThat(matches(upToOne, "a1 c1 a2 b1 c2"), contains("a1 c1", "a2 b1 c2"));
  }

  @Test
  void oneOrMoreMakesAMatchOfEachNumber() {
    Pattern<Signal> pattern = begin('a').followedBy("b").where(is('b')).oneOrMore();

    assertThat(matches(pattern, "a1 b1 c1 b2"), contains("a1 b1", "a1 b1 b2"));
  }

  @Test
  void timesOrMoreNeedsThatMany() {
    Pattern<Signal> pattern = begin('a').timesOrMore(2).next("b").where(is('b'));

    assertThat(matches(pattern, "a1 b1 a2 b2"), contains("a1 a2 b2"));
    assertThat(matches(pattern, "a1 a2 a3 b2"), contains("a1 a2 a3 b2", "a2 a3 b2"));
  }

  @Test
  void consecutiveAllowsNoEventBetweenTheEventsOfAStep() {
    Pattern<Signal> pattern = begin('a').times(2).consecutive();

    assertThat(matches(pattern, "a1 c1 a2 a3"), contains("a2 a3"));
  }

  @Test
  void combinationsMayLeaveOutEventsThatSatisfy() {
    Pattern<Signal> pattern =
        begin('c').followedBy("a").where(is('a')).times(2).allowCombinations();

    assertThat(matches(pattern, "c1 a1 a2 a3"), contains("c1 a1 a2", "c1 a1 a3"));
  }

  @Test
  void aGreedyStepTakesAllItCan() {
    Pattern<Signal> any =
        begin('c')
            .followedBy("a")
            .where(is('a'))
            .oneOrMore()
            .followedBy("end")
            .where(signal -> signal.value() == 9);
    Pattern<Signal> greedy =
        begin('c')
            .followedBy("a")
            .where(is('a'))
            .oneOrMore()
            .greedy()
            .followedBy("end")
            .where(signal -> signal.value() == 9);

    assertThat(matches(any, "c1 a1 a9 d9"), contains("c1 a1 a9", "c1 a1 a9 d9"));
    assertThat(matches(greedy, "c1 a1 a9 d9"), contains("c1 a1 a9 d9"));
  }

  @Test
  void untilEndsARepetition() {
    Pattern<Signal> pattern = begin('a').oneOrMore().until(is('x')).followedBy("b").where(is('b'));

    assertThat(matches(pattern, "a1 x1 a2 b1"), contains("a1 b1", "a2 b1"));
  }

  @Test
  void aGroupIsRepeatedAsAWhole() {
    Pattern<Signal> pair = begin('a').followedBy("b").where(is('b'));
    Pattern<Signal> pattern = Pattern.begin(pair).times(2).followedBy("c").where(is('c'));

    assertThat(matches(pattern, "a1 b1 a2 b2 c1"), contains("a1 b1 a2 b2 c1"));
    assertThat(matches(pattern, "a1 b1 a2 c1"), empty());
  }

  @Test
  void aGroupMayBeOptionalAndUntilEndsItAnywhere() {
    Pattern<Signal> pair = begin('b').next("c").where(is('c'));
    Pattern<Signal> optional = begin('a').next(pair).optional().next("d").where(is('d'));
    Pattern<Signal> until =
        begin('a').followedBy(pair).oneOrMore().until(is('x')).followedBy("d").where(is('d'));

    assertThat(matches(optional, "a1 d1 a2 b1 c1 d2 a3 b2 d3"), contains("a1 d1", "a2 b1 c1 d2"));
    assertThat(matches(until, "a1 b1 c1 x1 b2 c2 d1"), contains("a1 b1 c1 d1"));
    assertThat(matches(until, "a1 x1 b1 c1 d1"), empty());
  }

  @Test
  void notNextForbidsTheNeighbour() {
    Pattern<Signal> pattern = begin('a').notNext("b").where(is('b')).followedBy("c").where(is('c'));
    Pattern<Signal> last = begin('a').notNext("b").where(is('b'));

    assertThat(matches(pattern, "a1 b1 c1 a2 c2 a3 d1 b2 c3"), contains("a2 c2", "a3 c3"));
    assertThat(matches(last, "a1 b1 a2 c1 a3"), contains("a2"));
  }

  @Test
  void notFollowedByForbidsEventsBetween() {
    Pattern<Signal> pattern =
        begin('a').notFollowedBy("b").where(is('b')).followedBy("c").where(is('c'));

    assertThat(matches(pattern, "a1 b1 c1 a2 d1 c2 b2"), contains("a2 c2"));
  }

  @Test
  void anEventThatIsTakenBreaksNoAbsence() {
    Pattern<Signal> pattern =
        begin('a')
            .notFollowedBy("large")
            .where(signal -> signal.value() > 5)
            .followedBy("b")
            .where(is('b'))
            .followedBy("c")
            .where(is('c'));

    assertThat(matches(pattern, "a1 b9 c1"), contains("a1 b9 c1"));
    assertThat(matches(pattern, "a1 d9 b1 c1"), empty());
  }

  @Test
  void anAbsenceAtTheEndIsCertainWhenTheTimeIsOver() {
    Pattern<Signal> pattern = begin('a').notFollowedBy("b").where(is('b')).within(micros(10));
    Found found = new Found();
    Matcher<Signal> matcher = Matcher.of(pattern);
    Partials<Signal> partials = new Partials<>();
    for (Signal signal : Signal.read("a1@5 b1@14 a2@20 b2@30 a3@40 c1@60")) {
      matcher.next(partials, signal, signal.micros(), found);
    }

    assertThat(found.matches, contains("{a=[2]}@30", "{a=[4]}@50"));
    assertThat(found.timedOut, empty());
  }

  @Test
  void aMatchIsShorterThanWithinAndWhatIsNotCompleteTimesOut() {
    Pattern<Signal> pattern = begin('a').followedBy("b").where(is('b')).within(micros(10));

    assertThat(matches(pattern, "a1@1 b1@10 a2@20 b2@30"), contains("a1 b1"));
    assertThat(timedOut(pattern, "a1@1 b1@10 a2@20 b2@30"), contains("a2"));
  }

  @Test
  void eachPartialMatchTimesOutOnceHoweverManyStepsItWaitsFor() {
    Pattern<Signal> pattern =
        begin('a')
            .followedBy("b")
            .where(is('b'))
            .optional()
            .followedBy("c")
            .where(is('c'))
            .within(micros(10));

    assertThat(timedOut(pattern, "a1 x1 x2"), contains("a1"));
  }

  @Test
  void eventsThatAreAMatchDoNotTimeOutAsAnotherReadingOfThem() {
    // Of b1 b2, each b is a group of its own, or both are the first of two groups.
    Pattern<Signal> pattern =
        Pattern.begin(begin('b').oneOrMore())
            .timesOrMore(2)
            .notFollowedBy("c")
            .where(is('c'))
            .within(micros(10));

    assertThat(matches(pattern, "b1@1 b2@2"), contains("b1 b2"));
    assertThat(timedOut(pattern, "b1@1 b2@2"), contains("b2"));
  }

  @Test
  void theShortestWithinCounts() {
    Pattern<Signal> pattern =
        begin('a').within(micros(3)).followedBy("b").where(is('b')).within(micros(10));

    assertThat(matches(pattern, "a1@1 b1@3 a2@5 b2@8"), contains("a1 b1"));
  }

  @Test
  void eachSkipStrategyDiscardsFromItsPlace() {
    // As the table in Flink's documentation: b+ c over b1 b2 b3 c1.
    String sequence = "b1 b2 b3 c1";

    assertThat(
        matches(someBThenC(AfterMatchSkip.noSkip()), sequence),
        contains("b1 b2 b3 c1", "b2 b3 c1", "b3 c1"));
    assertThat(
        matches(someBThenC(AfterMatchSkip.skipToNext()), sequence),
        contains("b1 b2 b3 c1", "b2 b3 c1", "b3 c1"));
    assertThat(
        matches(someBThenC(AfterMatchSkip.skipPastLastEvent()), sequence), contains("b1 b2 b3 c1"));
    assertThat(
        matches(someBThenC(AfterMatchSkip.skipToFirst("b")), sequence),
        contains("b1 b2 b3 c1", "b2 b3 c1", "b3 c1"));
    assertThat(
        matches(someBThenC(AfterMatchSkip.skipToLast("b")), sequence),
        contains("b1 b2 b3 c1", "b3 c1"));
  }

  private static Pattern<Signal> someBThenC(AfterMatchSkip skip) {
    return begin('b', skip).oneOrMore().consecutive().greedy().next("c").where(is('c'));
  }

  @Test
  void skipToNextKeepsOneMatchPerFirstEvent() {
    Pattern<Signal> pattern =
        begin('a', AfterMatchSkip.skipToNext()).followedByAny("b").where(is('b'));

    assertThat(matches(pattern, "a1 a2 b1 b2"), contains("a1 b1", "a2 b1"));
  }

  @Test
  void amongMatchesThatOneEventCompletesTheOneWithEarlierEventsIsKept() {
    Pattern<Signal> pattern =
        begin('a', AfterMatchSkip.skipPastLastEvent()).oneOrMore().followedBy("b").where(is('b'));

    assertThat(matches(pattern, "a1 a2 b1"), contains("a1 a2 b1"));
  }

  @Test
  void aMatchWaitsForAnEarlierOneIfAStrategySkips() {
    Pattern<Signal> pattern =
        begin('a', AfterMatchSkip.skipPastLastEvent())
            .followedBy("end")
            .where(
                (signal, before) -> signal.value() == before.first("a").orElseThrow().value() + 10)
            .within(micros(10));

    assertThat(matches(pattern, "a1 a2 c12 c11"), contains("a1 c11"));
    assertThat(matches(pattern, "a1@1 a2@2 c12@3 c5@20"), contains("a2 c12"));
  }

  @Test
  void theSameEventsAreReportedOnce() {
    Pattern<Signal> pattern = Pattern.begin(begin('a').times(1, 2)).times(2);

    assertThat(matches(pattern, "a1 a2 a3"), contains("a1 a2", "a1 a2 a3", "a2 a3"));
  }

  @Test
  void aMatchTellsItsEventsByStep() {
    Pattern<Signal> pattern =
        begin('a')
            .followedBy("b")
            .where(is('b'))
            .times(2)
            .followedBy("c")
            .where(is('c'))
            .optional();
    List<Match<Signal>> found = new ArrayList<>();
    Matcher<Signal> matcher = Matcher.of(pattern);
    Partials<Signal> partials = new Partials<>();
    List<Signal> signals = Signal.read("a1@3 b1@4 b2@5");
    Matcher.Output<Signal> output =
        new Matcher.Output<>() {
          @Override
          public void match(Match<Signal> match) {
            found.add(match);
          }

          @Override
          public void timedOut(Match<Signal> partial) {
            throw new AssertionError(partial);
          }
        };
    signals.forEach(signal -> matcher.next(partials, signal, signal.micros(), output));

    assertThat(found.size(), equalTo(1));
    Match<Signal> match = found.get(0);
    assertThat(match.events("b"), equalTo(signals.subList(1, 3)));
    assertThat(match.first("b"), equalTo(Optional.of(signals.get(1))));
    assertThat(match.last("b"), equalTo(Optional.of(signals.get(2))));
    assertThat(match.count("b"), equalTo(2));
    assertThat(match.events("c"), empty());
    assertThat(match.last("c").isPresent(), equalTo(false));
    assertThat(match.events(), equalTo(signals));
    assertThat(
        match.bySteps(), equalTo(Map.of("a", signals.subList(0, 1), "b", signals.subList(1, 3))));
    assertThat(match.start().orElseThrow(), equalTo(Instant.EPOCH.plus(3, ChronoUnit.MICROS)));
    assertThat(match.complete(), equalTo(Instant.EPOCH.plus(5, ChronoUnit.MICROS)));
  }

  @Test
  void nothingIsKeptOnceNothingIsWaitedFor() {
    Pattern<Signal> pattern = begin('a').next("b").where(is('b')).within(micros(10));
    Matcher<Signal> matcher = Matcher.of(pattern);
    Partials<Signal> partials = new Partials<>();
    Found found = new Found();
    for (Signal signal : Signal.read("a1@1 b1@2 a2@3")) {
      matcher.next(partials, signal, signal.micros(), found);
    }
    assertThat(partials.size(), equalTo(1));
    assertThat(matcher.deadline(partials), equalTo(13L));

    matcher.advance(partials, 12, found);
    assertThat(partials.isEmpty(), equalTo(false));

    matcher.advance(partials, 13, found);
    assertThat(partials.isEmpty(), equalTo(true));
    assertThat(matcher.deadline(partials), equalTo(Long.MAX_VALUE));
  }

  @Test
  void aKeyWithTooManyPartialMatchesFails() {
    Pattern<Signal> pattern =
        begin('a').oneOrMore().allowCombinations().followedBy("b").where(is('b'));
    Matcher<Signal> matcher = Matcher.of(Automaton.of(pattern), 100);
    Partials<Signal> partials = new Partials<>();
    Found found = new Found();

    TooManyPartials error =
        assertThrows(
            TooManyPartials.class,
            () -> {
              for (int i = 1; i < 10; i++) {
                matcher.next(partials, new Signal(i, 'a', i, i), i, found);
              }
            });
    assertThat(
        error.of("payer 7").getMessage(),
        equalTo(
            "pattern a+ → b has more than 100 partial matches for key payer 7; shorten within(…),"
                + " make a repeated step greedy() or consecutive(), choose a skip strategy, or"
                + " raise atMost(100)"));
  }
}
