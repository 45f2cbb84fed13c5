package dhara.transforms.order.pattern;

import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One thing that a partial match may wait for. A partial match waits for several at once; an event
 * is taken by an arm or not, and the arm stays alive or dies. Conditions are numbers of the
 * automaton's criteria.
 *
 * @param kind what it waits for
 * @param step the step of the event
 * @param test what the event satisfies
 * @param contiguity which events it lets pass
 * @param refuses until: an event that satisfies one of these is not taken
 * @param ends until: an event that satisfies one of these is not taken and ends the arm
 * @param nots notFollowedBy: an event that satisfies one of these ends the arm, unless it is taken
 * @param notNext the first event must satisfy none of these
 * @param guards greedy: events that end the arm because an earlier step could take them
 * @param target what the partial match waits for after the event
 * @param link stands for the arms of a loop that is not built yet
 */
record Arm(
    Kind kind,
    int step,
    int test,
    Contiguity contiguity,
    List<Integer> refuses,
    List<Integer> ends,
    List<Integer> nots,
    List<Integer> notNext,
    List<Guard> guards,
    @Nullable AutomatonState target,
    @Nullable Loop link) {

  enum Kind {
    /** An event. */
    EVENT,
    /** Any event, which is not part of the match: what notNext at the end waits for. */
    NEIGHBOUR,
    /** The end of the time: what notFollowedBy at the end waits for. */
    TIMEOUT,
    /** Nothing: it is alive while the repetition of a greedy step is not ended by until. */
    GUARD,
    /** A loop that is not built yet. */
    LINK
  }

  /** What a greedy step could take. */
  record Guard(int test, List<Integer> until, @Nullable Alive alive) {}

  /** Identifies the arm that says whether a greedy step's repetition goes on. */
  static final class Alive {}

  /** The arms with which a loop begins again. */
  static final class Loop {
    private List<Arm> arms = List.of();

    void begins(List<Arm> heads) {
      arms = List.copyOf(heads);
    }
  }

  static final List<Integer> NONE = List.of();

  static Arm waits(Kind kind) {
    return new Arm(kind, -1, -1, Contiguity.STRICT, NONE, NONE, NONE, NONE, List.of(), null, null);
  }

  static Arm link(Loop loop) {
    return new Arm(
        Kind.LINK, -1, -1, Contiguity.STRICT, NONE, NONE, NONE, NONE, List.of(), null, loop);
  }

  /** Lives until the repetition ends. */
  static Arm alive(Guard guard) {
    return new Arm(
        Kind.GUARD,
        -1,
        -1,
        Contiguity.ANY,
        NONE,
        guard.until(),
        NONE,
        NONE,
        List.of(guard),
        null,
        null);
  }

  Arm not(List<Integer> more) {
    return new Arm(
        kind,
        step,
        test,
        contiguity,
        refuses,
        ends,
        plus(nots, more),
        notNext,
        guards,
        target,
        link);
  }

  Arm notNext(int more) {
    return new Arm(
        kind,
        step,
        test,
        contiguity,
        refuses,
        ends,
        nots,
        plus(notNext, List.of(more)),
        guards,
        target,
        link);
  }

  Arm guarded(List<Guard> more) {
    if (kind == Kind.GUARD) {
      return this;
    }
    return new Arm(
        kind,
        step,
        test,
        contiguity,
        refuses,
        ends,
        nots,
        notNext,
        plus(guards, more),
        target,
        link);
  }

  /** The arms that this stands for, with what it adds to them. */
  List<Arm> resolved() {
    if (kind != Kind.LINK) {
      return List.of(this);
    }
    List<Arm> arms = new ArrayList<>();
    for (Arm head : link.arms) {
      Arm arm = head.not(nots).guarded(guards);
      for (int condition : notNext) {
        arm = arm.notNext(condition);
      }
      arms.addAll(arm.resolved());
    }
    return arms;
  }

  /** The numbers of all conditions that decide about the arm. */
  List<Integer> conditions() {
    List<Integer> all = new ArrayList<>();
    if (test >= 0) {
      all.add(test);
    }
    List.of(refuses, ends, nots, notNext).forEach(all::addAll);
    for (Guard guard : guards) {
      all.add(guard.test());
      all.addAll(guard.until());
    }
    return all;
  }

  static <T> List<T> plus(List<T> some, List<T> more) {
    List<T> all = new ArrayList<>(some);
    all.addAll(more);
    return List.copyOf(all);
  }
}
