package dhara.connectors.lookup;

import dhara.transforms.call.CallOutcome;
import java.time.Duration;
import java.util.Map;

/**
 * What came of one call about several keys.
 *
 * @param outcome {@link CallOutcome#FOUND} if the service answered, else what happened
 * @param bodies the answers by key; the service knows nothing of the other keys
 * @param pause how long the service asks to be left alone; zero if it does not
 */
record LookupReply(CallOutcome outcome, Map<String, String> bodies, Duration pause) {

  /** A longer pause is cut to an hour, or a mistake of the service would stop all calls. */
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  LookupReply {
    bodies = Map.copyOf(bodies);
    pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  /** The service answered. */
  static LookupReply answered(Map<String, String> bodies) {
    return new LookupReply(CallOutcome.FOUND, bodies, Duration.ZERO);
  }

  /** The service did not answer. */
  static LookupReply of(CallOutcome outcome) {
    return of(outcome, Duration.ZERO);
  }

  /** The service did not answer, and asks to be left alone. */
  static LookupReply of(CallOutcome outcome, Duration pause) {
    return new LookupReply(outcome, Map.of(), pause);
  }
}
