package dhara.transforms.join;

import dhara.events.Event;
import dhara.transforms.join.HeldEvents.Entry;
import dhara.transforms.order.Either;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The interval join of one key, as a fold over both sides in one order. At the same time events of
 * the right side come first, so when an event of the left side comes, all of the right side that
 * are not after it are known.
 *
 * <p>An event of the left side waits until it is decided: by an event of the right side that comes
 * after it, or by a wake-up when its interval has passed. Of the right side all events of the
 * interval are remembered if all are matched or each is matched once; otherwise one is enough.
 */
record JoinFold<L extends Event, R extends Event>(
    Kind kind, Matches matches, Duration before, Duration after, Pending.PendingCoder<L, R> coder)
    implements Fold<Either<R, L>, Pending<L, R>, Matched<L, R>> {

  @Override
  public Pending<L, R> initial() {
    return coder.none();
  }

  @Override
  public @Nullable Pending<L, R> apply(
      Pending<L, R> pending, Either<R, L> event, Consumer<Matched<L, R>> out) {
    dropOld(pending, event.at());
    if (event.first() != null) {
      right(pending, event.first(), out);
    } else {
      left(pending, event.second(), out);
    }
    return pending.isEmpty() ? null : pending;
  }

  /** Drops what no waiting and no later event of the left side can match. */
  private void dropOld(Pending<L, R> pending, Instant now) {
    Entry<L> first = matches == Matches.NEAREST ? pending.lefts().first() : null;
    pending.rights().dropBefore((first == null ? now : first.at()).minus(before));
  }

  private void right(Pending<L, R> pending, R right, Consumer<Matched<L, R>> out) {
    HeldEvents<L> lefts = pending.lefts();
    for (Entry<L> left : lefts.all()) {
      if (matches == Matches.ALL) {
        left.match();
      }
      give(lefts.event(left), nearer(left, right, pending), out);
    }
    if (matches != Matches.ALL) {
      lefts.clear(); // the first one after them decides
    }
    remember(pending.rights(), right);
  }

  /** The match of a waiting event: this one, which is after it, or one that is before it. */
  private R nearer(Entry<L> left, R right, Pending<L, R> pending) {
    if (matches != Matches.NEAREST) {
      return right;
    }
    Duration distance = distanceBefore(left.at(), pending.rights());
    return distance == null || Duration.between(left.at(), right.at()).compareTo(distance) < 0
        ? right
        : pending.rights().event(pending.rights().last());
  }

  /** How far before a moment the remembered event is; null if it is not in the interval. */
  private @Nullable Duration distanceBefore(Instant at, HeldEvents<R> rights) {
    Entry<R> last = rights.last();
    return last == null || last.at().isBefore(at.minus(before))
        ? null
        : Duration.between(last.at(), at);
  }

  private void remember(HeldEvents<R> rights, R right) {
    switch (matches) {
      case ALL, LAST_ONCE -> rights.add(right);
      case ANY, LAST -> {
        rights.clear();
        rights.add(right);
      }
      case NEAREST -> {
        Entry<R> last = rights.last();
        if (last == null || last.at().isBefore(right.at())) { // not one with a greater id
          rights.clear();
          rights.add(right);
        }
      }
    }
  }

  private void left(Pending<L, R> pending, L left, Consumer<Matched<L, R>> out) {
    HeldEvents<R> rights = pending.rights();
    Entry<R> last = rights.last();
    if (matches == Matches.ALL) {
      for (Entry<R> right : rights.all()) {
        give(left, rights.event(right), out);
      }
    } else if (last != null
        && (matches != Matches.NEAREST || last.at().equals(left.at()) || after.isZero())) {
      give(left, rights.event(last), out);
      if (matches == Matches.LAST_ONCE) {
        Entry<R> unused = rights.removeLast();
      }
      return;
    }
    if (!after.isZero()) {
      pending.lefts().add(left);
      if (last != null && matches == Matches.ALL) {
        pending.lefts().last().match();
      }
    } else if (last == null) {
      give(left, null, out);
    }
  }

  /** When an event of the left side is decided if nothing comes: just after its interval. */
  private Instant decided(Entry<L> left, HeldEvents<R> rights) {
    Duration wait = after;
    if (matches == Matches.NEAREST) {
      Duration distance = distanceBefore(left.at(), rights);
      wait = distance == null || distance.compareTo(after) > 0 ? after : distance;
    }
    return left.at().plus(wait).plusNanos(1);
  }

  /** The events of the left side are decided in their order. */
  @Override
  public @Nullable Instant wakeAt(Pending<L, R> pending) {
    Entry<L> first = pending.lefts().first();
    return first == null ? null : decided(first, pending.rights());
  }

  @Override
  public @Nullable Pending<L, R> wake(
      Pending<L, R> pending, Instant at, Consumer<Matched<L, R>> out) {
    HeldEvents<L> lefts = pending.lefts();
    while (!lefts.isEmpty() && !decided(lefts.first(), pending.rights()).isAfter(at)) {
      Entry<L> left = lefts.removeFirst();
      boolean nearest =
          matches == Matches.NEAREST && distanceBefore(left.at(), pending.rights()) != null;
      if (nearest) {
        give(lefts.event(left), pending.rights().event(pending.rights().last()), out);
      } else if (!left.isMatched()) {
        give(lefts.event(left), null, out);
      }
    }
    dropOld(pending, at);
    return pending.isEmpty() ? null : pending;
  }

  private void give(L left, @Nullable R right, Consumer<Matched<L, R>> out) {
    if (right == null ? kind.misses() : kind.matches()) {
      out.accept(new Matched<>(left, right));
    }
  }

  /** The longer side of the interval, and the moment after it. */
  @Override
  public Duration keep() {
    return (before.compareTo(after) > 0 ? before : after).plusMillis(1);
  }

  /** An output has the time of its event of the left side. */
  @Override
  public Instant timeOf(Matched<L, R> matched, Instant at) {
    return matched.left().at();
  }

  /** As long as an event of the left side waits; milliseconds, rounded up. */
  @Override
  public Duration earlierBy() {
    return after.isZero() ? Duration.ZERO : after.plusMillis(1);
  }
}
