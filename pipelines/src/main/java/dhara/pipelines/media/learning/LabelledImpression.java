package dhara.pipelines.media.learning;

import dhara.events.Event;
import dhara.pipelines.media.Playback;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An impression and what came of it.
 *
 * @param id that of the impression
 * @param at when it was shown
 * @param knownAt when it became known: the time of the click, or the end of the time for one
 * @param segment whose model it is for
 * @param features the numbers of its features, in ascending order
 */
record LabelledImpression(
    String id, Instant at, Instant knownAt, String segment, List<Integer> features, boolean clicked)
    implements Event {

  static LabelledImpression of(
      Playback impression, Optional<Playback> click, Duration within, LearnBy by, int buckets) {
    return new LabelledImpression(
        impression.id(),
        impression.at(),
        click.map(Playback::at).orElseGet(() -> impression.at().plus(within)),
        by.segment(impression),
        AdFeatures.of(impression, buckets),
        click.isPresent());
  }

  /** What a model learns from it. */
  Example example() {
    return new Example(id, knownAt, segment, features, clicked);
  }
}
