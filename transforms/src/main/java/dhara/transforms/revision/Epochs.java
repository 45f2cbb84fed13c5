package dhara.transforms.revision;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The epochs of the shards that an instance of a function goes through, each in the state of its
 * shard: one number, as long as the stream lives.
 *
 * <p>An instance takes a shard over when it sees it for the first time. Engines that go on from a
 * checkpoint make new instances for that. Those that move a shard while it is worked on, and never
 * take its state back, may hand it to and fro; who sees it again goes on with it, a millisecond
 * later.
 *
 * <p>Belongs to one thread; to be made in {@code @Setup}.
 */
public final class Epochs {

  /** A clock: milliseconds since 1970. */
  @FunctionalInterface
  public interface Clock extends Serializable {
    long millis();
  }

  /**
   * The epochs of a shard.
   *
   * @param current in which it answers
   * @param next which the state keeps, the same or a later one
   */
  private record Held(long current, long next) {

    Held(long both) {
      this(both, both);
    }
  }

  private final Clock clock;
  private final Map<Object, Held> shards = new HashMap<>();

  /** Epochs that follow a clock, {@code System::currentTimeMillis} as a rule. */
  public Epochs(Clock clock) {
    this.clock = clock;
  }

  /** What the state of a shard is to be. */
  public static StateSpec<ValueState<Long>> state() {
    return StateSpecs.value(VarLongCoder.of());
  }

  /**
   * The epoch in which a shard answers now.
   *
   * @param shard the key of the state
   */
  public long of(Object shard, ValueState<Long> state) {
    @Nullable Long kept = state.read();
    long now = clock.millis();
    @Nullable Held before = kept == null ? null : shards.get(shard);
    Held held;
    if (before == null) {
      held = new Held(Epoch.taken(kept, now));
    } else if (before.next != kept.longValue()) {
      held = new Held(kept + 1); // it was another's meanwhile, who is to see that it was taken
    } else if (now >= before.next + Epoch.KEPT) {
      held = new Held(before.next, now);
    } else {
      return before.current;
    }
    shards.put(shard, held);
    if (kept == null || kept.longValue() != held.next) {
      state.write(held.next);
    }
    return held.current;
  }
}
