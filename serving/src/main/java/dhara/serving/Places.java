package dhara.serving;

import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.options.BadOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the user wants served: {@code NAME=URI,URI…}. A comma begins another URI if a scheme follows
 * it, because commas are between the brokers of Kafka too.
 *
 * @param name an analysis, or a view
 * @param endpoints where its rows are
 */
record Places(String name, List<Endpoint> endpoints) {

  private static final Pattern VIEW = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  Places {
    endpoints = List.copyOf(endpoints);
  }

  /**
   * Reads what the user wrote.
   *
   * @param option the option that it is the value of, with its dashes; or the verb
   * @throws BadOption if it is malformed
   */
  static Places of(String option, String text) {
    int equals = text.indexOf('=');
    if (equals <= 0 || !VIEW.matcher(text.substring(0, equals)).matches()) {
      throw new BadOption(
          option,
          text,
          "names no places; write " + (option.startsWith("--") ? option + "=" : "") + "NAME=URI");
    }
    List<Endpoint> endpoints = new ArrayList<>();
    for (String uri : text.substring(equals + 1).split(next(), -1)) {
      endpoints.add(Endpoint.of(option, uri));
    }
    return new Places(text.substring(0, equals), endpoints);
  }

  private static String next() {
    Set<String> schemes = new TreeSet<>(Connector.schemes());
    schemes.addAll(Endpoint.FILE_SYSTEMS);
    return ",(?=(?:"
        + schemes.stream().map(Pattern::quote).collect(Collectors.joining("|"))
        + "):(?!\\d+[,/]))";
  }
}
