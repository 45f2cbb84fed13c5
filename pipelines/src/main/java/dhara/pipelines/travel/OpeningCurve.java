package dhara.pipelines.travel;

import dhara.events.Event;
import dhara.pipelines.travel.BookingRush.TrainOpening;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Adds up the steps of an opening, in the order of time.
 *
 * @param keep longer than an opening lasts
 */
record OpeningCurve(Duration keep)
    implements Fold<OpeningCurve.Step, Outcomes, OpeningCurve.Point> {

  /**
   * What is new since the step before.
   *
   * @param id of no meaning: steps of an opening end at different times
   * @param at the last millisecond of the step
   */
  record Step(
      String id, Instant at, TrainOpening about, Instant start, Instant end, Outcomes outcomes)
      implements Event {}

  /** A point of the curve: what happened in the step, and since the opening. */
  record Point(Instant start, Instant end, Outcomes step, Outcomes sum) {}

  @Override
  public Outcomes initial() {
    return Outcomes.NONE;
  }

  @Override
  public Outcomes apply(Outcomes before, Step step, Consumer<Point> out) {
    Outcomes sum = before.plus(step.outcomes);
    out.accept(new Point(step.start, step.end, step.outcomes, sum));
    return sum;
  }
}
