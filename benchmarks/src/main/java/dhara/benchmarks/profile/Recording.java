package dhara.benchmarks.profile;

import dhara.benchmarks.harness.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/** Keeps for the report what Flight Recorder recorded. */
public final class Recording {

  private Recording() {}

  /**
   * Reads a recording, and keeps what its samples show.
   *
   * @param from samples before it do not count
   * @param what was recorded
   * @param events of each run
   * @param runs how many are sampled
   * @param kept the folder with what was measured
   * @return the same as text, Markdown
   */
  public static String keep(
      Path recording, Instant from, String what, long events, int runs, Path kept)
      throws IOException {
    ProfileResult result =
        new ProfileResult(
            what,
            Instant.now().toString().substring(0, 10),
            Machine.here(),
            events,
            runs,
            Samples.read(recording, from));
    result.write(kept);
    return ProfileSection.text(result);
  }
}
