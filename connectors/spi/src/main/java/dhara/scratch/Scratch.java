package dhara.scratch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Temporary folders of this process, in one common parent folder. The parent exists as long as any
 * of them, and holds a file that the process keeps locked. A killed process deletes nothing, but
 * the operating system releases its lock, and the next process that needs a temporary folder
 * deletes those whose lock is free.
 */
public final class Scratch {

  private static final String PREFIX = "dhara-";

  /** A name that no other program uses; the folders of a Kafka broker have a {@code .lock}. */
  private static final String LOCK = ".dhara-process";

  private static final int ATTEMPTS = 10;

  private static final FileVisitor<Path> DELETING =
      new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
            throws IOException {
          Files.deleteIfExists(file);
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
          if (e instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
          }
          throw e;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
            throws IOException {
          if (e != null) {
            throw e;
          }
          Files.deleteIfExists(visited);
          return FileVisitResult.CONTINUE;
        }
      };

  private static final Scratch OF_PROCESS =
      new Scratch(Path.of(System.getProperty("java.io.tmpdir")));

  private final Path temporary;
  private final Set<Path> folders = new HashSet<>();
  private @Nullable Path own;
  private @Nullable FileChannel lock;

  Scratch(Path temporary) {
    this.temporary = temporary;
  }

  /** The instance of this process, in {@code java.io.tmpdir}. */
  public static Scratch ofProcess() {
    return OF_PROCESS;
  }

  /**
   * Creates a temporary folder.
   *
   * @param name the prefix of its name
   * @throws UncheckedIOException if it cannot be created; the message says where
   */
  public synchronized Path folder(String name) {
    try {
      if (own == null) {
        sweep();
        own = Files.createTempDirectory(temporary, PREFIX);
        lock = locked(own);
      }
      Path folder = Files.createTempDirectory(own, name + "-");
      folders.add(folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for temporary files: " + e.getMessage(), e);
    }
  }

  /** Takes the lock before the file gets the name that a sweep looks for. */
  private static FileChannel locked(Path folder) throws IOException {
    Path made = folder.resolve(LOCK + ".new");
    FileChannel channel =
        FileChannel.open(made, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    if (channel.tryLock() == null) {
      throw new IOException(made + " is locked by another process");
    }
    Files.move(made, folder.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
    return channel;
  }

  /** Whether a path is within a temporary folder of this process. */
  public synchronized boolean holds(Path path) {
    return own != null && path.startsWith(own);
  }

  /** Deletes a temporary folder with its content, if it still exists. */
  public synchronized void delete(Path folder) throws IOException {
    if (folders.remove(folder)) {
      deleteAll(folder);
    }
    if (folders.isEmpty()) {
      clear();
    }
  }

  /** Deletes all temporary folders; nothing may use them any more. */
  public synchronized void clear() throws IOException {
    folders.clear();
    if (own != null) {
      deleteAll(own);
      lock.close();
      own = null;
      lock = null;
    }
  }

  /** Deletes the folders of processes that have ended; those that cannot be deleted stay. */
  private void sweep() throws IOException {
    try (DirectoryStream<Path> others = Files.newDirectoryStream(temporary, PREFIX + "*")) {
      for (Path other : others) {
        if (abandoned(other)) {
          boolean unused = deleteIfPossible(other);
        }
      }
    }
  }

  private static boolean deleteIfPossible(Path folder) {
    try {
      deleteAll(folder);
      return true;
    } catch (IOException e) {
      return false; // another process sweeps too, or it is another user's
    }
  }

  private static boolean abandoned(Path folder) {
    Path file = folder.resolve(LOCK);
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return channel.tryLock() != null;
    } catch (IOException | OverlappingFileLockException e) {
      return false; // it is already deleted, or belongs to another user or to this process
    }
  }

  /**
   * Deletes a folder, of which something else may be writing or deleting files at the same time.
   */
  private static void deleteAll(Path folder) throws IOException {
    for (int attempt = 1; Files.exists(folder); attempt++) {
      try {
        Files.walkFileTree(folder, DELETING);
      } catch (NoSuchFileException | DirectoryNotEmptyException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}
