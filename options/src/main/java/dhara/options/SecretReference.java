package dhara.options;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A reference to a secret, instead of the secret: {@code env:NAME} is an environment variable,
 * {@code file:/path} the content of a file. Graphs, templates and logs carry the reference; the
 * worker that needs the secret reads it there.
 */
public final class SecretReference {

  private static final String ENV = "env:";
  private static final String FILE = "file:";

  private SecretReference() {}

  /** Whether the value is a reference to a secret. */
  public static boolean is(String value) {
    return value.startsWith(ENV) || value.startsWith(FILE);
  }

  /** The variable that a reference names; empty if it names a file, or is no reference. */
  public static Optional<String> variable(String value) {
    return value.startsWith(ENV) ? Optional.of(value.substring(ENV.length())) : Optional.empty();
  }

  /** The file that a reference names; empty if it names a variable, or is no reference. */
  public static Optional<String> file(String value) {
    return value.startsWith(FILE) ? Optional.of(value.substring(FILE.length())) : Optional.empty();
  }

  /**
   * Whether an option should refer to a secret, by its name, and holds text that is no reference.
   */
  public static boolean lacks(String option, String value) {
    return SecretName.is(option) && !is(value);
  }

  /**
   * The secret that a value refers to; a value that is no reference is returned unchanged.
   *
   * @throws Missing if this machine has no such variable or file
   */
  public static String resolve(String value) {
    if (value.startsWith(ENV)) {
      String secret = System.getenv(value.substring(ENV.length()));
      if (secret == null) {
        throw new Missing(
            value + ": no such environment variable on this machine; set it on every worker", null);
      }
      return secret.strip();
    }
    if (value.startsWith(FILE)) {
      try {
        return Files.readString(Path.of(value.substring(FILE.length()))).strip();
      } catch (CharacterCodingException e) {
        throw new Missing(value + ": is no text; certificates and keys are taken as PEM", e);
      } catch (IOException e) {
        throw new Missing(value + ": cannot be read on this machine; put it on every worker", e);
      }
    }
    return value;
  }

  /** A secret is missing on this machine. */
  public static final class Missing extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private Missing(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
