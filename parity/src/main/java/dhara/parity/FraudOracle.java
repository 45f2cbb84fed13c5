package dhara.parity;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.pipelines.payments.Fraud;
import dhara.pipelines.payments.FraudLabel;
import dhara.pipelines.payments.FraudRule;
import dhara.pipelines.payments.Payment;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.transforms.model.ModelRelease;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Decides about each payment by searching all payments, findings and rules for what it needs. */
@AutoService(Oracle.class)
public final class FraudOracle implements Oracle {

  private static final Comparator<Event> BY_TIME =
      Comparator.comparing(Event::at).thenComparing(Event::id);

  /** The rules, with their usual thresholds and weights. */
  private static final Map<String, double[]> USUAL = new LinkedHashMap<>();

  static {
    USUAL.put("high_velocity_1h", new double[] {10, 0.5});
    USUAL.put("high_amount", new double[] {5_000_000, 0.3});
    USUAL.put("location_mismatch", new double[] {100, 0.3});
    USUAL.put("new_device", new double[] {90, 0.25});
    USUAL.put("impossible_travel", new double[] {1_000_000, 0.8});
    USUAL.put("many_places", new double[] {10, 0.7});
    USUAL.put("risky_merchant", new double[] {0.2, 0.5});
    USUAL.put("challenge", new double[] {0.3, 0});
    USUAL.put("block", new double[] {0.6, 0});
  }

  @Override
  public String analysis() {
    return "fraud";
  }

  @Override
  public long testEvents() {
    return 600;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions options) {
    List<Payment> payments = new ArrayList<>(inputs.of("payments", Payment.class));
    payments.sort(BY_TIME);
    List<FraudRule> rules = new ArrayList<>(inputs.of("rules", FraudRule.class));
    rules.sort(BY_TIME);
    Map<String, List<Payment>> ofPayer = new HashMap<>();
    Map<String, List<Payment>> ofMerchant =
        payments.stream()
            .filter(payment -> payment.merchant() != null)
            .collect(Collectors.groupingBy(Payment::merchant));
    Map<String, List<FraudLabel>> found =
        inputs.of("labels", FraudLabel.class).stream()
            .collect(Collectors.groupingBy(FraudLabel::merchant));
    List<ModelRelease> releases = inputs.of("models", ModelRelease.class);
    FraudModels models = FraudModels.of(releases, options.as(Fraud.Options.class));
    List<String> vectors = new ArrayList<>();
    List<String> decisions = new ArrayList<>();
    List<String> alerts = new ArrayList<>();
    Map<String, Instant> lastBlocked = new HashMap<>();
    for (Payment payment : payments) {
      List<Payment> before = ofPayer.computeIfAbsent(payment.payer(), payer -> new ArrayList<>());
      String merchant = payment.merchant();
      Case decided =
          new Case(
              payment,
              before,
              ofMerchant.getOrDefault(merchant, List.of()),
              found.getOrDefault(merchant, List.of()),
              rules);
      Map<String, Float> row = Map.of();
      if (!releases.isEmpty()) {
        row = decided.row();
        vectors.add("{" + decided.about() + FraudModels.json(row) + "}");
      }
      FraudModels.Decided by = models.decide(payment.at(), row, decided.action(), decided.score());
      String decision = decided.json(by);
      decisions.add("{" + decision);
      if (by.action().equals("BLOCK")) {
        Instant last = lastBlocked.put(payment.payer(), payment.at());
        if (last == null || millis(payment) - last.toEpochMilli() > 24 * 3_600_000L) {
          alerts.add("{\"incident\":\"%s\",%s".formatted(payment.payer(), decision));
        }
      }
      before.add(payment);
    }
    return Map.of(
        "decisions",
        decisions,
        "alerts",
        alerts,
        "vectors",
        vectors,
        "refusals",
        models.refusals());
  }

  private static long millis(Payment payment) {
    return payment.at().toEpochMilli();
  }

  /**
   * A payment and all that may matter for it.
   *
   * @param before the payer's earlier payments
   * @param there all payments at the merchant, also later ones
   * @param found all frauds that were found there
   */
  private record Case(
      Payment payment,
      List<Payment> before,
      List<Payment> there,
      List<FraudLabel> found,
      List<FraudRule> rules) {

    private double rule(String name, int what) {
      double value = USUAL.get(name)[what];
      for (FraudRule rule : rules) {
        if (rule.rule().name().equals(name) && !rule.at().isAfter(payment.at())) {
          value = what == 0 ? rule.threshold() : rule.weight();
        }
      }
      return value;
    }

    private List<Payment> since(Duration time) {
      return before.stream()
          .filter(earlier -> millis(earlier) >= millis(payment) - time.toMillis())
          .toList();
    }

    private long lastHour() {
      return before.stream()
          .filter(earlier -> millis(earlier) > millis(payment) - 3_600_000)
          .count();
    }

    /** The payments in the hour of the clock and some before it. */
    private List<Payment> hours(int hours) {
      Instant from = payment.at().truncatedTo(ChronoUnit.HOURS).minus(hours - 1L, ChronoUnit.HOURS);
      return before.stream().filter(earlier -> !earlier.at().isBefore(from)).toList();
    }

    private static long mean(List<Payment> payments) {
      return (long) payments.stream().mapToLong(Payment::amountMinor).average().orElse(0);
    }

    private Double kmFromUsual() {
      List<Payment> placed =
          before.stream()
              .filter(p -> p.lat() != null && p.status() == Payment.Status.SUCCESS)
              .toList();
      if (payment.lat() == null || placed.size() < 5) {
        return null;
      }
      List<Payment> last = placed.subList(Math.max(0, placed.size() - 20), placed.size());
      double km =
          km(payment.lat(), payment.lon(), median(last, Payment::lat), median(last, Payment::lon));
      return Math.rint(km * 1000) / 1000;
    }

    private static double median(List<Payment> payments, ToDoubleFunction<Payment> of) {
      double[] sorted = payments.stream().mapToDouble(of).sorted().toArray();
      return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /** The angle between two unit vectors, times the radius of the earth. */
    private static double km(double lat1, double lon1, double lat2, double lon2) {
      double[] a = vector(lat1, lon1);
      double[] b = vector(lat2, lon2);
      double chord =
          Math.sqrt(
              (a[0] - b[0]) * (a[0] - b[0])
                  + (a[1] - b[1]) * (a[1] - b[1])
                  + (a[2] - b[2]) * (a[2] - b[2]));
      return 2 * 6371.0088 * Math.asin(chord / 2);
    }

    private static double[] vector(double lat, double lon) {
      double north = Math.toRadians(lat);
      double east = Math.toRadians(lon);
      return new double[] {
        Math.cos(north) * Math.cos(east), Math.cos(north) * Math.sin(east), Math.sin(north)
      };
    }

    private boolean newDevice() {
      List<Payment> known =
          since(Duration.ofDays(90)).stream().filter(p -> p.device() != null).toList();
      return payment.device() != null
          && !known.isEmpty()
          && known.stream().noneMatch(p -> p.device().equals(payment.device()));
    }

    private Float deviceUnusedDays() {
      List<Payment> known =
          since(Duration.ofDays(90)).stream().filter(p -> p.device() != null).toList();
      if (payment.device() == null || known.isEmpty()) {
        return null;
      }
      return known.stream()
          .filter(p -> p.device().equals(payment.device()))
          .map(p -> (float) Duration.between(p.at(), payment.at()).toDays())
          .min(Comparator.naturalOrder())
          .orElse(90f);
    }

    private float travelMinor() {
      if (payment.merchant() == null || payment.lat() == null) {
        return 0;
      }
      return since(Duration.ofMinutes(10)).stream()
          .filter(p -> p.merchant() != null && p.lat() != null)
          .filter(p -> km(p.lat(), p.lon(), payment.lat(), payment.lon()) > 10)
          .mapToLong(p -> Math.min(p.amountMinor(), payment.amountMinor()))
          .max()
          .orElse(0);
    }

    private static Float exactMean(List<Payment> payments) {
      return payments.isEmpty()
          ? null
          : (float) payments.stream().mapToLong(Payment::amountMinor).average().getAsDouble();
    }

    private static Float share(double[] risk) {
      return Double.isNaN(risk[0]) ? null : (float) risk[0];
    }

    /** The features of a model, by the names of their columns; null if missing. */
    private Map<String, Float> row() {
      long sum30d = hours(720).stream().mapToLong(Payment::amountMinor).sum();
      Double km = kmFromUsual();
      Map<String, Float> row = new LinkedHashMap<>();
      row.put("amount_minor", (float) payment.amountMinor());
      row.put("payments1h", (float) lastHour());
      row.put("payments1d", (float) hours(24).size());
      row.put("mean1d_minor", exactMean(hours(24)));
      row.put("payments7d", (float) hours(168).size());
      row.put("mean7d_minor", exactMean(hours(168)));
      row.put("payments30d", (float) hours(720).size());
      row.put("mean30d_minor", exactMean(hours(720)));
      row.put(
          "amount_to_mean30d",
          sum30d == 0
              ? null
              : (float) ((double) payment.amountMinor() * hours(720).size() / sum30d));
      row.put("km_from_usual", km == null ? null : (float) (double) km);
      row.put("device_unused_days", deviceUnusedDays());
      row.put("travel_minor", travelMinor());
      row.put("places5m", (float) places());
      row.put("merchant_payments7d", risk(30)[1] == 0 ? null : (float) risk(7)[1]);
      row.put("merchant_risk1d", share(risk(1)));
      row.put("merchant_risk7d", share(risk(7)));
      row.put("merchant_risk30d", share(risk(30)));
      row.put("rules_applying", (float) reasons().size());
      row.put("rules_score", (float) score());
      return row;
    }

    private boolean impossibleTravel() {
      double least = rule("impossible_travel", 0);
      return payment.merchant() != null
          && payment.lat() != null
          && payment.amountMinor() > least
          && since(Duration.ofMinutes(10)).stream()
              .anyMatch(
                  p ->
                      p.merchant() != null
                          && p.lat() != null
                          && p.amountMinor() > least
                          && km(p.lat(), p.lon(), payment.lat(), payment.lon()) > 10);
    }

    private long places() {
      List<Payment> all = new ArrayList<>(since(Duration.ofMinutes(5)));
      all.add(payment);
      return all.stream()
          .filter(p -> p.lat() != null)
          .map(p -> Math.floor(p.lat() * 100) + "/" + Math.floor(p.lon() * 100))
          .distinct()
          .count();
    }

    /** The share of fraud at the merchant in the days that ended 7 days ago, and its payments. */
    private double[] risk(int days) {
      LocalDate today = day(payment.at());
      LocalDate until = today.minusDays(7);
      long paid = there.stream().filter(p -> within(p.at(), until, days)).count();
      Instant midnight = today.atStartOfDay(ZoneOffset.UTC).toInstant();
      long frauds =
          found.stream()
              .filter(f -> f.at().isBefore(midnight) && within(f.paidAt(), until, days))
              .count();
      return new double[] {
        paid == 0 ? Double.NaN : Math.rint(Math.min(1, (double) frauds / paid) * 1e4) / 1e4, paid
      };
    }

    private static boolean within(Instant at, LocalDate until, int days) {
      return day(at).isBefore(until) && !day(at).isBefore(until.minusDays(days));
    }

    private static LocalDate day(Instant at) {
      return at.atZone(ZoneOffset.UTC).toLocalDate();
    }

    private List<String> reasons() {
      Map<String, Boolean> applies = new LinkedHashMap<>();
      Double km = kmFromUsual();
      double[] risk = risk(7);
      applies.put("high_velocity_1h", lastHour() > rule("high_velocity_1h", 0));
      applies.put("high_amount", payment.amountMinor() > rule("high_amount", 0));
      applies.put("location_mismatch", km != null && km > rule("location_mismatch", 0));
      applies.put("new_device", newDevice());
      applies.put("impossible_travel", impossibleTravel());
      applies.put("many_places", places() >= rule("many_places", 0));
      applies.put("risky_merchant", risk[1] >= 5 && risk[0] > rule("risky_merchant", 0));
      return applies.keySet().stream()
          .filter(name -> applies.get(name) && rule(name, 1) > 0)
          .toList();
    }

    private double score() {
      double not = 1;
      for (String name : reasons()) {
        not *= 1 - rule(name, 1);
      }
      return Math.rint((1 - not) * 1e4) / 1e4;
    }

    private String action() {
      double score = score();
      return score >= rule("block", 0)
          ? "BLOCK"
          : score >= rule("challenge", 0) ? "CHALLENGE" : "ALLOW";
    }

    private static String risk(double[] risk) {
      return Double.isNaN(risk[0]) ? "null" : String.valueOf(risk[0]);
    }

    /** What an answer is about, and its window. */
    private String about() {
      Instant start = payment.at().truncatedTo(ChronoUnit.MILLIS);
      return """
      "payment":"%s","payer":"%s",%s,\
      """
          .formatted(
              payment.id(), payment.payer(), new Box<>("", start, start.plusMillis(1)).window());
    }

    private String json(FraudModels.Decided by) {
      return """
      %s"action":"%s","score":%s,"reasons":[%s],"amount_minor":%d,\
      "payments1h":%d,"payments1d":%d,"mean1d_minor":%d,"payments7d":%d,"mean7d_minor":%d,\
      "payments30d":%d,"mean30d_minor":%d,"km_from_usual":%s,"merchant_risk1d":%s,\
      "merchant_risk7d":%s,"merchant_risk30d":%s,"model":%s,"rules_score":%s,\
      "fallback":null}\
      """
          .formatted(
              about(),
              by.action(),
              by.score(),
              reasons().stream().map(r -> '"' + r + '"').collect(Collectors.joining(",")),
              payment.amountMinor(),
              lastHour(),
              hours(24).size(),
              mean(hours(24)),
              hours(168).size(),
              mean(hours(168)),
              hours(720).size(),
              mean(hours(720)),
              kmFromUsual(),
              risk(risk(1)),
              risk(risk(7)),
              risk(risk(30)),
              by.model() == null ? null : '"' + by.model() + '"',
              by.model() == null ? null : score());
    }
  }
}
