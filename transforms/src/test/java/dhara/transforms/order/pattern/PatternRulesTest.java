package dhara.transforms.order.pattern;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What is refused, and what the error says. */
class PatternRulesTest {

  private static final EventCondition<Signal> ANY = signal -> true;

  private static Pattern<Signal> ab() {
    return Pattern.<Signal>begin("a").followedBy("b");
  }

  private static void refused(Supplier<Pattern<Signal>> pattern, String message) {
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> Automaton.of(pattern.get()));
    assertThat(error.getMessage(), equalTo(message));
  }

  @Test
  void twoStepsOfOneName() {
    refused(
        () -> ab().next("a"),
        "pattern a → b a: step \"a\" has the name of another step; give it a name of its own");
    refused(
        () -> ab().next(Pattern.<Signal>begin("c").next("b")),
        "pattern a → b (c b): step \"b\" has the name of another step; give it a name of its own");
  }

  @Test
  void aStepWithoutName() {
    refused(
        () -> Pattern.begin(""),
        "pattern : a step has no name; name it, e.g. followedBy(\"paid\")");
  }

  @Test
  void anAbsenceAtTheEndWithoutTime() {
    refused(
        () -> ab().notFollowedBy("c"),
        "pattern a → b → !c: step \"c\" is last and never known to be absent; say how long to wait"
            + " for it, e.g. within(Duration.ofMinutes(10))");
  }

  @Test
  void anAbsenceAfterAStepThatMayBeLeftOut() {
    refused(
        () -> ab().optional().notNext("c"),
        "pattern a → b? !c: step \"c\" cannot come after a step that may be left out; use two"
            + " patterns, one with and one without \"b\"");
  }

  @Test
  void aForbiddenNeighbourBeforeStepsThatMayAllBeLeftOut() {
    refused(
        () -> ab().notNext("c").next("d").optional(),
        "pattern a → b !c d?: step \"c\" comes before steps that may all be left out; make it the"
            + " last step, or one of them required");
  }

  @Test
  void anAbsenceAtTheEndOfAGroup() {
    refused(
        () -> ab().next(Pattern.<Signal>begin("c").notNext("d")),
        "pattern c !d: step \"d\" ends a group, where it has no meaning; put it after the group");
  }

  @Test
  void anAbsenceWithAQuantifier() {
    refused(
        () -> ab().notNext("c").oneOrMore(),
        "pattern a → b !c: step \"c\" is an absence and cannot have times(…); leave it out");
    refused(
        () -> ab().notNext("c").optional(),
        "pattern a → b !c: step \"c\" is an absence and cannot have optional(); leave it out");
  }

  @Test
  void greedyWithoutRepetitionOrOnAGroupOrWithCombinations() {
    refused(
        () -> ab().greedy(),
        "pattern a → b: step \"b\" is greedy and not repeated; call times(…) or oneOrMore()"
            + " before");
    refused(
        () -> Pattern.begin(ab()).oneOrMore().greedy(),
        "pattern (a → b)+: step \"(a → b)\" is a group and cannot be greedy; make its steps"
            + " greedy");
    refused(
        () -> ab().oneOrMore().allowCombinations().greedy(),
        "pattern a → b+: step \"b\" is greedy and allows combinations; choose one");
    refused(
        () -> ab().oneOrMore().greedy().allowCombinations(),
        "pattern a → b+: step \"b\" is greedy and allows combinations; choose one");
  }

  @Test
  void anOptionalStepAfterAGreedyOne() {
    refused(
        () -> ab().oneOrMore().greedy().next("c").optional(),
        "pattern a → b+ c?: step \"c\" may be left out, after the greedy step \"b\"; leave out"
            + " greedy() or optional()");
  }

  @Test
  void twoQuantifiersAndNumbersThatCannotBe() {
    refused(
        () -> ab().oneOrMore().times(2),
        "pattern a → b+: step \"b\" has two quantifiers; keep one");
    refused(
        () -> ab().times(3, 2),
        "pattern a → b: step \"b\" occurs 3 to 2 times; use at least one, and at most not less than"
            + " at least");
    refused(
        () -> ab().optional().optional(),
        "pattern a → b?: step \"b\" is optional already; call optional() once");
  }

  @Test
  void contiguityOfAStepThatIsNotRepeated() {
    refused(
        () -> ab().consecutive(),
        "pattern a → b: step \"b\" has consecutive() and is not repeated; call times(…) or"
            + " oneOrMore() before");
    refused(
        () -> ab().oneOrMore().consecutive().allowCombinations(),
        "pattern a → b+: step \"b\" has consecutive() or allowCombinations() already; keep one");
  }

  @Test
  void untilWithoutLoopOrTwice() {
    refused(
        () -> ab().times(2).until(ANY),
        "pattern a → b{2}: step \"b\" has until(…) without oneOrMore() or timesOrMore(…); call one"
            + " before");
    refused(
        () -> ab().oneOrMore().until(ANY).until(ANY),
        "pattern a → b+: step \"b\" has until(…) twice; join the conditions in one");
  }

  @Test
  void aLoopThatMayBeEmpty() {
    refused(
        () -> Pattern.begin(Pattern.<Signal>begin("a").optional()).oneOrMore(),
        "pattern (a?)+: step \"(a?)\" is repeated and may be empty; make one of its steps"
            + " required");
  }

  @Test
  void aConditionOfAGroup() {
    refused(
        () -> Pattern.begin(ab()).where(ANY),
        "pattern (a → b): step \"(a → b)\" is a group and has no condition; give one to each of its"
            + " steps");
  }

  @Test
  void timeOrSkipStrategyOfAGroup() {
    refused(
        () -> Pattern.begin(ab().within(Duration.ofSeconds(1))),
        "pattern a → b: a group has no time of its own; call within(…) on the whole pattern");
    refused(
        () -> Pattern.begin(Pattern.<Signal>begin("a", AfterMatchSkip.skipToNext())),
        "pattern a: a group has no skip strategy; give skipToNext() to the whole pattern's"
            + " begin(…)");
  }

  @Test
  void noTime() {
    refused(
        () -> ab().within(Duration.ZERO),
        "within(PT0S): a match takes some time, e.g. within(Duration.ofMinutes(10))");
  }

  @Test
  void aSkipToAStepWithoutEvents() {
    refused(
        () ->
            Pattern.<Signal>begin("a", AfterMatchSkip.skipToLast("c")).notNext("c").followedBy("b"),
        "pattern a !c → b: skipToLast(\"c\") names no step that has events; name one of the"
            + " pattern's");
  }

  @Test
  void tooManyOptionalSteps() {
    refused(
        () -> {
          Pattern<Signal> pattern = Pattern.begin("a");
          for (int i = 0; i < 62; i++) {
            pattern = pattern.followedBy("s" + i).optional();
          }
          return pattern.followedBy("b");
        },
        "pattern "
            + longText()
            + ": 63 steps may follow one step, and at most 62 are possible; make some of the"
            + " optional steps required, or use several patterns");
  }

  private static String longText() {
    StringBuilder text = new StringBuilder("a");
    for (int i = 0; i < 62; i++) {
      text.append(" → s").append(i).append("?");
    }
    return text + " → b";
  }
}
