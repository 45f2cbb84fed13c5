package dhara.tools.plan;

import dhara.tools.calibrate.Mark;
import dhara.tools.calibrate.Unit;
import java.util.Optional;

/** What a stream costs in a month of 730 hours, at the prices that the user gave. */
final class PlanCosts {

  private static final double HOURS_OF_MONTH = 730;
  private static final double WEEKS_OF_MONTH = HOURS_OF_MONTH / 168;
  private static final double GIB = 1L << 30;

  private PlanCosts() {}

  /** Adds what is priced, or says that nothing is. */
  static void add(
      PlanOptions options,
      Sizing sizing,
      StateEstimate state,
      Optional<ScalingSchedule> schedule,
      PlanFigures figures) {
    Double core = options.getPricePerCoreHour();
    if (core != null) {
      figures.input("price of a core hour", core, Unit.MONEY, Mark.GIVEN, "--pricePerCoreHour");
      figures.result(
          "cost of machines a month",
          core * sizing.machines() * options.getMachineCores() * HOURS_OF_MONTH,
          Unit.MONEY,
          "machines · cores · price · 730 h");
      schedule.ifPresent(
          scaled ->
              figures.result(
                  "cost of cores a month, scaled",
                  core * scaled.coreHours() * WEEKS_OF_MONTH,
                  Unit.MONEY,
                  "core hours of the week · price · 730 / 168"));
    } else {
      figures.note("no cost is printed, because no price is given: --pricePerCoreHour=NUMBER");
    }
    Double gib = options.getPricePerGibMonth();
    if (gib != null) {
      figures.input("price of a GiB and month", gib, Unit.MONEY, Mark.GIVEN, "--pricePerGibMonth");
      figures.result(
          "cost of a full checkpoint a month",
          gib * state.bytes() / GIB,
          Unit.MONEY,
          "state · price");
    }
  }
}
