package dhara.transforms.model;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import org.apache.beam.sdk.io.FileSystems;

/**
 * Reads the files that a release names, and checks them by their hash.
 *
 * <p>A file that is not there, or is another one, makes the release unusable. A store that does not
 * answer says nothing of the release: it fails the bundle, and the engine tries again.
 */
final class ModelFiles {

  private static final String DATA = "data:";
  private static final String BASE_64 = ";base64,";

  /** A model beyond this is not meant to be scored in a stream. */
  private static final int MOST_BYTES = 1 << 30;

  private ModelFiles() {}

  /**
   * The bytes at a URI of Beam's file systems, or within a {@code data:} URI.
   *
   * @param what for messages: {@code model}
   * @throws BadModel if there is no such file, or it has another hash
   * @throws UncheckedIOException if it cannot be read at the moment
   */
  static byte[] read(String what, String uri, String sha256) {
    byte[] bytes = uri.startsWith(DATA) ? within(what, uri) : stored(what, uri);
    String is = HexFormat.of().formatHex(sha256().digest(bytes));
    if (!is.equals(sha256)) {
      throw new BadModel("the file of the %s has the SHA-256 %s".formatted(what, is));
    }
    return bytes;
  }

  private static byte[] within(String what, String uri) {
    int at = uri.indexOf(BASE_64);
    try {
      if (at > 0) {
        return Base64.getDecoder().decode(uri.substring(at + BASE_64.length()));
      }
    } catch (IllegalArgumentException e) {
      throw new BadModel("the data: URI of the %s is not base64".formatted(what), e);
    }
    throw new BadModel(
        "the data: URI of the %s is not of the form data:TYPE/FORMAT;base64,BYTES".formatted(what));
  }

  private static byte[] stored(String what, String uri) {
    try (InputStream in =
        Channels.newInputStream(
            FileSystems.open(FileSystems.matchSingleFileSpec(uri).resourceId()))) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new BadModel(
            "the file of the %s has more than %,d bytes".formatted(what, MOST_BYTES));
      }
      return bytes;
    } catch (FileNotFoundException e) {
      throw new BadModel("there is no file of the " + what, e);
    } catch (IOException e) {
      throw new UncheckedIOException("the file of the " + what + " cannot be read now", e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
