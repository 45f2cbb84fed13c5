package dhara.tools.advise;

import dhara.tools.calibrate.Figure;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The engine for a mode: the first of a list that is at hand, on the class path.
 *
 * @param engine its name; null if none at hand can do it
 * @param why a sentence
 */
record EngineChoice(@Nullable String engine, String why) {

  /** Up to these records, an engine that starts at once is done first; docs/performance.md. */
  private static final long SMALL = 1_000_000;

  private static final List<String> OF_STREAMS = List.of("flink", "dataflow", "direct");
  private static final List<String> OF_SMALL_BATCHES =
      List.of("direct", "flink", "spark", "dataflow");
  private static final List<String> OF_LARGE_BATCHES =
      List.of("flink", "spark", "dataflow", "direct");

  /**
   * An engine of the class path.
   *
   * @param streams whether it runs streams
   */
  record AtHand(String name, boolean streams) {}

  /**
   * Chooses.
   *
   * @param records how many there are; null if it is not known, which counts as many
   */
  static EngineChoice of(Mode mode, @Nullable Figure records, List<AtHand> atHand) {
    boolean small = records != null && records.value() <= SMALL;
    List<String> order =
        mode == Mode.STREAM ? OF_STREAMS : small ? OF_SMALL_BATCHES : OF_LARGE_BATCHES;
    List<String> able =
        atHand.stream()
            .filter(engine -> mode == Mode.BATCH || engine.streams)
            .map(AtHand::name)
            .toList();
    String first = order.get(0);
    String chosen =
        order.stream()
            .filter(able::contains)
            .findFirst()
            .orElse(able.isEmpty() ? null : able.get(0));
    String reason = reason(mode, small);
    if (chosen == null) {
      return new EngineChoice(
          null,
          "no engine on this class path runs a stream; "
              + reason
              + ": build with "
              + profile(first));
    } else if (chosen.equals(first)) {
      return new EngineChoice(chosen, "of the engines on this class path, " + reason);
    }
    return new EngineChoice(
        chosen,
        "%s is the engine at hand; %s, and is not on this class path: build with %s"
            .formatted(chosen, reason, profile(first)));
  }

  private static String reason(Mode mode, boolean small) {
    if (mode == Mode.STREAM) {
      return "flink resumes a stream from its checkpoints";
    }
    return small
        ? "direct starts fastest, which counts most up to 1,000,000 records"
        : "flink uses all cores and keeps on disk what does not fit into memory";
  }

  private static String profile(String engine) {
    return "-P" + engine + "-runner";
  }
}
