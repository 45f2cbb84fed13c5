package dhara.tools.advise;

import dhara.tools.calibrate.Assumed;
import dhara.tools.calibrate.Figure;
import dhara.tools.calibrate.Mark;
import dhara.tools.calibrate.Unit;
import java.util.List;
import java.util.Optional;

/**
 * What each mode costs in a month of 730 hours, beside a budget. A stream pays for its cores all
 * the time: {@code ⌈rate / (utilisation · share · events a core)⌉ · 730 h}. Batches over the same
 * events pay for what they use: {@code rate · 730 h / events a core}.
 *
 * @param stream money
 * @param batch money
 * @param budget money
 */
record MonthlyCost(double stream, double batch, double budget) {

  private static final double HOURS = 730;

  /**
   * The costs.
   *
   * @param rate events a second
   * @param perCore events a second and core of a backfill
   * @param price of a core hour
   */
  static MonthlyCost of(double rate, double perCore, double price, double budget) {
    double cores = Math.ceil(rate / (Assumed.UTILISATION * Assumed.STREAM_SHARE * perCore) - 1e-9);
    return new MonthlyCost(
        Math.max(1, cores) * HOURS * price, rate * HOURS / perCore * price, budget);
  }

  /** The assumption on the speed of streams. */
  static Figure streamShare() {
    return new Figure(
        "stream against backfill",
        Assumed.STREAM_SHARE,
        Unit.SHARE,
        Mark.ASSUMED,
        Assumed.FEW_KEYS);
  }

  /** The assumption on the use of capacity. */
  static Figure utilisation() {
    return new Figure(
        "utilisation", Assumed.UTILISATION, Unit.SHARE, Mark.ASSUMED, "the rest is for bursts");
  }

  /** Another decision, if the budget asks for one: a stream that nobody needs at once. */
  Optional<ModeRules.Decision> instead(ModeRules.Decision decision) {
    if (decision.mode() != Mode.STREAM || decision.forced() || stream <= budget || batch > budget) {
      return Optional.empty();
    }
    return Optional.of(
        new ModeRules.Decision(
            Mode.BATCH,
            false,
            List.of(
                "by the rules it would be a stream, but that costs "
                    + sums()
                    + ", and nobody needs answers within a second")));
  }

  /** How a decision stands to the budget, as a sentence. */
  String said(Mode mode) {
    double cost = mode == Mode.STREAM ? stream : batch;
    return "in a month the %s costs %s, %s the budget of %s"
        .formatted(
            mode,
            Unit.MONEY.text(cost),
            cost <= budget ? "within" : "above",
            Unit.MONEY.text(budget));
  }

  private String sums() {
    return "%s in a month, above the budget of %s, while batches cost %s"
        .formatted(Unit.MONEY.text(stream), Unit.MONEY.text(budget), Unit.MONEY.text(batch));
  }
}
