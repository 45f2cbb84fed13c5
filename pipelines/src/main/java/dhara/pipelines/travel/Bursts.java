package dhara.pipelines.travel;

import dhara.events.Event;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Attempts of one user or address that come too fast for a person. A burst begins with the attempt
 * that is one more than allowed within some time, and includes those before it in that time. It
 * goes on until there is no attempt for that time.
 *
 * @param within some time: two attempts this far apart are not within it
 * @param allowed how many attempts within that time are no burst
 */
record Bursts(Duration within, int allowed)
    implements Fold<Bursts.Attempt, Bursts.Recent, Bursts.Change> {

  /** Whether bursts are of users or of addresses. */
  public enum Of {
    /** One user. */
    USER,
    /** One address. */
    ADDRESS
  }

  /** An attempt of a user, or from an address. */
  record Attempt(String id, Instant at, Of of, String name, boolean confirmed) implements Event {}

  /** An attempt that may yet be part of a burst. */
  record Held(Instant at, boolean confirmed) {}

  /**
   * The attempts of a user or address.
   *
   * @param held the last ones, at most as many as are allowed; none in a burst
   * @param since when the burst began; null if there is none
   * @param last the last attempt; null before the first
   * @param attempts those of the burst
   * @param confirmed those of them that got seats
   */
  record Recent(
      List<Held> held,
      @Nullable Instant since,
      @Nullable Instant last,
      long attempts,
      long confirmed) {}

  /** A burst has begun, or is over. */
  record Change(Instant at, boolean over, Instant since, long attempts, long confirmed) {}

  @Override
  public Recent initial() {
    return new Recent(List.of(), null, null, 0, 0);
  }

  @Override
  public Recent apply(Recent before, Attempt attempt, Consumer<Change> out) {
    long got = attempt.confirmed ? 1 : 0;
    if (before.since != null) {
      return new Recent(
          List.of(), before.since, attempt.at, before.attempts + 1, before.confirmed + got);
    }
    List<Held> held = new ArrayList<>();
    for (Held each : before.held) {
      if (attempt.at.isBefore(each.at.plus(within))) {
        held.add(each);
      }
    }
    held.add(new Held(attempt.at, attempt.confirmed));
    if (held.size() <= allowed) {
      return new Recent(held, null, attempt.at, 0, 0);
    }
    Instant since = held.get(0).at;
    long confirmed = held.stream().filter(Held::confirmed).count();
    out.accept(new Change(attempt.at, false, since, held.size(), confirmed));
    return new Recent(List.of(), since, attempt.at, held.size(), confirmed);
  }

  @Override
  public @Nullable Instant wakeAt(Recent state) {
    return state.since == null ? null : state.last.plus(within);
  }

  @Override
  public @Nullable Recent wake(Recent state, Instant at, Consumer<Change> out) {
    out.accept(new Change(at, true, state.since, state.attempts, state.confirmed));
    return null;
  }

  @Override
  public Duration keep() {
    return within;
  }
}
