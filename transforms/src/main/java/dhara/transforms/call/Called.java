package dhara.transforms.call;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What an event gets from a call. It is the same when the call is replayed.
 *
 * @param outcome what came of the call
 * @param body the service's answer, or that of the fallback; null if there is none
 * @param fallback the name of the fallback; null if the service answered
 */
public record Called(CallOutcome outcome, @Nullable String body, @Nullable String fallback) {

  static Called of(CallOutcome outcome, @Nullable String body, Fallback fallback) {
    return outcome.answered()
        ? new Called(outcome, body, null)
        : new Called(outcome, fallback.body(), fallback.name());
  }
}
