package dhara.transforms.call;

import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/** Opens the services whose URIs have one of its schemes; found by {@link ServiceLoader}. */
public interface ServiceScheme {

  /** The schemes, such as {@code https}. */
  Set<String> schemes();

  /**
   * Checks the terms, and makes what opens the service on a worker.
   *
   * @throws IllegalArgumentException if such a service cannot be asked on these terms; the message
   *     says what to change, and repeats no secret
   */
  CallService.Opening opening(ServiceTerms terms);

  /**
   * The scheme of a URI.
   *
   * @throws IllegalArgumentException if no module on the class path has it
   */
  static ServiceScheme of(String uri) {
    int colon = uri.indexOf(':');
    String scheme = colon < 0 ? "" : uri.substring(0, colon);
    Set<String> known = new TreeSet<>();
    for (ServiceScheme each : ServiceLoader.load(ServiceScheme.class)) {
      if (each.schemes().contains(scheme)) {
        return each;
      }
      known.addAll(each.schemes());
    }
    throw new IllegalArgumentException(
        known.isEmpty()
            ? "no module that asks services is on the class path; add it:"
                + " -Pflink-runner,lookup or -Pdirect-runner,lookup"
            : "is no service that can be asked; its URI begins with one of " + known);
  }
}
