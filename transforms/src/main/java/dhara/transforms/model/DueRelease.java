package dhara.transforms.model;

import dhara.events.Event;
import dhara.transforms.join.Version;
import java.time.Duration;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A release, or the removal of a model, at the moment from which on no earlier one can come.
 *
 * <p>That moment is never behind the watermark, while the release itself may be. So it holds the
 * watermark until it is decided, and events that it concerns wait for it.
 *
 * @param id the identity of the record
 * @param at when it is decided
 * @param model the name of the model
 * @param from from when on it holds
 * @param release null for a removal
 */
record DueRelease(String id, Instant at, String model, Instant from, @Nullable ModelRelease release)
    implements Event {

  /**
   * The release of a version.
   *
   * @param lateness how far behind the watermark it may come
   */
  static DueRelease of(Version<ModelRelease> version, Duration lateness) {
    return new DueRelease(
        version.id(), version.at().plus(lateness), version.key(), version.at(), version.value());
  }
}
