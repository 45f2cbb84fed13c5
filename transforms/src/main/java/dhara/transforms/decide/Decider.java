package dhara.transforms.decide;

import dhara.events.Event;
import dhara.transforms.order.Fold;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Decides about the events of one key, where each decision uses something up that later ones lack:
 * a budget, a quota, a frequency cap. It is plain Java; {@link DecideInOrder} runs it over streams
 * and backfills.
 *
 * <p><b>Accounts.</b> What was used is remembered in accounts: each has a name, and an amount for
 * each of its items. A decision sees the amounts of the decisions before it, and adds its own. So
 * what all decisions need is not one state, of which each event would read and write the whole, but
 * many accounts, of which it touches a few: one of all campaigns, and one of the user.
 *
 * <p><b>Forgetting</b> is part of the definition: an account that nothing was added to for longer
 * than {@link #keep} is empty. Put the day into the name of an account that begins anew each day.
 *
 * @param <E> the events
 * @param <O> the decisions
 */
public interface Decider<E extends Event, O> extends Serializable {

  /** What earlier decisions have used. */
  @FunctionalInterface
  interface Used {
    /** The amount of an item of an account; 0 if nothing was added. */
    long of(String account, String item);
  }

  /** Takes what a decision uses. */
  @FunctionalInterface
  interface Uses {
    /**
     * Adds to the amount of an item of an account. An overflow is an {@link ArithmeticException}.
     */
    void add(String account, String item, long amount);
  }

  /** Decides about an event; a function of its arguments alone. */
  O decide(E event, Used used);

  /** Passes on what a decision uses; a function of its arguments alone. */
  void use(E event, O decision, Uses uses);

  /** How long after something was added to it an account still matters. */
  Duration keep();

  /** The decisions about all events of one key, the simple way: for tests and small data. */
  default List<O> over(Collection<? extends E> events) {
    List<E> inOrder = new ArrayList<>(events);
    inOrder.sort(Fold.ORDER);
    Accounts accounts = new Accounts(keep(), name -> null);
    List<O> decisions = new ArrayList<>();
    for (E event : inOrder) {
      decisions.add(accounts.decide(this, "", event));
    }
    return decisions;
  }
}
