package dhara.transforms.decide;

import dhara.events.Event;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is in memory of a shard: the accounts that were read from its state, and what the decisions
 * use that were given at arrival and have not settled. Both can be made again from the state.
 */
final class Desk<E extends Event, O> {

  /** So many accounts stay in memory, so that those of every decision are not read each time. */
  private static final int MOST_ACCOUNTS = 2_000;

  private final Decider<E, O> decider;
  private final Accounts settled;
  private final Map<String, Map<String, Long>> pending = new HashMap<>();
  private @Nullable Function<String, @Nullable Account> stored;
  private long token;

  Desk(Decider<E, O> decider, long token) {
    this.decider = decider;
    this.token = token;
    Duration keep = decider.keep();
    this.settled = new Accounts(keep, name -> stored.apply(name));
  }

  /** The state of which it is the memory, see {@link Turn}. */
  long token() {
    return token;
  }

  /** It becomes the memory of a state with this token. */
  void is(long newToken) {
    token = newToken;
  }

  /** The settled accounts, of which those that are not in memory are read by {@code newStored}. */
  Accounts accounts(Function<String, @Nullable Account> newStored) {
    stored = newStored;
    settled.close(MOST_ACCOUNTS);
    return settled;
  }

  /** Decides about an event at its arrival; what the decision uses is pending from now on. */
  O arrive(String key, E event, Accounts accounts) {
    O decision =
        decider.decide(
            event,
            (account, item) -> {
              String name = Accounts.name(key, account);
              return Math.addExact(accounts.amount(name, item, event.at()), pending(name, item));
            });
    given(key, event, decision, 1);
    return decision;
  }

  private long pending(String name, String item) {
    Map<String, Long> amounts = pending.get(name);
    return amounts == null ? 0 : amounts.getOrDefault(item, 0L);
  }

  /**
   * Adds what a decision at arrival uses to what is pending.
   *
   * @param sign 1, or -1 to take it back when it settles
   */
  void given(String key, E event, O decision, int sign) {
    decider.use(
        event,
        decision,
        (account, item, amount) -> {
          String name = Accounts.name(key, account);
          Map<String, Long> amounts = pending.computeIfAbsent(name, of -> new HashMap<>(2));
          if (amounts.merge(item, sign * amount, Math::addExact) == 0) {
            amounts.remove(item);
            if (amounts.isEmpty()) {
              pending.remove(name);
            }
          }
        });
  }
}
