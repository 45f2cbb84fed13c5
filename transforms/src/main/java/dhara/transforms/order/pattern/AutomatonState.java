package dhara.transforms.order.pattern;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a partial match stands: what it may wait for, as arms, and whether it is a match as it is.
 * Which arms are alive is a set of bits, so that events that a partial match ignores cost no
 * memory.
 */
final class AutomatonState {

  /** Set while no event came since the last one that was taken. */
  static final long FRESH = 1L << 63;

  /** A state has fewer arms than bits. */
  static final int MOST_ARMS = 62;

  final int id;
  final boolean accepts;

  /** All arms, and that no event came yet. */
  long all;

  /** The arms that wait for something. */
  long waiting;

  /** The arms that wait for the end of the time. */
  long timeouts;

  /** Whether conditions over the event alone decide about each arm. */
  boolean simple;

  Arm[] arms = {};

  /** For each arm and guard, the arm on which the guard depends, or 0. */
  long[][] alive = {};

  private final List<Arm> declared;

  AutomatonState(int id, boolean accepts, List<Arm> declared) {
    this.id = id;
    this.accepts = accepts;
    this.declared = List.copyOf(declared);
  }

  /** Puts in the loops, when all states are known. */
  void finish(String pattern, List<? extends Criterion<?>> criteria) {
    List<Arm> resolved = new ArrayList<>();
    declared.forEach(arm -> resolved.addAll(arm.resolved()));
    if (resolved.size() > MOST_ARMS) {
      throw new IllegalArgumentException(
          ("pattern %s: %d steps may follow one step, and at most %d are possible; make some of"
                  + " the optional steps required, or use several patterns")
              .formatted(pattern, resolved.size(), MOST_ARMS));
    }
    arms = resolved.toArray(Arm[]::new);
    alive = new long[arms.length][];
    simple = true;
    all = FRESH;
    for (int i = 0; i < arms.length; i++) {
      Arm arm = arms[i];
      all |= 1L << i;
      waiting |= arm.kind() == Arm.Kind.GUARD ? 0 : 1L << i;
      timeouts |= arm.kind() == Arm.Kind.TIMEOUT ? 1L << i : 0;
      alive[i] = arm.guards().stream().mapToLong(this::aliveBit).toArray();
      simple &= arm.conditions().stream().allMatch(condition -> criteria.get(condition).isSimple());
      simple &= arm.guards().stream().allMatch(guard -> guard.alive() == null);
    }
  }

  private long aliveBit(Arm.Guard guard) {
    for (int i = 0; guard.alive() != null && i < arms.length; i++) {
      if (arms[i].kind() == Arm.Kind.GUARD && arms[i].guards().get(0).alive() == guard.alive()) {
        return 1L << i;
      }
    }
    return 0;
  }
}
