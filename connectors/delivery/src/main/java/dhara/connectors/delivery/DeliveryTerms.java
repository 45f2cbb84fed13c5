package dhara.connectors.delivery;

import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import java.io.Serializable;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Set;
import java.util.TreeSet;

/**
 * How rows are delivered to a system that may fail: the parameters that all such endpoints have.
 *
 * @param output the output whose rows they are
 * @param place the endpoint, without parameters, for dead letters
 * @param attempts after how many attempts a row is undelivered
 * @param backoff the mean wait after the first attempt; it doubles with each
 * @param maxBackoff the longest mean wait
 * @param timeout how long an attempt may take
 * @param breaker how long the circuit breaker stays open
 * @param inFlight how many rows are sent at once
 * @param rate the most attempts a second; 0 for any number
 * @param queue how many rows of a stream may wait
 */
public record DeliveryTerms(
    String output,
    String place,
    int attempts,
    Duration backoff,
    Duration maxBackoff,
    Duration timeout,
    Duration breaker,
    int inFlight,
    int rate,
    int queue)
    implements Serializable {

  private static final Set<String> NAMES =
      Set.of(
          "attempts", "backoff", "maxBackoff", "timeout", "breaker", "inFlight", "rate", "queue");

  /**
   * Reads the parameters of an endpoint to which rows are delivered.
   *
   * @param inFlight the default of the parameter of this name
   * @param queue the default of the parameter of this name: enough for all answers of a window
   * @throws dhara.options.BadOption if one of these parameters cannot be used, or the rows are no
   *     answers
   */
  public static DeliveryTerms of(
      Endpoint endpoint, Connector.Rows<?> rows, int inFlight, int queue) {
    if (rows.aside()) {
      throw endpoint.bad(
          "takes answers and not "
              + rows.name()
              + ", which go beside the first output; name a place for these: --deadLetters=,"
              + " --late= and --ledger=");
    }
    return new DeliveryTerms(
        rows.name(),
        endpoint.scheme() + "://" + endpoint.path(),
        number(endpoint, "attempts", 12, 1),
        duration(endpoint, "backoff", "PT1S"),
        duration(endpoint, "maxBackoff", "PT5M"),
        duration(endpoint, "timeout", "PT10S"),
        duration(endpoint, "breaker", "PT30S"),
        number(endpoint, "inFlight", inFlight, 1),
        number(endpoint, "rate", 0, 0),
        number(endpoint, "queue", queue, 1));
  }

  /** The names of these parameters, with others that an endpoint has. */
  public static Set<String> parameters(String... others) {
    Set<String> all = new TreeSet<>(NAMES);
    all.addAll(Set.of(others));
    return all;
  }

  private static int number(Endpoint endpoint, String name, int otherwise, int least) {
    String said = endpoint.parameter(name, Integer.toString(otherwise));
    if (!said.matches("\\d{1,7}") || Integer.parseInt(said) < least) {
      throw endpoint.bad(
          "%s is no number from %d to 9999999, e.g. %s=%d"
              .formatted(name, least, name, Math.max(otherwise, 1)));
    }
    return Integer.parseInt(said);
  }

  private static Duration duration(Endpoint endpoint, String name, String otherwise) {
    Duration read;
    try {
      read = Duration.parse(endpoint.parameter(name, otherwise));
    } catch (DateTimeParseException e) {
      throw endpoint.bad(name + " is no duration, e.g. " + name + "=" + otherwise, e);
    }
    if (read.toMillis() < 10 || read.compareTo(Duration.ofDays(1)) > 0) {
      throw endpoint.bad(name + " must be between 10 ms and a day, e.g. " + name + "=" + otherwise);
    }
    return read;
  }
}
