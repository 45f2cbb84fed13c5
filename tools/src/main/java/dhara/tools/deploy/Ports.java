package dhara.tools.deploy;

import dhara.connectors.Endpoint;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ports at which the servers of endpoints listen. */
final class Ports {

  private static final Pattern PORT = Pattern.compile(":(\\d{1,5})(?=,|/|$)");

  /** Of hosts without a port. The ports of object stores and webhooks are open in any case. */
  private static final Map<String, Integer> USUAL = Map.of("postgres", 5432, "redis", 6379);

  private Ports() {}

  /** Those of an endpoint; empty for a file, and for what is known by another name. */
  static Set<Integer> of(Endpoint endpoint) {
    Set<Integer> ports = new TreeSet<>();
    if (endpoint.scheme().equals("files")) {
      return ports;
    }
    int slash = endpoint.path().indexOf('/');
    String hosts = slash < 0 ? endpoint.path() : endpoint.path().substring(0, slash);
    Matcher port = PORT.matcher(hosts);
    while (port.find()) {
      ports.add(Integer.valueOf(port.group(1)));
    }
    if (ports.isEmpty() && USUAL.containsKey(endpoint.scheme())) {
      ports.add(USUAL.get(endpoint.scheme()));
    }
    return ports;
  }
}
