package dhara.pipelines.media;

import dhara.events.Event;
import dhara.pipelines.media.Playback.Kind;
import dhara.pipelines.media.Viewership.Watched;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Follows one viewer of one content: there from their first event until they end or fail, or until
 * a while after their last event.
 *
 * @param timeout how long after their last event a viewer is still there
 */
record Presence(Duration timeout) implements Fold<Playback, Presence.There, Presence.Change> {

  /** A viewer who stays longer is told of again, so that nobody has to remember them for longer. */
  static final Duration TOLD_EVERY = Duration.ofDays(1);

  /**
   * Who watches what.
   *
   * @param user the viewer
   * @param watched what they watch
   */
  record Seat(String user, Watched watched) {

    static Seat of(Playback event) {
      return new Seat(event.user(), Watched.of(event));
    }
  }

  /**
   * Someone is there.
   *
   * @param seat null if not
   * @param told when that was told last
   * @param last when their last event was
   */
  record There(@Nullable Seat seat, Instant told, Instant last) {}

  /**
   * A viewer has come or gone.
   *
   * @param id sorts those who go before those who come at the same moment, so that one who takes
   *     the place of another makes no peak
   * @param at when
   * @param watched what
   * @param by 1 for one who has come, -1 for one who has gone, 0 for one who is still there
   */
  record Change(String id, Instant at, Watched watched, int by) implements Event {

    private static Change of(Seat seat, Instant at, int by) {
      return new Change((by < 0 ? "0" : "1") + seat.user, at, seat.watched, by);
    }
  }

  @Override
  public There initial() {
    return new There(null, Instant.EPOCH, Instant.EPOCH);
  }

  @Override
  public @Nullable There apply(There before, Playback event, Consumer<Change> out) {
    boolean ends = event.kind() == Kind.COMPLETE || event.kind() == Kind.ERROR;
    boolean there = before.seat != null;
    if (ends) {
      return there ? wake(before, event.at(), out) : null;
    }
    Seat seat = there ? before.seat : Seat.of(event);
    boolean tell = !there || !event.at().isBefore(before.told.plus(TOLD_EVERY));
    if (tell) {
      out.accept(Change.of(seat, event.at(), there ? 0 : 1));
    }
    return new There(seat, tell ? event.at() : before.told, event.at());
  }

  @Override
  public @Nullable Instant wakeAt(There there) {
    return there.seat == null ? null : there.last.plus(timeout);
  }

  /** They are gone. */
  @Override
  public @Nullable There wake(There before, Instant at, Consumer<Change> out) {
    out.accept(Change.of(before.seat, at, -1));
    return null;
  }

  @Override
  public Duration keep() {
    return timeout;
  }
}
