package dhara.assembly;

import dhara.connectors.Endpoint;
import dhara.options.BadOption;
import dhara.options.Nearest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The endpoints of an option that is given as {@code URI} or {@code NAME=URI}, also repeatedly. */
final class Endpoints {

  private static final Pattern NAMED = Pattern.compile("([a-z][a-z0-9-]*)=(.+)");

  private final String option;
  private final List<String> names;
  private final int most;

  private Endpoints(String option, List<String> names, int most) {
    this.option = option;
    this.names = names;
    this.most = most;
  }

  /**
   * The endpoints of an option whose values may name one of {@code names}, with one endpoint each.
   */
  static Endpoints of(String option, List<String> names) {
    return new Endpoints(option, names, 1);
  }

  /** The same, with any number of endpoints per name. */
  Endpoints several() {
    return new Endpoints(option, names, Integer.MAX_VALUE);
  }

  /**
   * The endpoints of each name, in the order given.
   *
   * @param bare the names that a value without a name applies to, unless another value names them
   * @throws BadOption if a name is unknown, or has too many endpoints
   */
  Map<String, List<Endpoint>> read(List<String> values, List<String> bare) {
    List<Endpoint> unnamed = new ArrayList<>();
    Map<String, List<Endpoint>> named = new HashMap<>();
    for (String value : values) {
      Matcher name = NAMED.matcher(value);
      if (!name.matches()) {
        add(unnamed, value, value, "without a name; say NAME=URI, with one of " + names);
      } else if (!names.contains(name.group(1))) {
        String question = Nearest.question(name.group(1), names);
        throw new BadOption(
            option,
            value,
            "knows no "
                + name.group(1)
                + "; its names are "
                + names
                + (question.isEmpty() ? "" : "." + question));
      } else {
        add(
            named.computeIfAbsent(name.group(1), n -> new ArrayList<>()),
            value,
            name.group(2),
            "for " + name.group(1) + "; leave one of them out");
      }
    }
    Map<String, List<Endpoint>> all = new HashMap<>();
    if (!unnamed.isEmpty()) {
      bare.forEach(name -> all.put(name, unnamed));
    }
    if (bare.size() == 1 && !unnamed.isEmpty() && named.containsKey(bare.get(0))) {
      throw new BadOption(
          option,
          unnamed.get(0),
          "means " + bare.get(0) + ", which is named beside it; name both: NAME=URI");
    }
    all.putAll(named);
    return all;
  }

  private void add(List<Endpoint> endpoints, String value, String uri, String which) {
    if (endpoints.size() == most) {
      throw new BadOption(option, value, "is a second URI " + which);
    }
    endpoints.add(Endpoint.of(option, uri));
  }
}
