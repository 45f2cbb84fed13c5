package dhara.tools.advise;

import dhara.tools.calibrate.Figure;
import dhara.tools.calibrate.Unit;
import java.time.Duration;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The rules for stream or batch; the first that applies decides:
 *
 * <ol>
 *   <li>answers in less than a second: a stream
 *   <li>more than 1,000,000 records, or a complexity above 0.8, or history is needed: a batch
 *   <li>otherwise: a stream
 * </ol>
 */
final class ModeRules {

  static final Duration AT_ONCE = Duration.ofSeconds(1);
  static final long MANY_RECORDS = 1_000_000;
  static final double COMPLEX = 0.8;

  private ModeRules() {}

  /**
   * What the rules look at.
   *
   * @param latency how soon answers are needed; null if nobody said
   * @param records how many there are; null if it is not known
   * @param complexity from 0 to 1
   * @param history whether events of the past are needed
   */
  record Situation(
      @Nullable Duration latency, @Nullable Figure records, Figure complexity, boolean history) {}

  /**
   * What they say.
   *
   * @param mode stream or batch
   * @param forced whether only this mode gives answers in time
   * @param why a sentence for each rule up to the one that decided
   */
  record Decision(Mode mode, boolean forced, List<String> why) {

    Decision {
      why = List.copyOf(why);
    }

    private static Decision batch(String passed, String why) {
      return new Decision(Mode.BATCH, false, List.of(passed, why));
    }
  }

  /** Applies the rules. */
  static Decision decide(Situation situation) {
    Duration latency = situation.latency;
    if (latency != null && latency.compareTo(AT_ONCE) < 0) {
      return new Decision(
          Mode.STREAM,
          true,
          List.of("answers are needed within " + latency + ", under a second: only a stream can"));
    }
    String passed =
        latency == null
            ? "no --latency was given, so answers need not come within a second"
            : "answers are needed within "
                + latency
                + ", not under a second, which a batch can do"
                + " too if it is started often enough";
    Figure records = situation.records;
    if (records != null && records.value() > MANY_RECORDS) {
      return Decision.batch(
          passed,
          "the number of records is %s, more than %s: a batch reads them faster than a stream"
              .formatted(records.inWords(), Unit.COUNT.text((double) MANY_RECORDS)));
    } else if (situation.complexity.value() > COMPLEX) {
      return Decision.batch(
          passed,
          "the complexity is %s, above %s: a batch keeps no state between runs"
              .formatted(situation.complexity.inWords(), COMPLEX));
    } else if (situation.history) {
      return Decision.batch(
          passed, "events of the past are needed (--history): a batch reads them at once");
    }
    return new Decision(
        Mode.STREAM,
        false,
        List.of(
            passed,
            (records == null
                    ? "how many records there are is not known, "
                    : "the number of records is %s, not more than %s, "
                        .formatted(records.inWords(), Unit.COUNT.text((double) MANY_RECORDS)))
                + "the complexity is %s, not above %s, and no history is needed: a stream keeps"
                    .formatted(situation.complexity.inWords(), COMPLEX)
                + " answers current"));
  }
}
