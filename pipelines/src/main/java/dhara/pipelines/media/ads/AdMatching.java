package dhara.pipelines.media.ads;

import dhara.pipelines.media.ads.AdDecision.Out;
import dhara.transforms.join.InForce;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Which campaigns are considered for a break, as of its time.
 *
 * @param zone where days begin and end
 * @param floorMicros no lower bid is considered
 * @param most how many are considered
 */
record AdMatching(ZoneId zone, long floorMicros, int most) implements Serializable {

  /** A predicted click rate. */
  record Predicted(long millionths, String version) {}

  /** Predicts click rates: by a table, or by a model. */
  @FunctionalInterface
  interface ClickRates {
    /** How likely a click is on a campaign in a break; null if that is not known. */
    @Nullable Predicted of(AdBid bid, AdBreak in);
  }

  /** Those that could be shown, by the worth of a show; then those that could not, by name. */
  private static final Comparator<AdBid> ORDER =
      Comparator.comparing((AdBid bid) -> bid.out() != null)
          .thenComparing(AdBid::score, Comparator.reverseOrder())
          .thenComparing(AdBid::campaign);

  /** A break with all campaigns of its market. */
  AdBreak offered(AdRequest request, InForce<AdOffer> offers) {
    List<AdBid> bids = new ArrayList<>();
    offers.forEach(
        (key, offer) -> {
          if (offer.market().equals(request.market())) {
            bids.add(AdBid.of(offer, out(offer, request)));
          }
        });
    LocalDate day = request.at().atZone(zone).toLocalDate();
    Instant midnight = day.atStartOfDay(zone).toInstant();
    Instant next = day.plusDays(1).atStartOfDay(zone).toInstant();
    return new AdBreak(
        request.id(),
        request.at(),
        request.market(),
        day.toString(),
        Duration.between(midnight, request.at()).toSeconds(),
        Duration.between(midnight, next).toSeconds(),
        request.user(),
        request.region(),
        request.device(),
        bids,
        0);
  }

  private @Nullable Out out(AdOffer offer, AdRequest request) {
    Instant at = request.at();
    if ((offer.activeFrom() != null && at.isBefore(offer.activeFrom()))
        || (offer.activeUntil() != null && !at.isBefore(offer.activeUntil()))) {
      return Out.INACTIVE;
    } else if (!fits(offer.regions(), request.region())) {
      return Out.REGION;
    } else if (!fits(offer.devices(), request.device())) {
      return Out.DEVICE;
    } else if (!fits(offer.languages(), request.language())) {
      return Out.LANGUAGE;
    } else if (!fits(offer.contents(), request.content())) {
      return Out.CONTENT;
    }
    return offer.bidMicros() < floorMicros ? Out.FLOOR : null;
  }

  private static boolean fits(@Nullable List<String> wanted, @Nullable String found) {
    return wanted == null || wanted.isEmpty() || (found != null && wanted.contains(found));
  }

  /** The same break with the campaigns that are worth the most, and their click rates. */
  AdBreak rated(AdBreak of, ClickRates rates) {
    List<AdBid> bids = new ArrayList<>(of.bids().size());
    for (AdBid bid : of.bids()) {
      bids.add(bid.out() == null ? rated(bid, rates.of(bid, of)) : bid);
    }
    bids.sort(ORDER);
    int more = Math.max(0, bids.size() - most);
    return of.with(List.copyOf(bids.subList(0, bids.size() - more)), more);
  }

  private static AdBid rated(AdBid bid, @Nullable Predicted rate) {
    return rate == null || rate.millionths() == 0
        ? bid.out(Out.RATE)
        : bid.rated(rate.millionths(), rate.version());
  }
}
