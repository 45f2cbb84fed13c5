package dhara.pipelines.payments;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.payments.FraudRule.Name;
import dhara.pipelines.payments.Payment.Kind;
import dhara.pipelines.payments.Payment.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Sixty made-up days of card payments with enough labelled frauds to train a model on. Rules and a
 * model each see frauds that the other misses, and honest payments look like each kind of fraud.
 *
 * <ul>
 *   <li><b>Stolen cards and compromised terminals</b> stay below the thresholds of the rules. A
 *       thief pays up to three times a day, for four days, more than usual and 20 to 80 km from
 *       home. At one terminal, another every 14 days, one payment in six is fraud.
 *   <li><b>Leaked logins</b>: on two days of nine, thieves pay usual amounts from home with a new
 *       device. A payment of one of these days looks like one of any other. But the fraud team has
 *       heard of the leak, and sets the weight of the rule about new devices from ten o'clock on
 *       until the leak is closed.
 *   <li><b>Cloned cards</b> come up on the fortieth day, after what a model has learned from. The
 *       rule about impossible travel has always been in force.
 * </ul>
 *
 * <p>Honest payers buy something large, travel, make trips and buy telephones; two may share a
 * card. One fraud in twenty is never found, and one honest payment in 700 is disputed. What is
 * found is found within six days.
 */
final class CompromisedCards {

  private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");
  private static final int DAYS = 60;

  /** Events of a payer and day, so that a count lasts for about so many days. */
  private static final double EVENTS = 1.3;

  private static final double[][] CITIES = {
    {19.076, 72.878}, {28.614, 77.209}, {12.972, 77.595}, {22.573, 88.364}, {13.083, 80.271}
  };

  private static final int TERMINALS = 12;
  private static final int THEFT_DAYS = 4;
  private static final int TERMINAL_DAYS = 14;
  private static final int LEAK_EVERY = 9;
  private static final int LEAK_DAYS = 2;
  private static final int CLONES_FROM = 40;
  private static final long LARGE_MINOR = 6_000_000;
  private static final double WEIGHT_IN_A_LEAK = 0.9;

  private final SplittableRandom random;
  private final int payers;
  private final long[] usualMinor;
  private final double[] perDay;
  private final int[] stolenUntil;
  private final List<FraudLabel> labels = new ArrayList<>();
  private List<Given<?>> events = new ArrayList<>();
  private String terminal = "";
  private int made;

  private CompromisedCards(long seed, long count) {
    this.random = new SplittableRandom(seed);
    this.payers = (int) Math.max(50, Math.min(10_000_000, Math.round(count / EVENTS / DAYS)));
    this.usualMinor = new long[payers];
    this.perDay = new double[payers];
    this.stolenUntil = new int[payers];
    for (int payer = 0; payer < payers; payer++) {
      usualMinor[payer] = 20_000L + random.nextInt(280_000);
      perDay[payer] = 0.3 + 1.7 * random.nextDouble();
    }
  }

  /** The first events of a seed; a greater count makes more payers. */
  static Stream<Given<?>> generate(long seed, long count) {
    CompromisedCards cards = new CompromisedCards(seed, count);
    return IntStream.iterate(0, day -> day + 1)
        .boxed()
        .flatMap(day -> cards.day(day).stream())
        .limit(count);
  }

  /** All events of a day, in the order of time. */
  private List<Given<?>> day(int day) {
    events = new ArrayList<>();
    if (day % TERMINAL_DAYS == 0) {
      terminal = terminal(random.nextInt(CITIES.length));
    }
    int ofLeak = day % LEAK_EVERY - (LEAK_EVERY - LEAK_DAYS);
    if (ofLeak == 0) {
      events.add(rule(day, Duration.ofHours(10), WEIGHT_IN_A_LEAK));
    } else if (day > 0 && day % LEAK_EVERY == 0) {
      events.add(rule(day, Duration.ZERO, Name.new_device.weight()));
    }
    for (int payer = 0; payer < payers; payer++) {
      for (double left = perDay[payer]; random.nextDouble() < left; left--) {
        honest(payer, day);
      }
      if (stolenUntil[payer] <= day && random.nextInt(350) == 0) {
        stolenUntil[payer] = day + THEFT_DAYS;
      }
      if (stolenUntil[payer] > day) {
        theft(payer, day);
      }
      if (ofLeak >= 0 && random.nextInt(20) == 0) {
        leak(payer, day);
      }
      if (random.nextInt(day >= CLONES_FROM ? 150 : 4_000) == 0) {
        twice(payer, day, day >= CLONES_FROM && random.nextInt(10) > 0);
      }
    }
    Instant midnight = START.plus(Duration.ofDays(day + 1));
    labels.removeIf(
        label -> {
          boolean today = label.at().isBefore(midnight);
          if (today) {
            events.add(Fraud.LABELS.given(label));
          }
          return today;
        });
    events.sort(
        Comparator.comparing((Given<?> given) -> given.event().at())
            .thenComparing(given -> given.event().id()));
    return events;
  }

  private static Given<?> rule(int day, Duration time, double weight) {
    return Fraud.RULES.given(
        new FraudRule(
            "R%03d".formatted(day),
            START.plus(Duration.ofDays(day)).plus(time),
            Name.new_device,
            Name.new_device.threshold(),
            weight));
  }

  private void honest(int payer, int day) {
    boolean travels = random.nextInt(50) == 0;
    boolean trip = random.nextInt(12) == 0;
    int city = travels ? (payer + 1) % CITIES.length : payer % CITIES.length;
    String merchant = terminal(city);
    long minor = around(usualMinor[payer]);
    boolean fraud = merchant.equals(terminal) && random.nextInt(6) == 0;
    if (fraud) {
      minor = Math.round(minor * (1 + 2 * random.nextDouble()));
    } else if (random.nextInt(200) == 0) {
      minor = LARGE_MINOR;
    }
    double away = trip ? 0.05 + 0.5 * random.nextDouble() : 0.02;
    boolean known = random.nextInt(20) > 0;
    pay(
        payer,
        morning(day).plusSeconds(random.nextInt(57_600)),
        minor,
        device(payer),
        merchant,
        known ? place(city, away) : null,
        fraud ? "compromised_terminal" : "");
  }

  private void theft(int payer, int day) {
    Instant at = morning(day).plusSeconds(random.nextInt(50_400));
    String device = random.nextBoolean() ? "stolen-" + payer : null;
    for (int n = 0; n <= random.nextInt(3); n++) {
      pay(
          payer,
          at.plusSeconds(1_500L * n),
          Math.round(around(usualMinor[payer]) * (1 + 3 * random.nextDouble())),
          device,
          terminal(home(payer)),
          place(home(payer), 0.2 + 0.3 * random.nextDouble()),
          "stolen_card");
    }
  }

  private void leak(int payer, int day) {
    pay(
        payer,
        morning(day).plusSeconds(random.nextInt(57_600)),
        around(usualMinor[payer]),
        "leaked-" + made,
        terminal(home(payer)),
        place(home(payer), 0.02),
        "leaked_login");
  }

  /** A card is used in two cities within minutes: it was cloned, or two honest people share it. */
  private void twice(int payer, int day, boolean cloned) {
    Instant at = morning(day).plusSeconds(random.nextInt(57_600));
    int elsewhere = (payer + 1) % CITIES.length;
    long minor = 1_050_000L + random.nextInt(500_000);
    pay(payer, at, minor, phone(payer), terminal(home(payer)), place(home(payer), 0.02), "");
    pay(
        payer,
        at.plusSeconds(30L + random.nextInt(500)),
        minor - random.nextInt(40_000),
        null,
        terminal(elsewhere),
        place(elsewhere, 0.02),
        cloned ? "cloned_card" : "");
  }

  /**
   * A payment that succeeds.
   *
   * @param fraud its kind; empty for none
   */
  private void pay(
      int payer,
      Instant at,
      long minor,
      @Nullable String device,
      String merchant,
      @Nullable GeoPoint place,
      String fraud) {
    String id = "P%09d".formatted(++made);
    Payment payment =
        new Payment(
            id,
            at,
            "payer-" + payer,
            merchant,
            null,
            null,
            null,
            Kind.CARD,
            minor,
            Status.SUCCESS,
            null,
            null,
            device,
            merchant,
            place == null ? null : place.lat(),
            place == null ? null : place.lon());
    Given<Payment> given = Fraud.PAYMENTS.given(payment);
    events.add(fraud.isEmpty() ? given : given.planted(fraud));
    if (fraud.isEmpty() ? random.nextInt(700) == 0 : random.nextInt(20) > 0) {
      Instant foundAt = at.plus(Duration.ofHours(12 + random.nextInt(130)));
      labels.add(new FraudLabel("F" + id, foundAt, id, merchant, at));
    }
  }

  /** Payments are made from six to ten in the evening. */
  private static Instant morning(int day) {
    return START.plus(Duration.ofDays(day)).plus(Duration.ofHours(6));
  }

  private static int home(int payer) {
    return payer % CITIES.length;
  }

  /** One honest payment in ten has no device, and one in fifty a new one. */
  private @Nullable String device(int payer) {
    int chance = random.nextInt(50);
    return chance == 0 ? "new-" + made : chance < 6 ? null : phone(payer);
  }

  private static String phone(int payer) {
    return "phone-" + payer;
  }

  private String terminal(int city) {
    return "terminal-" + city + "-" + random.nextInt(TERMINALS);
  }

  /** One amount in six is up to four times the usual one, so that amounts alone prove little. */
  private long around(long minor) {
    double factor =
        random.nextInt(6) == 0 ? 1 + 3 * random.nextDouble() : 0.3 + random.nextDouble();
    return Math.max(100, Math.round(minor * factor));
  }

  /** In each direction half to all of so many degrees from a city. */
  private GeoPoint place(int city, double degrees) {
    return new GeoPoint(
        CITIES[city][0] + side() * degrees * (0.5 + 0.5 * random.nextDouble()),
        CITIES[city][1] + side() * degrees * (0.5 + 0.5 * random.nextDouble()));
  }

  private int side() {
    return random.nextBoolean() ? 1 : -1;
  }
}
