package dhara.connectors.files;

import dhara.connectors.files.text.Beginning;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The standard input as a temporary file. It is read to its end before anything runs, because a
 * pipeline checks the first events, reads in segments, and may read a segment again. The file is
 * deleted when the process ends.
 */
final class StandardInput {

  private static @Nullable InputStream read;
  private static @Nullable Path spooled;

  private StandardInput() {}

  /** The file; a second call returns the same one, because there is only one standard input. */
  static synchronized Path spooled() throws IOException {
    Path file = spooled;
    if (file == null || read != System.in) {
      read = System.in;
      file = spool(read);
      spooled = file;
    }
    return file;
  }

  private static Path spool(InputStream in) throws IOException {
    byte[] first = in.readNBytes(4);
    Path file = Files.createTempFile("dhara-stdin-", new Beginning(first).compressed());
    file.toFile().deleteOnExit();
    try (InputStream whole = new SequenceInputStream(new ByteArrayInputStream(first), in)) {
      Files.copy(whole, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return file;
  }
}
