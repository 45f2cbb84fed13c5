package dhara.transforms.alert;

import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * No notification is sent about alerts that meet all matchers from {@code startsAt} until {@code
 * endsAt}.
 *
 * @param matchers at least one
 * @param startsAt from when on
 * @param endsAt until when; not included, while Alertmanager includes it
 */
public record Silence(List<LabelMatcher> matchers, Instant startsAt, Instant endsAt)
    implements Serializable {

  public Silence {
    matchers = List.copyOf(matchers);
    if (matchers.isEmpty()) {
      throw new IllegalArgumentException("a silence without matchers would silence every alert");
    }
    if (!startsAt.isBefore(endsAt)) {
      throw new IllegalArgumentException(
          "a silence ends after it starts, not from %s to %s".formatted(startsAt, endsAt));
    }
  }

  boolean holds(Map<String, String> labels, Instant at) {
    return !at.isBefore(startsAt) && at.isBefore(endsAt) && LabelMatcher.all(matchers, labels);
  }
}
