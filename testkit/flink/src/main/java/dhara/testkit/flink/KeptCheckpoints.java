package dhara.testkit.flink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folder of a stream's checkpoints on this machine, as {@code --checkpoints} names it: {@code
 * JOB/chk-17/_metadata}.
 */
public record KeptCheckpoints(Path path) {

  private static final int DEPTH = 3;
  private static final long POLL_MILLIS = 50;

  /** The folders of the complete checkpoints and savepoints that are kept; empty if none are. */
  public Set<Path> complete() {
    while (Files.isDirectory(path)) {
      try (Stream<Path> files = Files.walk(path, DEPTH)) {
        return files
            .filter(file -> file.endsWith("_metadata"))
            .map(Path::getParent)
            .collect(Collectors.toUnmodifiableSet());
      } catch (IOException | UncheckedIOException e) {
        // An older one is deleted while we look: look again.
      }
    }
    return Set.of();
  }

  /**
   * Waits until another checkpoint is complete than those which are so now. It may have begun
   * already.
   *
   * @throws IllegalStateException if none is in time
   */
  public void awaitNext(Duration patience) throws InterruptedException {
    Set<Path> before = complete();
    long deadline = System.nanoTime() + patience.toNanos();
    while (before.containsAll(complete())) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("no checkpoint is completed in " + path);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }
}
