package dhara.cli;

import dhara.options.BadOption;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The message of a failure for a user. Beam and the engines wrap the cause several times. */
public final class Failure {

  private Failure() {}

  /** One line: the root cause. */
  public static String line(Throwable failure) {
    List<Throwable> chain = chain(failure);
    Throwable root = chain.get(chain.size() - 1);
    String first = first(root);
    if (first.isEmpty()) {
      return root.getClass().getSimpleName();
    }
    if (root instanceof IOException && chain.size() > 1) {
      // The root cause of a full disk names no path; an exception that wraps it may.
      Throwable around = chain.get(chain.size() - 2);
      String doing = first(around);
      if (around instanceof IOException && !doing.isEmpty() && !doing.equals(root.toString())) {
        return "IOException: " + doing + ": " + first;
      }
    }
    boolean speaksForItself =
        root instanceof BadOption
            || root instanceof IllegalStateException
            || root instanceof IllegalArgumentException
            || root.getClass() == RuntimeException.class;
    return speaksForItself ? first : root.getClass().getSimpleName() + ": " + first;
  }

  private static String first(Throwable failure) {
    String message = failure.getMessage() == null ? "" : failure.getMessage().strip();
    return message.lines().findFirst().orElse("");
  }

  /** The bad option, if that is the cause. */
  public static Optional<BadOption> badOption(Throwable failure) {
    return chain(failure).stream()
        .filter(BadOption.class::isInstance)
        .map(BadOption.class::cast)
        .findFirst();
  }

  private static List<Throwable> chain(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Throwable> chain = new ArrayList<>();
    for (Throwable t = failure; t != null && seen.add(t); t = t.getCause()) {
      chain.add(t);
    }
    return chain;
  }
}
