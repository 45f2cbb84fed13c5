package dhara.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The free space of a disk. */
final class DiskSpace {

  private static final long MEBIBYTE = 1L << 20;

  private final Path folder;

  DiskSpace(Path folder) {
    this.folder = folder;
  }

  /**
   * Checks that there is space.
   *
   * @param least how much there must be, in MiB
   * @throws IllegalStateException if there is less
   */
  void check(long least) throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace() / MEBIBYTE;
    if (free < least) {
      throw new IllegalStateException(
          ("the disk is full: %s has %,d MiB left, and the demonstration needs %,d; make room there,"
                  + " or name another folder: JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=DIR")
              .formatted(folder, free, least));
    }
  }
}
