package dhara.benchmarks.playback;

import java.time.Instant;

/** What a line is parsed to. */
interface Timed {

  /** When it happened. */
  Instant at();
}
