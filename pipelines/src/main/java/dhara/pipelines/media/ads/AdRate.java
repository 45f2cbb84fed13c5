package dhara.pipelines.media.ads;

import dhara.events.Event;
import java.time.Instant;

/**
 * How likely a click on a campaign is, as predicted, from a time on.
 *
 * @param id identity of the record
 * @param at from when on it holds
 * @param campaign whose advertisement is shown
 * @param region where
 * @param device on which kind of device
 * @param rate the probability of a click, 0 to 1; it is used to a millionth, rounded half up
 * @param version the model or the run that predicted it
 */
public record AdRate(
    String id,
    Instant at,
    String campaign,
    String region,
    String device,
    double rate,
    String version)
    implements Event {

  public AdRate {
    if (!(rate >= 0 && rate <= 1)) {
      throw new IllegalArgumentException("rate is not within 0 and 1: " + rate);
    }
  }

  /** What it is the rate of. */
  String shown() {
    return shown(campaign, region, device);
  }

  /** No two combinations have the same. */
  static String shown(String campaign, String region, String device) {
    return campaign.length() + ":" + campaign + region.length() + ":" + region + device;
  }

  /** The rate in millionths. */
  long millionths() {
    return Math.round(rate * 1e6);
  }
}
