package dhara.benchmarks.harness;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Temporary folders. */
public final class Folders {

  private Folders() {}

  /**
   * Creates a folder. {@link #delete} deletes it; if this JVM is ended before, it deletes it then,
   * because the files of a work may be many gigabytes.
   */
  public static Path temporary(String prefix) throws IOException {
    Path folder = Files.createTempDirectory(prefix);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    if (Files.exists(folder)) {
                      delete(folder);
                    }
                  } catch (IOException e) {
                    System.err.println("could not delete " + folder + ": " + e.getMessage());
                  }
                }));
    return folder;
  }

  /**
   * Deletes a folder with its content, even if an ending engine deletes files in it at the same
   * time.
   */
  public static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            return unlessGone(failure);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              return unlessGone(failure);
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }

          private FileVisitResult unlessGone(IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
  }
}
