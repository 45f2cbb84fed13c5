package dhara.pipelines.travel;

import dhara.pipelines.travel.Booking.Quota;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;

/**
 * When the seats of a day open.
 *
 * @param ac at what time those of air-conditioned classes do
 * @param nonAc at what time the others do
 * @param zone where these times are
 * @param lasting how long after it the opening is followed, less than a day
 */
record Tatkal(LocalTime ac, LocalTime nonAc, ZoneId zone, Duration lasting)
    implements Serializable {

  /** The opening of a booking's class on its day. */
  Instant opening(Booking booking) {
    return booking
        .at()
        .atZone(zone)
        .toLocalDate()
        .atTime(booking.isAc() ? ac : nonAc)
        .atZone(zone)
        .toInstant();
  }

  /** Whether it is a booking of these seats while the opening is followed. */
  boolean covers(Booking booking) {
    Instant opening = opening(booking);
    return booking.quota() == Quota.TATKAL
        && !booking.at().isBefore(opening)
        && booking.at().isBefore(opening.plus(lasting));
  }
}
