package dhara.transforms.call;

import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a service said about one key.
 *
 * @param outcome what came of asking
 * @param body the answer; null unless it was found
 * @param askedAt when the service was asked; of an answer from a cache, when it came into the cache
 */
public record ServiceReply(CallOutcome outcome, @Nullable String body, Instant askedAt) {

  public ServiceReply {
    if ((outcome == CallOutcome.FOUND) != (body != null)) {
      throw new IllegalArgumentException("only what was found has a body: " + outcome);
    }
  }
}
