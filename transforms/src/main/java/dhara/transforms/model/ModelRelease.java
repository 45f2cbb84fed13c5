package dhara.transforms.model;

import dhara.events.Event;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * A model that is offered, from a time on. Its bytes are in a file, so that streams keep only where
 * it is and what it must be. {@link ModelGate} decides whether it comes into force.
 *
 * @param id identity of the record
 * @param at from when on it is offered
 * @param model which model it is a version of
 * @param version the name of the version, for people
 * @param uri where its bytes are; the ending of the name is its format. Small ones may be in the
 *     URI itself: {@code data:application/linear;base64,…}
 * @param sha256 their SHA-256, 64 hexadecimal digits
 * @param heldUri where the rows are on which it is tried, which it was not trained on; see {@link
 *     HeldSet}
 * @param heldSha256 their SHA-256
 */
public record ModelRelease(
    String id,
    Instant at,
    String model,
    String version,
    String uri,
    String sha256,
    String heldUri,
    String heldSha256)
    implements Event {

  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

  public ModelRelease {
    notEmpty("model", model);
    notEmpty("version", version);
    notEmpty("uri", uri);
    notEmpty("heldUri", heldUri);
    hash("sha256", sha256);
    hash("heldSha256", heldSha256);
  }

  private static void notEmpty(String name, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(name + " is empty");
    }
  }

  private static void hash(String name, String value) {
    if (!SHA_256.matcher(value).matches()) {
      throw new IllegalArgumentException(
          name + " is not a SHA-256 of 64 hexadecimal digits in lower case");
    }
  }
}
