package dhara.pipelines.media.ads;

import dhara.events.Event;
import java.time.Instant;
import java.util.List;

/**
 * A break with the campaigns that are considered for it.
 *
 * @param id identity of the request
 * @param at when it begins
 * @param market where budgets are spent
 * @param day the date in the time zone of days, ISO
 * @param passedSeconds how much of the day has passed, in whole seconds
 * @param daySeconds how long the day is
 * @param user who watches
 * @param region where the user is
 * @param device the kind of device
 * @param bids the campaigns
 * @param more how many others there are in the market
 */
record AdBreak(
    String id,
    Instant at,
    String market,
    String day,
    long passedSeconds,
    long daySeconds,
    String user,
    String region,
    String device,
    List<AdBid> bids,
    long more)
    implements Event {

  /** Decisions depend on those before them in the same market and day, and on no others. */
  String marketDay() {
    return day + " " + market;
  }

  AdBreak with(List<AdBid> newBids, long newMore) {
    return new AdBreak(
        id, at, market, day, passedSeconds, daySeconds, user, region, device, newBids, newMore);
  }
}
