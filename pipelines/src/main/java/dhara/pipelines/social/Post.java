package dhara.pipelines.social;

import dhara.events.Event;
import java.time.Instant;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A post of a user.
 *
 * @param id identity
 * @param at when it was posted
 * @param user who posted it
 * @param text what it says; empty for a picture alone
 * @param language as a language tag such as {@code en-IN}, if the source knows it; {@code hi-Latn}
 *     is Hinglish
 */
public record Post(String id, Instant at, String user, String text, @Nullable String language)
    implements Event {

  /** A hundred pages; posts are far shorter. */
  private static final int LONGEST = 300_000;

  private static final Pattern TAG = Pattern.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*");

  public Post {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "text has %,d characters, and at most %,d may be".formatted(text.length(), LONGEST));
    }
    if (language != null && !TAG.matcher(language).matches()) {
      throw new IllegalArgumentException("language is no language tag such as en-IN: " + language);
    }
  }
}
