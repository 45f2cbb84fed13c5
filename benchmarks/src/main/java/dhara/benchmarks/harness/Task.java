package dhara.benchmarks.harness;

import java.util.Map;

/**
 * The task of a contestant.
 *
 * @param events how many events to read
 * @param parameters the parameters of the work, by name
 */
public record Task(long events, Map<String, String> parameters) {

  public Task {
    parameters = Map.copyOf(parameters);
  }

  /**
   * A parameter.
   *
   * @throws IllegalArgumentException where the work does not give it
   */
  public String text(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the work gives no parameter " + name);
    }
    return value;
  }

  /** A parameter that is a whole number. */
  public long number(String name) {
    return Long.parseLong(text(name));
  }
}
