package dhara.cli;

import dhara.options.BadOption;
import dhara.pipelines.Input;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The values of an option that may have one for each input of an analysis: {@code VALUE}, or {@code
 * NAME=VALUE} repeatedly.
 *
 * @param bare the value without a name; null where there is none
 * @param named by input, in the order given
 */
public record PerInput(@Nullable String bare, Map<String, String> named) {

  private static final Pattern NAMED = Pattern.compile("([a-z][a-z0-9-]*)=(.+)");

  /**
   * Reads the values that the user gave.
   *
   * @param values null for none
   * @throws BadOption if an input is unknown, or has two values
   */
  public static PerInput of(
      String option, @Nullable List<String> values, List<? extends Input<?>> inputs) {
    List<String> names = inputs.stream().map(Input::name).toList();
    String bare = null;
    Map<String, String> named = new LinkedHashMap<>();
    for (String value : values == null ? List.<String>of() : values) {
      Matcher name = NAMED.matcher(value);
      if (!name.matches()) {
        if (bare != null) {
          throw new BadOption(
              option,
              value,
              "is a second value without a name; say NAME=VALUE, with one of " + names);
        }
        bare = value;
      } else if (!names.contains(name.group(1))) {
        throw new BadOption(
            option, value, "knows no " + name.group(1) + "; its names are " + names);
      } else if (named.putIfAbsent(name.group(1), name.group(2)) != null) {
        throw new BadOption(
            option, value, "is a second value for " + name.group(1) + "; leave one of them out");
      }
    }
    return new PerInput(bare, named);
  }

  /** The same, with the value without a name assigned to this input. */
  public PerInput bareIs(String input, String option) {
    if (bare == null) {
      return this;
    }
    Map<String, String> all = new LinkedHashMap<>(Map.of(input, bare));
    if (named.containsKey(input)) {
      throw new BadOption(
          option, bare, "means " + input + ", which is named beside it; name both: NAME=VALUE");
    }
    all.putAll(named);
    return new PerInput(null, all);
  }
}
