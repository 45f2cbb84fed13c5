package dhara.transforms.decide;

import dhara.events.Event;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.util.function.Consumer;

/** The decisions of a backfill: all accounts of a key are in memory while it is folded. */
record DecideFold<K, E extends Event, O>(Decider<E, O> decider)
    implements Fold<Undecided<K, E>, Accounts, Answer<K, O>> {

  @Override
  public Accounts initial() {
    return new Accounts(decider.keep(), name -> null);
  }

  @Override
  public Accounts apply(Accounts accounts, Undecided<K, E> asked, Consumer<Answer<K, O>> out) {
    O decision = accounts.decide(decider, "", asked.answer().value());
    out.accept(asked.decided(asked.answer().revision(), asked.answer().first(), decision));
    accounts.forget(asked.at());
    return accounts;
  }

  @Override
  public Duration keep() {
    return decider.keep();
  }
}
