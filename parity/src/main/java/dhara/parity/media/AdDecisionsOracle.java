package dhara.parity.media;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.pipelines.media.ads.AdDecisions;
import dhara.pipelines.media.ads.AdOffer;
import dhara.pipelines.media.ads.AdRate;
import dhara.pipelines.media.ads.AdRequest;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Holds an auction for each break, and searches all earlier sales of the day for what was spent and
 * seen.
 */
@AutoService(Oracle.class)
public final class AdDecisionsOracle implements Oracle {

  private static final Comparator<Event> BY_TIME =
      Comparator.comparing(Event::at).thenComparing(Event::id);

  /** A break that was sold, in exact micros. */
  record Sale(AdRequest request, LocalDate day, String campaign, BigInteger price) {}

  /** A campaign in an auction: {@code worth} is bid × click rate, in micros. */
  private record Bidder(AdOffer offer, @Nullable AdRate rate, BigDecimal worth, String out) {

    private Bidder out(String reason) {
      return new Bidder(offer, rate, worth, reason);
    }

    private String json() {
      return "{\"campaign\":\"%s\",\"score\":%s,\"out\":%s}"
          .formatted(
              offer.campaign(),
              rate == null ? "null" : String.valueOf(worth.doubleValue()),
              quoted(out.isEmpty() ? null : out));
    }
  }

  @Override
  public String analysis() {
    return "ad-decisions";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of(
            "--floorMicros=6000", "--pacingSlack=0", "--considered=3", "--timeZone=Asia/Kolkata"));
  }

  @Override
  public long testEvents() {
    return 500;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions options) {
    List<String> answers = new ArrayList<>();
    sales(inputs, options.as(AdDecisions.Options.class), answers);
    return Map.of("decisions", answers);
  }

  /** What was sold; adds the answers about all breaks. */
  static List<Sale> sales(Inputs inputs, AdDecisions.Options options, List<String> answers) {
    List<AdRequest> requests = new ArrayList<>(inputs.of("requests", AdRequest.class));
    requests.sort(BY_TIME);
    List<AdOffer> offers = new ArrayList<>(inputs.of("offers", AdOffer.class));
    offers.sort(BY_TIME);
    List<AdRate> rates = new ArrayList<>(inputs.of("rates", AdRate.class));
    rates.sort(BY_TIME);
    List<Sale> sales = new ArrayList<>();
    ZoneId zone = ZoneId.of(options.getTimeZone());
    for (AdRequest request : requests) {
      LocalDate today = LocalDate.ofInstant(request.at(), zone);
      answers.add(new Auctioneer(request, offers, rates, sales, zone, today, options).sell());
    }
    return sales;
  }

  private static String quoted(@Nullable String text) {
    return text == null ? "null" : '"' + text + '"';
  }

  /** The auction of one break, which adds to the sales. */
  private record Auctioneer(
      AdRequest request,
      List<AdOffer> offers,
      List<AdRate> rates,
      List<Sale> sales,
      ZoneId zone,
      LocalDate today,
      AdDecisions.Options options) {

    private String sell() {
      List<Bidder> all = bidders();
      List<Bidder> bidders = all.subList(0, Math.min(all.size(), options.getConsidered()));
      bidders = bidders.stream().map(this::checked).toList();
      List<Bidder> in = bidders.stream().filter(bidder -> bidder.out.isEmpty()).toList();
      String sold =
          "\"campaign\":null,\"price_micros\":null,\"click_rate\":null,\"rate_version\":null,"
              + "\"shows\":null";
      if (!in.isEmpty()) {
        Bidder winner = in.get(0);
        String campaign = winner.offer.campaign();
        BigInteger price = price(winner, in.size() == 1 ? BigDecimal.ZERO : in.get(1).worth);
        sales.add(new Sale(request, today, campaign, price));
        sold =
            ("\"campaign\":\"%s\",\"price_micros\":%s,\"click_rate\":%s,\"rate_version\":\"%s\","
                    + "\"shows\":%d")
                .formatted(
                    campaign,
                    price,
                    rate(winner.rate).doubleValue(),
                    winner.rate.version(),
                    seen(campaign));
      }
      Instant start = request.at().truncatedTo(ChronoUnit.MILLIS);
      return "{\"request\":\"%s\",\"market\":\"%s\",\"user\":\"%s\",%s,%s,\"considered\":[%s],\"more\":%d}"
          .formatted(
              request.id(),
              request.market(),
              request.user(),
              new Box<>("", start, start.plusMillis(1)).window(),
              sold,
              bidders.stream().map(Bidder::json).collect(Collectors.joining(",")),
              all.size() - bidders.size());
    }

    private BigInteger price(Bidder winner, BigDecimal next) {
      return next.divide(rate(winner.rate), 0, RoundingMode.CEILING)
          .toBigInteger()
          .max(BigInteger.valueOf(options.getFloorMicros()));
    }

    /** A rate to a millionth. */
    private static BigDecimal rate(AdRate rate) {
      return BigDecimal.valueOf(rate.rate()).setScale(6, RoundingMode.HALF_UP);
    }

    /** All campaigns of the market, those first that may win, by their worth. */
    private List<Bidder> bidders() {
      List<Bidder> bidders = new ArrayList<>();
      for (String campaign : new TreeSet<>(offers.stream().map(AdOffer::campaign).toList())) {
        AdOffer offer = null;
        for (AdOffer each : offers) {
          if (each.campaign().equals(campaign)
              && each.market().equals(request.market())
              && !each.at().isAfter(request.at())) {
            offer = each;
          }
        }
        if (offer != null) {
          bidders.add(bidder(offer));
        }
      }
      bidders.sort(
          Comparator.comparing((Bidder bidder) -> !bidder.out.isEmpty())
              .thenComparing(bidder -> bidder.worth.negate()));
      return bidders;
    }

    private Bidder bidder(AdOffer offer) {
      String out = targeted(offer);
      AdRate rate = null;
      for (AdRate each : rates) {
        if (out.isEmpty()
            && each.campaign().equals(offer.campaign())
            && each.region().equals(request.region())
            && each.device().equals(request.device())
            && !each.at().isAfter(request.at())) {
          rate = each;
        }
      }
      if (rate == null || rate(rate).signum() == 0) {
        return new Bidder(offer, null, BigDecimal.ZERO, out.isEmpty() ? "RATE" : out);
      }
      return new Bidder(
          offer, rate, rate(rate).multiply(BigDecimal.valueOf(offer.bidMicros())), "");
    }

    private String targeted(AdOffer offer) {
      Instant from = offer.activeFrom() == null ? Instant.MIN : offer.activeFrom();
      Instant until = offer.activeUntil() == null ? Instant.MAX : offer.activeUntil();
      if (request.at().isBefore(from) || request.at().compareTo(until) >= 0) {
        return "INACTIVE";
      }
      return misses(offer.regions(), request.region())
          ? "REGION"
          : misses(offer.devices(), request.device())
              ? "DEVICE"
              : misses(offer.languages(), request.language())
                  ? "LANGUAGE"
                  : misses(offer.contents(), request.content())
                      ? "CONTENT"
                      : offer.bidMicros() < options.getFloorMicros() ? "FLOOR" : "";
    }

    private static boolean misses(@Nullable List<String> wanted, @Nullable String found) {
      return wanted != null
          && !wanted.isEmpty()
          && wanted.stream().noneMatch(each -> each.equals(found));
    }

    private Bidder checked(Bidder bidder) {
      AdOffer offer = bidder.offer;
      BigInteger spent = spent(offer.campaign());
      BigInteger left = BigInteger.valueOf(offer.dailyBudgetMicros()).subtract(spent);
      if (!bidder.out.isEmpty()) {
        return bidder;
      } else if (left.compareTo(BigInteger.valueOf(offer.bidMicros())) < 0) {
        return bidder.out("BUDGET");
      } else if (offer.pacing() == AdOffer.Pacing.EVEN && spent.compareTo(share(offer)) > 0) {
        return bidder.out("PACING");
      }
      return offer.capPerDay() != null && seen(offer.campaign()) >= offer.capPerDay()
          ? bidder.out("CAP")
          : bidder;
    }

    private BigInteger share(AdOffer offer) {
      Instant midnight = today.atStartOfDay(zone).toInstant();
      Instant next = today.plusDays(1).atStartOfDay(zone).toInstant();
      BigInteger passed =
          BigInteger.valueOf(offer.dailyBudgetMicros())
              .multiply(BigInteger.valueOf(midnight.until(request.at(), ChronoUnit.SECONDS)))
              .divide(BigInteger.valueOf(Duration.between(midnight, next).toSeconds()));
      return passed.add(
          passed
              .multiply(BigInteger.valueOf(options.getPacingSlack()))
              .divide(BigInteger.valueOf(100)));
    }

    private List<Sale> today(String campaign) {
      return sales.stream()
          .filter(
              sale ->
                  sale.day.equals(today)
                      && sale.request.market().equals(request.market())
                      && sale.campaign.equals(campaign))
          .toList();
    }

    private BigInteger spent(String campaign) {
      return today(campaign).stream().map(Sale::price).reduce(BigInteger.ZERO, BigInteger::add);
    }

    private long seen(String campaign) {
      return today(campaign).stream()
          .filter(sale -> sale.request.user().equals(request.user()))
          .count();
    }
  }
}
