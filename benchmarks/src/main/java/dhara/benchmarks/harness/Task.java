package dhara.benchmarks.harness;

import java.util.Map;

/**
 * What a contestant is asked to do.
 *
 * @param events how many events to read
 * @param parameters what else the work says, by name
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
