package dhara.pipelines.social;

import dhara.pipelines.social.Trending.Word;
import dhara.transforms.order.Fold;
import dhara.transforms.sketch.Distinct;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Compares each window of a word with the baseline before it, from the minutes of the word.
 *
 * <p>Data: the minutes that have the word, in their order → the windows in which it rises. Time: a
 * window is compared at its last millisecond. A minute without the word is no event, so while the
 * last window had enough users the next is asked for by a wake-up, a millisecond after the time at
 * which its minute would be. State: the minutes of a window and its baseline, and the users of
 * those that can still be in a window; dropped when the last one has left the baseline.
 *
 * @param width of a window, milliseconds
 * @param every distance of windows, and width of a minute, milliseconds; it divides the others
 * @param baseline what is before a window, milliseconds
 */
record WordRise(long width, long every, long baseline, int leastUsers, double leastRise)
    implements Fold<WordMinute, WordRise.Recent, RisingWord> {

  /**
   * What is remembered of a word.
   *
   * @param compared the end of the last window that was compared, epoch milliseconds
   * @param enough whether it had enough users
   * @param minutes those in the window and its baseline, the oldest first
   */
  record Recent(@Nullable Word word, long compared, boolean enough, List<Minute> minutes) {}

  /** A minute that ended, epoch milliseconds. */
  record Minute(long end, long posts, Distinct users) {}

  @Override
  public Recent initial() {
    return new Recent(null, 0, false, List.of());
  }

  @Override
  public Recent apply(Recent recent, WordMinute minute, Consumer<RisingWord> out) {
    long end = minute.at().toEpochMilli() + 1;
    List<Minute> minutes = since(end - width - baseline, recent.minutes);
    minutes.add(new Minute(end, minute.sums().posts(), minute.sums().users()));
    return compared(minute.word(), end, minutes, out);
  }

  @Override
  public @Nullable Instant wakeAt(Recent recent) {
    return recent.enough ? Instant.ofEpochMilli(recent.compared + every) : null;
  }

  @Override
  public Recent wake(Recent recent, Instant at, Consumer<RisingWord> out) {
    long end = at.toEpochMilli();
    return compared(recent.word, end, since(end - width - baseline, recent.minutes), out);
  }

  private static List<Minute> since(long left, List<Minute> minutes) {
    List<Minute> rest = new ArrayList<>(minutes.size() + 1);
    for (Minute minute : minutes) {
      if (minute.end > left) {
        rest.add(minute);
      }
    }
    return rest;
  }

  private Recent compared(Word word, long end, List<Minute> minutes, Consumer<RisingWord> out) {
    long posts = 0;
    long before = 0;
    for (int i = 0; i < minutes.size(); i++) {
      Minute minute = minutes.get(i);
      if (minute.end > end - width) {
        posts += minute.posts;
      } else {
        before += minute.posts;
        minutes.set(i, new Minute(minute.end, minute.posts, Distinct.NONE));
      }
    }
    // Most words have fewer posts than users are needed, so their users need not be counted.
    long users = posts < leastUsers ? 0 : users(end - width, minutes);
    boolean enough = users >= leastUsers;
    // (posts + 1) / (before * width / baseline + 1), as one division of integers
    double rise = (double) ((posts + 1) * baseline) / (before * width + baseline);
    if (enough && rise >= leastRise) {
      out.accept(
          new RisingWord(
              word.language(), Instant.ofEpochMilli(end), word.word(), posts, users, before, rise));
    }
    return new Recent(word, end, enough, minutes);
  }

  private static long users(long after, List<Minute> minutes) {
    Distinct users = Distinct.NONE;
    for (Minute minute : minutes) {
      if (minute.end > after) {
        users = users.plus(minute.users);
      }
    }
    return users.count();
  }

  @Override
  public Duration keep() {
    return Duration.ofMillis(width + baseline);
  }

  @Override
  public Instant timeOf(RisingWord rising, Instant at) {
    return rising.end().minusMillis(1);
  }

  @Override
  public Duration earlierBy() {
    return Duration.ofMillis(1);
  }
}
