package dhara.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.MatchResult.Metadata;
import org.apache.beam.sdk.io.fs.MoveOptions.StandardMoveOptions;
import org.apache.beam.sdk.io.fs.ResolveOptions.StandardResolveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A folder that one run writes into: claimed before the run, marked when it is complete.
 *
 * <pre>
 *   _RUN-20261128T091500123-4711      a backfill's claim: gone when the folder is whole
 *   _STREAM-20261128T091500123-4711   a stream's claim: it stays, for a stream has no end
 *   _SUCCESS                          a backfill that ended well, with its ledger: written last
 * </pre>
 *
 * <p>Two runs at once: each first writes its claim and then looks for others, so at least one of
 * them sees the other and gives way. On a local disk a claim holds a lock of the operating system,
 * which is released when the process dies: a claim without a lock belongs to a dead run. An object
 * store has no such locks; there a claim stays valid until somebody deletes it.
 *
 * <p>It is used by the command, not by workers, and need not be thread-safe.
 */
public final class OutputFolder implements AutoCloseable {

  /** The marker file of a complete folder. */
  public static final String SUCCESS = "_SUCCESS";

  private static final String RUN = "_RUN-";
  private static final String STREAM = "_STREAM-";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS").withZone(ZoneOffset.UTC);

  private final String folder;
  private final boolean bounded;
  private @Nullable ResourceId claim;
  private @Nullable FileChannel held;

  /**
   * @param folder its path, on any file system of Beam's
   * @param bounded whether the run is bounded
   */
  public OutputFolder(String folder, boolean bounded) {
    this.folder = folder.replaceFirst("(?<=.)/+$", "");
    this.bounded = bounded;
  }

  /** Its path. */
  public String path() {
    return folder;
  }

  /**
   * Checks whether it can be written to; changes nothing.
   *
   * @throws IOException if it cannot; its message says why, in one line
   */
  public void check() throws IOException {
    Optional<Path> local = Listing.local(folder);
    if (local.isPresent()) {
      Path there = local.get().toAbsolutePath();
      while (!Files.exists(there) && there.getParent() != null) {
        there = there.getParent();
      }
      if (!Files.isDirectory(there)) {
        throw new IOException(there + " is a file, so nothing can be written below it");
      }
      if (!Files.isWritable(there)) {
        throw new IOException(there + " cannot be written to");
      }
    }
    refuse(contents());
  }

  /** Its current content. */
  private Contents contents() throws IOException {
    List<String> claims = new ArrayList<>();
    boolean whole = false;
    long rows = 0;
    for (Metadata file : Listing.of(folder + "/*")) {
      String name = String.valueOf(file.resourceId().getFilename());
      if (name.startsWith(RUN) || name.startsWith(STREAM)) {
        claims.add(name);
      } else if (name.equals(SUCCESS)) {
        whole = true;
      } else if (!file.resourceId().isDirectory() && !name.startsWith(".")) {
        rows++;
      }
    }
    return new Contents(claims, whole, rows);
  }

  /**
   * @param claims of this run and of others
   * @param whole whether a run succeeded here
   * @param files with rows
   */
  private record Contents(List<String> claims, boolean whole, long files) {

    Optional<String> run() {
      return claims.stream().filter(claim -> claim.startsWith(RUN)).findFirst();
    }
  }

  /** Refuses a folder in which the rows of this run and others could not be told apart. */
  private void refuse(Contents contents) throws IOException {
    for (String other : contents.claims) {
      if (!mine(other) && alive(other)) {
        throw new IOException(
            folder
                + " is being written to by another run, "
                + said(other)
                + "; "
                + (Listing.local(folder).isPresent()
                    ? "wait for its end, or name another folder"
                    : "if that run is dead, delete " + other + " from it"));
      }
    }
    Optional<String> broken =
        contents.claims.stream().filter(run -> run.startsWith(RUN) && !mine(run)).findFirst();
    if (broken.isPresent() && !contents.whole && contents.files > 0) {
      throw new IOException(
          folder
              + " holds files of a backfill that did not finish, "
              + said(broken.get())
              + "; remove them, or name another folder");
    }
    if (contents.whole || (bounded && contents.files > 0)) {
      throw new IOException(folder + " holds files already; remove them, or name another folder");
    }
  }

  /**
   * Claims it for this run, and creates the folder if it does not exist.
   *
   * @throws IOException if it cannot be written to, belongs to another run, or holds files of
   *     others; its message says why, in one line
   */
  public void claim() throws IOException {
    ResourceId here = FileSystems.matchNewResource(folder, true);
    String name =
        (bounded ? RUN : STREAM)
            + TIME.format(Instant.now())
            + "-"
            + ProcessHandle.current().pid()
            + "-"
            + UUID.randomUUID().toString().substring(0, 8);
    ResourceId mine = here.resolve(name, StandardResolveOptions.RESOLVE_FILE);
    Optional<Path> local = Listing.local(folder);
    if (local.isPresent()) {
      held = created(local.get(), name);
    } else {
      write(mine, List.of());
    }
    claim = mine;
    boolean ours = false;
    try {
      if (held != null && !locked(held)) {
        throw new IOException(
            folder + " is being claimed by another run at this moment; try again");
      }
      Contents contents = contents();
      refuse(contents);
      ours = true;
      for (String dead : contents.claims) {
        if (!mine(dead)) {
          delete(here.resolve(dead, StandardResolveOptions.RESOLVE_FILE));
        }
      }
    } finally {
      if (!ours) {
        delete(mine);
        release();
      }
    }
  }

  private static FileChannel created(Path folder, String name) throws IOException {
    try {
      Files.createDirectories(folder);
      return FileChannel.open(
          folder.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileSystemException e) {
      // Its message is often no more than the path.
      String why = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      throw new IOException(folder + " cannot be written to: " + why, e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private boolean mine(String name) {
    return claim != null && name.equals(claim.getFilename());
  }

  /** Whether the run of a claim may still write; for a local claim the lock tells. */
  private boolean alive(String name) throws IOException {
    Optional<Path> local = Listing.local(folder);
    if (local.isEmpty()) {
      return bounded || name.startsWith(RUN); // a dead stream's claim stays
    }
    try (FileChannel channel =
        FileChannel.open(local.get().resolve(name), StandardOpenOption.WRITE)) {
      return !locked(channel);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Describes the run of a claim. */
  private static String said(String name) {
    String[] parts = name.split("-", -1);
    Instant started = Instant.from(TIME.parse(parts[1]));
    return "started at " + started + " as process " + parts[2];
  }

  /**
   * Marks it as complete. Call it when all files are written and the run has succeeded. A stream's
   * folder gets no such mark.
   *
   * @param lines the content of the mark: the ledgers
   */
  public void succeed(List<String> lines) throws IOException {
    if (claim == null || !bounded) {
      return;
    }
    ResourceId here = claim.getCurrentDirectory();
    ResourceId part = here.resolve("." + claim.getFilename(), StandardResolveOptions.RESOLVE_FILE);
    write(part, lines);
    FileSystems.rename(
        List.of(part), List.of(here.resolve(SUCCESS, StandardResolveOptions.RESOLVE_FILE)));
    delete(claim);
    release();
  }

  /** How many files with rows it holds. */
  public long files() throws IOException {
    return contents().files;
  }

  private static void write(ResourceId file, List<String> lines) throws IOException {
    try (OutputStream out = Channels.newOutputStream(FileSystems.create(file, "text/plain"))) {
      for (String line : lines) {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(Listing.noFileSystem(file.toString(), e), e);
    }
  }

  private static void delete(ResourceId file) throws IOException {
    FileSystems.delete(List.of(file), StandardMoveOptions.IGNORE_MISSING_FILES);
  }

  private void release() throws IOException {
    claim = null;
    if (held != null) {
      held.close();
      held = null;
    }
  }

  /**
   * Releases it. If the run did not succeed, its claim stays beside its files, because they are
   * incomplete.
   */
  @Override
  public void close() throws IOException {
    if (claim != null && bounded && contents().files == 0) {
      delete(claim);
    }
    release();
  }

  /**
   * Why the content of a folder is incomplete; empty if it is complete, if a stream writes it, or
   * if no run has ever claimed it.
   *
   * @throws IOException if it cannot be listed
   */
  public static Optional<String> unfinished(String folder) throws IOException {
    OutputFolder looked = new OutputFolder(folder, true);
    Contents contents = looked.contents();
    Optional<String> run = contents.run();
    if (contents.whole || run.isEmpty()) {
      return Optional.empty();
    }
    boolean running = Listing.local(folder).isPresent() && looked.alive(run.get());
    return Optional.of(
        looked.folder
            + " is of a backfill that "
            + (running ? "has not finished yet, " : "did not finish, ")
            + said(run.get()));
  }
}
