package dhara.pipelines.commerce.retention;

import dhara.pipelines.commerce.Activity;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.ZoneId;
import java.util.function.Consumer;

/**
 * The first activity of a user in each month, and the month of the first of all.
 *
 * @param zone where months begin
 * @param keep how long after an activity a user is known
 */
record FirstActivity(ZoneId zone, Duration keep)
    implements Fold<Activity, FirstActivity.State, ActiveUser> {

  /**
   * What is remembered of a user.
   *
   * @param cohort the month of the first activity; -1 before it
   * @param month the month of the last
   */
  record State(long cohort, long month) {}

  private static final State NONE = new State(-1, -1);

  @Override
  public State initial() {
    return NONE;
  }

  @Override
  public State apply(State state, Activity activity, Consumer<ActiveUser> out) {
    long month = ActiveUser.month(activity.at().atZone(zone));
    long cohort = state.cohort < 0 ? month : state.cohort;
    if (month != state.month) {
      out.accept(new ActiveUser(activity.id(), activity.at(), cohort, month));
    }
    return new State(cohort, month);
  }
}
