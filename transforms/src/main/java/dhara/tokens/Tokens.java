package dhara.tokens;

import java.io.Serializable;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which components of events hold personal data, and the key under which they become tokens when
 * events are parsed. Bytes that are no event may hold personal data anywhere, so they are kept
 * {@linkplain Seal sealed}.
 */
public final class Tokens implements Serializable {

  private static final long serialVersionUID = 1L;

  private final TreeSet<String> components;
  private final TokenKey key;

  private Tokens(Collection<String> components, TokenKey key) {
    this.components = new TreeSet<>(components);
    this.key = key;
  }

  /** Tokens instead of these components. */
  public static Tokens of(Collection<String> components, TokenKey key) {
    return new Tokens(components, key);
  }

  /** The same for a record that has only these components; there may be none among them. */
  public Tokens among(Collection<String> known) {
    return new Tokens(components.stream().filter(known::contains).toList(), key);
  }

  /** The components, in the order of their names. */
  public Set<String> components() {
    return Collections.unmodifiableSet(components);
  }

  /** Whether a component becomes a token. */
  public boolean covers(String component) {
    return components.contains(component);
  }

  /** Makes tokens, for one thread. */
  public Tokeniser tokeniser() {
    return new Tokeniser(key);
  }

  /** Seals bytes that are no event; the key is resolved when the first are sealed. */
  public Seal seal() {
    return Seal.with(key);
  }

  /** The components and the reference of the key. */
  @Override
  public String toString() {
    return String.join(", ", components) + " under the key of " + key;
  }
}
