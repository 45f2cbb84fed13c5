package dhara.assembly;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.options.BadOption;
import dhara.options.SecretReference;
import dhara.tokens.TokenKey;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The key of tokens in an environment variable or a file of the machine that makes them. The bytes
 * of the key are those of its text in UTF-8.
 *
 * @param reference {@code env:NAME} or {@code file:/path}
 */
public record KeyReference(String reference) implements TokenKey {

  private static final long serialVersionUID = 1L;

  private static final String OPTION = "--tokeniseKey";
  private static final String EXAMPLE = ", e.g. " + OPTION + "=file:/etc/dhara/token.key";

  /**
   * The key that an option refers to. If this machine has it, its length is checked; if not, it may
   * still be on the workers.
   *
   * @throws BadOption if it is missing, is not a reference, or too short
   */
  public static KeyReference of(@Nullable String given) {
    if (given == null) {
      throw new BadOption(OPTION, null, "is missing" + EXAMPLE);
    } else if (!SecretReference.is(given)) {
      // Without the value, which may be the key itself.
      throw new BadOption(
          OPTION, null, "is no reference to a key: name it by env:NAME or file:/path" + EXAMPLE);
    }
    KeyReference key = new KeyReference(given);
    int bytes;
    try {
      bytes = key.bytes().length;
    } catch (SecretReference.Missing e) {
      return key;
    }
    if (bytes < LEAST_BYTES) {
      throw new BadOption(
          OPTION,
          given,
          "has %d bytes, and a key needs at least %d; make one with openssl rand -hex 32"
              .formatted(bytes, LEAST_BYTES));
    }
    return key;
  }

  @Override
  public byte[] secret() {
    try {
      return bytes();
    } catch (SecretReference.Missing e) {
      IllegalStateException missing = new IllegalStateException(e.getMessage());
      missing.addSuppressed(e); // without a cause, because a user sees the root cause of a failure
      throw missing;
    }
  }

  private byte[] bytes() {
    return SecretReference.resolve(reference).getBytes(UTF_8);
  }

  @Override
  public String toString() {
    return reference;
  }
}
