package dhara.transforms.decide;

import dhara.events.Event;
import dhara.records.RecordCoder;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DelegateCoder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Accounts in memory: each is read when it is used for the first time. It belongs to one thread.
 */
final class Accounts {

  /** Fewer accounts than these are not looked through for those that have expired. */
  private static final int FEW = 1_000;

  private final Duration keep;
  private final Function<String, @Nullable Account> stored;
  private final Map<String, Open> open = new HashMap<>();
  private int kept;

  /** An account in memory. */
  private static final class Open {

    private final Map<String, Long> amounts = new HashMap<>();
    private @Nullable Instant last;
    private boolean changed;

    private Open(@Nullable Account account) {
      if (account != null) {
        last = account.last();
        amounts.putAll(account.amounts());
      }
    }
  }

  /**
   * Accounts that are stored elsewhere.
   *
   * @param keep how long after something was added an account matters
   * @param stored finds an account; null if there is none
   */
  Accounts(Duration keep, Function<String, @Nullable Account> stored) {
    this.keep = keep;
    this.stored = stored;
  }

  /** The name of an account of a key: no two keys have accounts of the same name. */
  static String name(String key, String account) {
    return key.length() + ":" + key + account;
  }

  /** Decides about an event of a key, and adds what the decision uses. */
  <E extends Event, O> O decide(Decider<E, O> decider, String key, E event) {
    Instant at = event.at();
    O decision = decider.decide(event, (account, item) -> amount(name(key, account), item, at));
    decider.use(
        event, decision, (account, item, amount) -> add(name(key, account), item, amount, at));
    return decision;
  }

  /** The amount of an item at a moment. */
  long amount(String name, String item, Instant at) {
    Open account = open(name);
    return expired(account.last, keep, at) ? 0 : account.amounts.getOrDefault(item, 0L);
  }

  private void add(String name, String item, long amount, Instant at) {
    Open account = open(name);
    if (expired(account.last, keep, at)) {
      account.amounts.clear();
    }
    account.amounts.merge(item, amount, Math::addExact);
    account.last = at;
    account.changed = true;
  }

  private Open open(String name) {
    Open account = open.get(name);
    if (account == null) {
      account = new Open(stored.apply(name));
      open.put(name, account);
    }
    return account;
  }

  /** Whether an account is empty at a moment. */
  static boolean expired(@Nullable Instant last, Duration keep, Instant at) {
    return last == null || last.plus(keep).isBefore(at);
  }

  /** Passes on the accounts that have changed since the last call. */
  void changed(BiConsumer<String, Account> taker) {
    open.forEach(
        (name, account) -> {
          if (account.changed) {
            taker.accept(name, new Account(account.last, Map.copyOf(account.amounts)));
            account.changed = false;
          }
        });
  }

  /** Drops the accounts that are expired at a moment, if there are twice as many as were kept. */
  void forget(Instant at) {
    if (open.size() > FEW && open.size() > 2 * kept) {
      open.values().removeIf(account -> expired(account.last, keep, at));
      kept = open.size();
    }
  }

  /** Drops all accounts from memory if they are more than these; all that changed are stored. */
  void close(int most) {
    if (open.size() > most) {
      open.clear();
    }
  }

  /** Codes accounts that are stored nowhere else. */
  static Coder<Accounts> coder(Duration keep) {
    return DelegateCoder.of(
        MapCoder.of(StringUtf8Coder.of(), RecordCoder.of(Account.class)),
        Accounts::all,
        all -> {
          Accounts accounts = new Accounts(keep, name -> null);
          all.forEach((name, account) -> accounts.open.put(name, new Open(account)));
          return accounts;
        });
  }

  private Map<String, Account> all() {
    Map<String, Account> all = new HashMap<>();
    open.forEach(
        (name, account) -> {
          if (account.last != null) {
            all.put(name, new Account(account.last, Map.copyOf(account.amounts)));
          }
        });
    return all;
  }
}
