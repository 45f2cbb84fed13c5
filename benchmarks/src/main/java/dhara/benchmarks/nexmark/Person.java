package dhara.benchmarks.nexmark;

/**
 * A person who joins, to sell and to bid.
 *
 * @param atMillis when, epoch milliseconds
 * @param extra fills the event up to its size
 */
public record Person(
    long id,
    String name,
    String email,
    String creditCard,
    String city,
    String state,
    long atMillis,
    String extra) {}
