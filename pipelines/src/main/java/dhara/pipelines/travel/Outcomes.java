package dhara.pipelines.travel;

import dhara.transforms.tally.Tally;

/** What became of attempts. */
record Outcomes(long confirmed, long waitlisted, long failed) implements Tally<Outcomes> {

  static final Outcomes NONE = new Outcomes(0, 0, 0);

  static Outcomes of(Booking booking) {
    return switch (booking.outcome()) {
      case CONFIRMED -> new Outcomes(1, 0, 0);
      case WAITLISTED -> new Outcomes(0, 1, 0);
      case FAILED -> new Outcomes(0, 0, 1);
    };
  }

  @Override
  public Outcomes plus(Outcomes other) {
    return new Outcomes(
        Math.addExact(confirmed, other.confirmed),
        Math.addExact(waitlisted, other.waitlisted),
        Math.addExact(failed, other.failed));
  }

  long attempts() {
    return confirmed + waitlisted + failed;
  }

  /** The share of attempts that are confirmed; 0 without attempts. */
  double confirmedShare() {
    return attempts() == 0 ? 0 : (double) confirmed / attempts();
  }
}
