package dhara.serving.api;

import dhara.options.BadOption;
import dhara.options.SecretReference;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Who may ask: everybody, or whoever knows a secret, which is a bearer token or a user and a
 * password. Secrets are given by reference ({@code env:NAME}, {@code file:/path}), are read once,
 * and only their SHA-256 is kept. Comparisons take the same time whether the secret is right or
 * wrong.
 */
public final class Access {

  /** What a request must prove. */
  private enum Kind {
    OPEN,
    TOKEN,
    BASIC
  }

  private static final String REALM = " realm=\"dhara\"";

  private final Kind kind;
  private final byte[] digest;

  private Access(Kind kind, String secret) {
    this.kind = kind;
    this.digest = digest(secret);
  }

  /** Everybody may ask. */
  public static Access open() {
    return new Access(Kind.OPEN, "");
  }

  /**
   * Whoever sends {@code Authorization: Bearer TOKEN} may ask.
   *
   * @param option the name of the option, with its dashes
   * @param reference to the token: {@code env:NAME} or {@code file:/path}
   * @throws BadOption if it is no reference, or refers to nothing
   */
  public static Access token(String option, String reference) {
    return new Access(Kind.TOKEN, secret(option, reference, "TOKEN"));
  }

  /**
   * Whoever sends this user and password by basic authentication may ask.
   *
   * @param option the name of the option, with its dashes
   * @param reference to {@code USER:PASSWORD}: {@code env:NAME} or {@code file:/path}
   * @throws BadOption if it is no reference, refers to nothing, or to something without a colon
   */
  public static Access basic(String option, String reference) {
    String secret = secret(option, reference, "USER:PASSWORD");
    if (secret.indexOf(':') < 1) {
      throw new BadOption(option, reference, "must refer to USER:PASSWORD, in one line");
    }
    return new Access(Kind.BASIC, secret);
  }

  private static String secret(String option, String reference, String what) {
    if (!SecretReference.is(reference)) {
      // The value may be the secret itself, so it is not repeated.
      throw new BadOption(
          option,
          null,
          "takes a reference to "
              + what
              + ", not the secret itself, e.g. "
              + option
              + "=env:DHARA_SECRET or "
              + option
              + "=file:/run/secrets/dhara");
    }
    String secret;
    try {
      secret = SecretReference.resolve(reference);
    } catch (SecretReference.Missing e) {
      throw new BadOption(option, reference, Objects.toString(e.getMessage()), e);
    }
    if (secret.isBlank()) {
      throw new BadOption(option, reference, "is empty; put " + what + " there");
    }
    return secret;
  }

  /** Whether everybody may ask. */
  boolean isOpen() {
    return kind == Kind.OPEN;
  }

  /** Whether a request with this {@code Authorization} header may be served. */
  boolean admits(@Nullable String authorization) {
    if (kind == Kind.OPEN) {
      return true;
    }
    String[] parts = authorization == null ? new String[0] : authorization.strip().split(" +", 2);
    if (parts.length < 2) {
      return false;
    }
    String scheme = parts[0].toLowerCase(Locale.ROOT);
    return switch (kind) {
      case TOKEN -> scheme.equals("bearer") && same(parts[1]);
      case BASIC -> scheme.equals("basic") && same(decoded(parts[1]));
      case OPEN -> true;
    };
  }

  /** The {@code WWW-Authenticate} header of a refusal. */
  String challenge() {
    return (kind == Kind.BASIC ? "Basic" : "Bearer") + REALM;
  }

  /** What a refused request should send. */
  String fix() {
    return kind == Kind.BASIC
        ? "send the user and the password of this server by basic authentication"
        : "send the token of this server as the header Authorization: Bearer TOKEN";
  }

  private boolean same(String secret) {
    return MessageDigest.isEqual(digest, digest(secret));
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return ""; // no secret is empty
    }
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
