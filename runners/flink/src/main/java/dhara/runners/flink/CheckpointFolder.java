package dhara.runners.flink;

import dhara.lint.Change;
import dhara.lint.Fingerprint;
import dhara.options.BadOption;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The local folder in which one stream keeps its checkpoints. A running stream keeps it locked,
 * because with two streams in one folder it would be unclear whose checkpoint is the newest. Beside
 * the checkpoints is the {@link Fingerprint} of the stream that wrote them.
 */
final class CheckpointFolder implements Closeable {

  static final String OPTION = "--checkpoints";

  private static final String LOCK = ".lock";
  private static final String FINGERPRINT = "fingerprint.json";
  private static final DateTimeFormatter STARTED =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final boolean made;
  private final FileChannel lock;

  private CheckpointFolder(Path folder, boolean made, FileChannel lock) {
    this.folder = folder;
    this.made = made;
    this.lock = lock;
  }

  /**
   * A folder that the user names; created if it does not exist.
   *
   * @param option the option that names it
   * @throws BadOption if it cannot be created or written to, or another stream uses it
   */
  static CheckpointFolder of(String option, Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    try {
      Files.createDirectories(absolute);
      return new CheckpointFolder(absolute, false, locked(option, absolute));
    } catch (IOException e) {
      throw new BadOption(
          option, folder, "cannot be written to (" + e + "); name a folder of your own", e);
    }
  }

  /**
   * A new folder, if the user names none: {@code ~/.local/state/dhara/NAME/STARTED}, or below
   * {@code XDG_STATE_HOME}.
   *
   * @param name of the stream
   * @throws BadOption if it cannot be created
   */
  static CheckpointFolder ofStart(String name) {
    String state = System.getenv("XDG_STATE_HOME");
    Path home =
        (state == null || state.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".local", "state")
                : Path.of(state))
            .resolve("dhara")
            .resolve(name.replaceAll("[^\\w.-]", "_"));
    String started = STARTED.format(Instant.now());
    try {
      Files.createDirectories(home);
      for (int n = 1; ; n++) {
        Path folder = home.resolve(n == 1 ? started : started + "-" + n);
        if (Files.notExists(folder)) {
          Files.createDirectory(folder);
          return new CheckpointFolder(folder, true, locked(OPTION, folder));
        }
      }
    } catch (IOException e) {
      throw new BadOption(
          OPTION,
          null,
          "is not given, and "
              + home
              + " cannot be written to ("
              + e
              + "); name a folder that lasts, e.g. --checkpoints=/var/lib/dhara/"
              + name,
          e);
    }
  }

  private static FileChannel locked(String option, Path folder) throws IOException {
    Path file = folder.resolve(LOCK);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      locked = false; // a stream of this process has it
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw new BadOption(
          option,
          folder,
          "is the folder of a stream that runs (process "
              + Files.readString(file).strip()
              + "); each stream needs a folder of its own");
    }
    channel.truncate(0);
    channel.write(StandardCharsets.UTF_8.encode(Long.toString(ProcessHandle.current().pid())), 0);
    return channel;
  }

  Path path() {
    return folder;
  }

  /** Its path for Flink. */
  org.apache.flink.core.fs.Path flink() {
    return Location.of(folder);
  }

  /**
   * Refuses a stream that could not restore a local checkpoint.
   *
   * @param option the option that names it
   * @param given the option's value
   * @param checkpoint its folder
   * @param now the fingerprint of the stream
   * @throws BadOption naming every incompatibility
   */
  static void checkFits(String option, String given, Path checkpoint, Fingerprint now) {
    Path folder = checkpoint;
    for (int up = 0; up < 3 && Files.notExists(folder.resolve(FINGERPRINT)); up++) {
      if (folder.getParent() == null) {
        return;
      }
      folder = folder.getParent();
    }
    Path file = folder.resolve(FINGERPRINT);
    if (Files.notExists(file)) {
      return; // not written by Dhara; Flink itself checks it
    }
    Fingerprint kept;
    try {
      kept = Fingerprint.parse(Files.readString(file));
    } catch (IOException e) {
      throw new BadOption(option, given, file + " cannot be read: " + e.getMessage(), e);
    }
    if (!kept.analysis().equals(now.analysis())) {
      throw new BadOption(
          option,
          given,
          "was kept by "
              + kept.analysis()
              + ", and this is "
              + now.analysis()
              + "; name the folder of a stream of it");
    }
    List<Change> changes = kept.changesTo(now);
    if (Change.breaks(changes)) {
      throw new BadOption(
          option,
          given,
          "does not fit this stream: "
              + changes.stream()
                  .filter(change -> Change.breaks(List.of(change)))
                  .map(Change::toString)
                  .collect(Collectors.joining("; ")));
    }
  }

  /** Writes the stream's fingerprint beside the checkpoints. */
  void describe(Fingerprint fingerprint) throws IOException {
    Files.writeString(folder.resolve(FINGERPRINT), fingerprint.json());
  }

  /** Unlocks the folder, and deletes it if it was created for this start and is empty. */
  @Override
  public void close() throws IOException {
    lock.close();
    if (made && Kept.newest(flink(), unreadable -> {}).isEmpty()) {
      delete();
    }
  }

  private void delete() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
