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
 * The epochs of the shards that an instance of a function processes, each in the state of its
 * shard: one number, as long as the stream lives.
 *
 * <p>An instance takes over a shard when it sees it for the first time. An engine that restores
 * from a checkpoint creates new instances. An engine that moves a shard between running instances
 * may move it back and forth; an instance that gets a shard back continues one millisecond later.
 *
 * <p>It belongs to one thread; create it in {@code @Setup}.
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
   * @param current the epoch of its answers
   * @param next the epoch in the state, the same or a later one
   */
  private record Held(long current, long next) {

    Held(long both) {
      this(both, both);
    }
  }

  private final Clock clock;
  private final Map<Object, Held> shards = new HashMap<>();

  /** Epochs that follow a clock, usually {@code System::currentTimeMillis}. */
  public Epochs(Clock clock) {
    this.clock = clock;
  }

  /** The specification of a shard's state. */
  public static StateSpec<ValueState<Long>> state() {
    return StateSpecs.value(VarLongCoder.of());
  }

  /**
   * The current epoch of a shard.
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
