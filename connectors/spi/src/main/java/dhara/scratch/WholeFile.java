package dhara.scratch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that are whole or absent: whoever finds one finds all of it. */
public final class WholeFile {

  /** Writes what a file holds. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private WholeFile() {}

  /** Writes a file under a temporary name beside it, and then moves it to its own. */
  public static void write(Path file, Content content) throws IOException {
    Path mine =
        file.resolveSibling(
            "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
    try {
      try (OutputStream out = Files.newOutputStream(mine)) {
        content.writeTo(out);
      }
      Files.move(mine, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(mine);
    }
  }
}
