package dhara.connectors;

import dhara.scratch.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The folder in which a bounded run leaves what the command prints at the end: the ledger, and the
 * answers that go to the console. It is a local folder, created when it is first needed and deleted
 * afterwards.
 */
public final class RunFolder implements AutoCloseable {

  private @Nullable Path folder;

  private RunFolder() {}

  /** A new folder for temporary files. */
  public static RunFolder create() {
    return new RunFolder();
  }

  /** The folder as an endpoint of files. */
  public Endpoint endpoint(String option) {
    String path = folder().toString();
    return new Endpoint(option, path, "files", path, Map.of());
  }

  /** A path in the folder. */
  public String path(String name) {
    return folder().resolve(name).toString();
  }

  private Path folder() {
    if (folder == null) {
      folder = Scratch.ofProcess().folder("run");
    }
    return folder;
  }

  /** Whether the run left something under a name, be it empty. */
  public boolean holds(String name) {
    return folder != null && Files.exists(folder.resolve(name));
  }

  /** The lines of all files below a path in the folder; empty if nothing was written. */
  public List<String> lines(String name) throws IOException {
    List<String> lines = new ArrayList<>();
    forEachLine(name, lines::add);
    return lines;
  }

  /** Passes on the lines of {@link #lines} one after the other, without holding them. */
  public void forEachLine(String name, Consumer<String> line) throws IOException {
    if (folder == null || !Files.exists(folder.resolve(name))) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder.resolve(name))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        try (Stream<String> lines = Files.lines(file)) {
          lines.forEach(line);
        }
      }
    }
  }

  /** Deletes the folder with its content; it may be called again. */
  @Override
  public void close() throws IOException {
    if (folder == null) {
      return;
    }
    Scratch.ofProcess().delete(folder);
    folder = null;
  }
}
