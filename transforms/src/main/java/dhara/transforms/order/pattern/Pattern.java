package dhara.transforms.order.pattern;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A sequence of events to look for: complex event processing, with the words of Flink CEP. A
 * pattern is immutable; each method returns a new one, and speaks of the step declared last.
 *
 * <pre>{@code
 * Pattern<Payment> testThenTake =
 *     Pattern.<Payment>begin("small", AfterMatchSkip.skipPastLastEvent())
 *         .where(p -> p.minor() < 100)
 *         .oneOrMore()
 *         .greedy()
 *         .next("large")
 *         .where((p, before) -> p.minor() > 1000 * before.last("small").orElseThrow().minor())
 *         .notFollowedBy("reversed")
 *         .where(Payment::reversal)
 *         .within(Duration.ofMinutes(10));
 * }</pre>
 *
 * <p><b>Order.</b> Events of a key come in (event time, id) order. Event and neighbour below mean
 * events of one key in this order.
 *
 * <p><b>Contiguity</b> says what may lie between the event matched before and the first event of a
 * step: with {@link #next} (strict) nothing; with {@link #followedBy} (relaxed, skip till next)
 * events that do not satisfy the step; with {@link #followedByAny} (skip till any) anything, so
 * that each later event that satisfies the step makes a match of its own. The further events of a
 * repeated step follow each other relaxed, or strictly after {@link #consecutive}, or with anything
 * between them after {@link #allowCombinations}.
 *
 * <p><b>Absence.</b> {@link #notNext}: the neighbour after the event before must not satisfy the
 * step. {@link #notFollowedBy}: no event between the event before and the event of the next step
 * may; if the event before is of a repeated step, from its first event on. At the end of a pattern:
 * no event until {@link #within} has passed; the match is complete at that time.
 *
 * <p><b>Quantifiers.</b> {@link #optional}, {@link #times}, {@link #timesOrMore}, {@link
 * #oneOrMore}. Each number of events that is allowed makes a match of its own, unless the step is
 * {@link #greedy}: then the next step's event, and all events before it, must be events that the
 * step could not take. An event that satisfies {@link #until} ends the repetition and is not part
 * of it.
 *
 * <p><b>Time.</b> The last event of a match is less than {@code within} after its first. A partial
 * match that reaches that age is reported as timed out. The shortest {@code within} of a pattern
 * counts.
 *
 * <p><b>Each match is a list of events for each step</b>; the same lists are reported once. A match
 * needs at least one event. {@link AfterMatchSkip} says what a match does to overlapping ones.
 *
 * <p><b>Where Flink CEP 1.19 differs</b> from the rules above, the rules hold here:
 *
 * <ul>
 *   <li>If a strategy skips, Flink chooses among matches with the same first event that are ready
 *       to be reported by the order of its internal queue; here the one that was complete first
 *       comes first, and then the one with earlier events. Flink refuses to skip to a step of a
 *       group.
 *   <li>Flink reports a partial match as timed out once for each state in which it waits (before
 *       and after an optional step, say), here once.
 *   <li>Flink's timed-out matches depend on how often the watermark advances if a skip strategy
 *       discards partial matches; here each is timed out at its own time.
 *   <li>A match of a repeated or optional group may be reported several times by Flink. After a
 *       repeated group, it lets events pass that {@code next} and {@code followedBy} would not.
 *   <li>The forbidden event of {@code notFollowedBy}, if it also is the event of the next step,
 *       breaks the match in Flink unless that step is the last; here it never does.
 *   <li>After {@code times(n, m)}, after a repeated group, and before a group that is optional or
 *       begins with an optional step, Flink stops looking for the forbidden event of {@code
 *       notFollowedBy} once it ignored another event. Before an optional step, it forgets that the
 *       step is {@code greedy}.
 *   <li>Flink also looks for the forbidden event of {@code notFollowedBy} after the event of the
 *       next step: between the occurrences of {@code times(n, m)}, and before a further optional
 *       step. If all that follows in a group is optional and left out, it does not look for it.
 *   <li>At the end of a pattern, Flink overlooks {@code notFollowedBy} after a repeated step or
 *       after {@code notNext} if no other event came (it times out instead), and all but the last
 *       of several {@code notFollowedBy}.
 *   <li>{@code notNext} after a repeated step breaks the whole repetition in Flink; here only what
 *       comes after it. Before steps that may all be left out Flink does not wait for the next
 *       event; that is refused here.
 *   <li>Flink checks {@code until} with {@code greedy}, and {@code until} of a group whose last
 *       step is optional or repeated, in some states only.
 *   <li>{@code greedy} on the last step of a group, and {@code greedy} before {@code notNext}, have
 *       an effect in some of Flink's states only.
 *   <li>A repeated step at the head of a group takes the group's inner contiguity in Flink, and a
 *       group at the head of a group loses the contiguity of the outer one.
 *   <li>Flink does not refuse a group that ends with an absence, and ignores the absence; it loops
 *       for ever in a repeated group that may be empty. Both are refused here.
 * </ul>
 *
 * @param <E> the event
 */
public final class Pattern<E> implements Serializable {

  private static final long serialVersionUID = 1L;

  private final List<Step<E>> steps;
  private final AfterMatchSkip skip;
  private final long withinMicros;

  private Pattern(List<Step<E>> steps, AfterMatchSkip skip, long withinMicros) {
    this.steps = List.copyOf(steps);
    this.skip = skip;
    this.withinMicros = withinMicros;
    PatternRules.check(this);
  }

  /** A pattern whose first step has this name; every match is reported. */
  public static <E> Pattern<E> begin(String step) {
    return begin(step, AfterMatchSkip.noSkip());
  }

  /** A pattern whose first step has this name, with a strategy for overlapping matches. */
  public static <E> Pattern<E> begin(String step, AfterMatchSkip skip) {
    return new Pattern<>(List.of(Step.of(step, Step.Kind.EVENT, Contiguity.STRICT)), skip, 0);
  }

  /** A pattern that begins with a group, which may be given a quantifier. */
  public static <E> Pattern<E> begin(Pattern<E> group) {
    return begin(group, AfterMatchSkip.noSkip());
  }

  /** A pattern that begins with a group, with a strategy for overlapping matches. */
  public static <E> Pattern<E> begin(Pattern<E> group, AfterMatchSkip skip) {
    return new Pattern<>(List.of(group.asStep(Contiguity.STRICT)), skip, 0);
  }

  /** The next event, with no event between (strict contiguity). */
  public Pattern<E> next(String step) {
    return plus(Step.of(step, Step.Kind.EVENT, Contiguity.STRICT));
  }

  /** The next event that satisfies the step (relaxed contiguity, skip till next match). */
  public Pattern<E> followedBy(String step) {
    return plus(Step.of(step, Step.Kind.EVENT, Contiguity.RELAXED));
  }

  /** Each later event that satisfies the step (skip till any match). */
  public Pattern<E> followedByAny(String step) {
    return plus(Step.of(step, Step.Kind.EVENT, Contiguity.ANY));
  }

  /** A group, whose first event has no event before it. */
  public Pattern<E> next(Pattern<E> group) {
    return plus(group.asStep(Contiguity.STRICT));
  }

  /** A group, whose first event is the next that satisfies its first step. */
  public Pattern<E> followedBy(Pattern<E> group) {
    return plus(group.asStep(Contiguity.RELAXED));
  }

  /** A group, whose first event is any that satisfies its first step. */
  public Pattern<E> followedByAny(Pattern<E> group) {
    return plus(group.asStep(Contiguity.ANY));
  }

  /** An absence: the next event must not satisfy the step. There must be a next event. */
  public Pattern<E> notNext(String step) {
    return plus(Step.of(step, Step.Kind.NOT_NEXT, Contiguity.STRICT));
  }

  /**
   * An absence: no event before the next step may satisfy the step; at the end of a pattern, none
   * until {@link #within} has passed.
   */
  public Pattern<E> notFollowedBy(String step) {
    return plus(Step.of(step, Step.Kind.NOT_FOLLOWED_BY, Contiguity.RELAXED));
  }

  /** The step's events satisfy the condition, and those declared before. */
  public Pattern<E> where(EventCondition<E> condition) {
    return where(Criterion.and(last().condition(), Criterion.of(condition)));
  }

  /** The same with a condition over the event and the events matched before it. */
  public Pattern<E> where(MatchCondition<E> condition) {
    return where(Criterion.and(last().condition(), Criterion.of(condition)));
  }

  /** The step's events are of the class and satisfy the condition, and those declared before. */
  public <S extends E> Pattern<E> where(Class<S> type, EventCondition<S> condition) {
    return where(event -> type.isInstance(event) && condition.test(type.cast(event)));
  }

  /** The step's events satisfy the condition, or those declared before. */
  public Pattern<E> or(EventCondition<E> condition) {
    return where(Criterion.or(last().condition(), Criterion.of(condition)));
  }

  /** The same with a condition over the event and the events matched before it. */
  public Pattern<E> or(MatchCondition<E> condition) {
    return where(Criterion.or(last().condition(), Criterion.of(condition)));
  }

  private Pattern<E> where(Criterion<E> criterion) {
    PatternRules.mayHaveCondition(this);
    return with(last().where(criterion));
  }

  /** The step is repeated until an event satisfies the condition. */
  public Pattern<E> until(EventCondition<E> condition) {
    return until(Criterion.of(condition));
  }

  /** The same with a condition over the event and the events matched before it. */
  public Pattern<E> until(MatchCondition<E> condition) {
    return until(Criterion.of(condition));
  }

  private Pattern<E> until(Criterion<E> criterion) {
    PatternRules.mayHaveUntil(this);
    return with(last().until(criterion));
  }

  /** The step occurs exactly so often. */
  public Pattern<E> times(int times) {
    return times(times, times);
  }

  /** The step occurs at least and at most so often; from 0, it is optional. */
  public Pattern<E> times(int from, int to) {
    PatternRules.mayRepeat(this, from, to);
    return with(last().with(last().quantifier().times(from, to)));
  }

  /** The step occurs at least so often. */
  public Pattern<E> timesOrMore(int times) {
    PatternRules.mayRepeat(this, Math.max(times, 0), Quantifier.UNBOUNDED);
    return with(last().with(last().quantifier().times(times, Quantifier.UNBOUNDED)));
  }

  /** The step occurs at least once. */
  public Pattern<E> oneOrMore() {
    return timesOrMore(1);
  }

  /** The step may be left out. */
  public Pattern<E> optional() {
    PatternRules.mayBeOptional(this);
    return with(last().with(last().quantifier().asOptional()));
  }

  /** The repeated step takes as many events as it can. */
  public Pattern<E> greedy() {
    PatternRules.mayBeGreedy(this);
    return with(last().with(last().quantifier().asGreedy()));
  }

  /** No event lies between the events of the repeated step. */
  public Pattern<E> consecutive() {
    PatternRules.mayChooseContiguity(this, "consecutive()");
    return with(last().with(last().quantifier().repeating(Contiguity.STRICT)));
  }

  /** Any events lie between the events of the repeated step, even ones that satisfy it. */
  public Pattern<E> allowCombinations() {
    PatternRules.mayChooseContiguity(this, "allowCombinations()");
    return with(last().with(last().quantifier().repeating(Contiguity.ANY)));
  }

  /** The last event of a match comes less than this after its first. */
  public Pattern<E> within(Duration duration) {
    long micros = PatternRules.micros(duration);
    return new Pattern<>(steps, skip, withinMicros == 0 ? micros : Math.min(withinMicros, micros));
  }

  private Pattern<E> plus(Step<E> step) {
    List<Step<E>> longer = new ArrayList<>(steps);
    longer.add(step);
    return new Pattern<>(longer, skip, withinMicros);
  }

  private Pattern<E> with(Step<E> changed) {
    List<Step<E>> same = new ArrayList<>(steps);
    same.set(same.size() - 1, changed);
    return new Pattern<>(same, skip, withinMicros);
  }

  private Step<E> asStep(Contiguity contiguity) {
    PatternRules.mayBeGroup(this);
    return Step.group(steps, contiguity);
  }

  Step<E> last() {
    return steps.get(steps.size() - 1);
  }

  List<Step<E>> steps() {
    return steps;
  }

  AfterMatchSkip skip() {
    return skip;
  }

  /** The shortest within, or 0. */
  long withinMicros() {
    return withinMicros;
  }

  /** All that decides about the states of the pattern: everything except the conditions. */
  String shape() {
    return Step.shape(steps) + " " + skip + " within " + withinMicros;
  }

  /** The steps as in a regular expression: {@code a → b+ c}. */
  @Override
  public String toString() {
    return Step.text(steps);
  }
}
