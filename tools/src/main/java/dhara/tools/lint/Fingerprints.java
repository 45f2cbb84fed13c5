package dhara.tools.lint;

import dhara.engine.Job;
import dhara.engine.Launcher;
import dhara.lint.Change;
import dhara.lint.Fingerprint;
import dhara.options.BadOption;
import dhara.terminal.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files of fingerprints that {@code lint} reads and writes. */
final class Fingerprints {

  private Fingerprints() {}

  /**
   * Compares a stream with the fingerprint that the options name, prints each difference, and
   * writes the stream's own fingerprint if they ask for it.
   *
   * @return whether the stream could not be restored from the state that the fingerprint describes
   * @throws BadOption if a file cannot be read or written, or the job is a backfill, which keeps no
   *     state
   */
  static boolean compared(String analysis, Job job, LintOptions options, Console console) {
    if (options.getFingerprint() == null && options.getWriteFingerprint() == null) {
      return false;
    }
    if (job.bounded()) {
      throw new BadOption(
          "--events",
          null,
          "names a backfill, which keeps no state from run to run; fingerprints are of streams, e.g."
              + " --events=kafka://localhost:9092/"
              + analysis);
    }
    Fingerprint now = Fingerprint.of(analysis, job.pipeline());
    List<Change> changes = List.of();
    if (options.getFingerprint() != null) {
      changes = read(options.getFingerprint()).changesTo(now);
      changes.forEach(change -> console.err().println(Launcher.NAME + ": " + change));
      if (changes.isEmpty()) {
        console.out().println(analysis + ": its state is that of " + options.getFingerprint());
      }
    }
    if (options.getWriteFingerprint() != null) {
      write(options.getWriteFingerprint(), now);
    }
    return Change.breaks(changes);
  }

  private static Fingerprint read(String file) {
    try {
      return Fingerprint.parse(Files.readString(Path.of(file)));
    } catch (IOException e) {
      throw new BadOption(
          "--fingerprint",
          file,
          "cannot be read (" + e + "); name a file that --writeFingerprint wrote",
          e);
    }
  }

  private static void write(String file, Fingerprint fingerprint) {
    try {
      Files.writeString(Path.of(file), fingerprint.json());
    } catch (IOException e) {
      throw new BadOption(
          "--writeFingerprint",
          file,
          "cannot be written (" + e + "); name a file in a folder that exists",
          e);
    }
  }
}
