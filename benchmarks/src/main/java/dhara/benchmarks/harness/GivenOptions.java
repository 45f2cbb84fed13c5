package dhara.benchmarks.harness;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Options of a command, {@code --NAME=VALUE} each. */
public final class GivenOptions {

  private GivenOptions() {}

  /**
   * The options that a benchmark sets, and those of the user. Of two with one name the user's
   * counts.
   */
  public static List<String> over(List<String> set, List<String> given) {
    Map<String, String> all = new LinkedHashMap<>();
    set.forEach(option -> all.put(name(option), option));
    given.forEach(option -> all.put(name(option), option));
    return List.copyOf(all.values());
  }

  private static String name(String option) {
    return option.split("=", 2)[0];
  }
}
