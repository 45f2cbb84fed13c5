package dhara.transforms.call;

import java.io.Serializable;
import java.util.Objects;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is used instead of an answer that a service did not give.
 *
 * @param name how results show that it was used
 * @param body in place of the service's answer; null for nothing
 */
public record Fallback(String name, @Nullable String body) implements Serializable {

  /** Nothing, and the result says {@code none}. */
  public static final Fallback NONE = new Fallback("none", null);

  public Fallback {
    Objects.requireNonNull(name, "a fallback has a name");
    if (name.isEmpty()) {
      throw new IllegalArgumentException("the name of a fallback is empty");
    }
  }
}
