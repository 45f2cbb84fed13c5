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
 * Fifteen made-up days of payments in five cities, with planted frauds.
 *
 * <p>Each morning customers pay in their own city, now and then from a new telephone, and on each
 * day there is a burst of payments with a stolen card, an impossible travel, a takeover with a new
 * device, and a payer who is in many places. A terminal is compromised from the second to the
 * fourth day; its frauds are found one to three days later, so payments there are risky on the
 * eleventh day. Each day one of the rules is set, mostly as it was; on the eighth day the limit of
 * an amount is lowered. Models are released on some days, see {@link MadeUpReleases}.
 *
 * <p>{@linkplain #endless Endless} payments go on around the clock: what would be planted on a day
 * comes every two minutes. There no models are released.
 */
final class MadeUpPayments {

  private static final Instant START = Instant.parse("2026-01-05T04:30:00Z");
  private static final int DAYS = 15;

  /**
   * As long as what is planted takes, and so many payments that there is more than one a second.
   */
  private static final Duration ROUND = Duration.ofMinutes(2);

  private static final int PER_ROUND = 150;

  /** So many that hardly anybody pays often enough within an hour to look like a thief. */
  private static final int PAYERS = 3_000;

  private static final String COMPROMISED = "terminal-compromised";

  /** The cities, which are all more than 100 km apart. */
  private enum City {
    mumbai(19.076, 72.878),
    delhi(28.614, 77.209),
    bengaluru(12.972, 77.595),
    kolkata(22.573, 88.364),
    chennai(13.083, 80.271);

    private final double lat;
    private final double lon;

    City(double lat, double lon) {
      this.lat = lat;
      this.lon = lon;
    }
  }

  private static final City[] CITIES = City.values();
  private static final Name[] NAMES = Name.values();
  private static final String[] APPS = {"GPay", "Paytm", "PhonePe"};
  private static final String[] BANKS = {"HDFC", "ICICI", "SBI"};

  private final SplittableRandom random;
  private final Duration day;
  private final int perDay;
  private final long stepMillis;
  private final int payers;
  private final boolean releases;
  private final List<FraudLabel> labels = new ArrayList<>();
  private long made;

  /** A greater count makes busier days. */
  private MadeUpPayments(long seed, long count) {
    this(
        seed,
        Duration.ofDays(1),
        Duration.ofHours(8),
        (int) Math.min(10_000_000, Math.max(1, count / DAYS)),
        50,
        true);
  }

  private MadeUpPayments(
      long seed, Duration day, Duration open, int perDay, int leastPayers, boolean releases) {
    this.random = new SplittableRandom(seed);
    this.day = day;
    this.perDay = perDay;
    this.stepMillis = Math.max(1, Math.min(2_000, open.toMillis() / perDay));
    this.payers = Math.max(leastPayers, perDay / 2);
    this.releases = releases;
  }

  /** The first events of a seed; a greater count makes busier days. */
  static Stream<Given<?>> generate(long seed, long count) {
    return new MadeUpPayments(seed, count).days().limit(count);
  }

  /** Payments around the clock. */
  static Stream<Given<?>> endless(long seed) {
    return new MadeUpPayments(seed, ROUND, ROUND, PER_ROUND, PAYERS, false).days();
  }

  private Stream<Given<?>> days() {
    return IntStream.iterate(0, n -> n + 1).boxed().flatMap(n -> day(n).stream());
  }

  /** All events of a day, in the order of time. */
  private List<Given<?>> day(int number) {
    List<Given<?>> events = new ArrayList<>();
    Instant morning = START.plus(day.multipliedBy(number));
    Instant evening = morning.plus(day);
    long millis = 0;
    for (int n = 0; n < perDay; n++) {
      // One payment in ten has the same time as the one before, so that ids decide.
      millis += random.nextInt(10) == 0 ? 0 : random.nextLong(2 * stepMillis);
      if (millis < day.toMillis()) {
        events.add(Fraud.PAYMENTS.given(ordinary(morning.plusMillis(millis))));
      }
    }
    plant(number, morning, events);
    labels.removeIf(
        label -> {
          boolean today = label.at().isBefore(evening);
          if (today) {
            events.add(Fraud.LABELS.given(label));
          }
          return today;
        });
    events.add(Fraud.RULES.given(rule(number, morning.plusSeconds(30))));
    if (releases) {
      MadeUpReleases.on(number, morning.plusSeconds(35))
          .ifPresent(release -> events.add(Fraud.MODELS.given(release)));
    }
    events.sort(
        Comparator.comparing((Given<?> given) -> given.event().at())
            .thenComparing(given -> given.event().id()));
    return events;
  }

  private FraudRule rule(int day, Instant at) {
    Name name = day % 7 == 0 ? Name.high_amount : NAMES[day % NAMES.length];
    double threshold = name == Name.high_amount && day >= 7 ? 4_000_000 : name.threshold();
    return new FraudRule("R%03d".formatted(day), at, name, threshold, name.weight());
  }

  private void plant(int day, Instant morning, List<Given<?>> events) {
    int victim = day % payers;
    switch (day % 5) {
      case 0 -> burst(victim, morning.plusSeconds(40), events);
      case 1 -> travel(victim, morning.plusSeconds(50), events);
      case 2 -> takeover(victim, morning.plusSeconds(60), events);
      case 3 -> manyPlaces(victim, morning.plusSeconds(70), events);
      default -> {}
    }
    if (day >= 1 && day <= 3) {
      for (int n = 0; n < 3; n++) {
        Payment fraud = atTerminal(random.nextInt(payers), morning.plusSeconds(20 + 25 * n));
        events.add(Fraud.PAYMENTS.given(fraud));
        labels.add(found(fraud));
        events.add(
            Fraud.PAYMENTS.given(
                atTerminal(random.nextInt(payers), fraud.at().plusSeconds(random.nextInt(10)))));
      }
    } else if (day == 10) {
      events.add(
          Fraud.PAYMENTS
              .given(atTerminal(random.nextInt(payers), morning.plusSeconds(45)))
              .planted("compromised_terminal"));
    }
  }

  private FraudLabel found(Payment fraud) {
    return new FraudLabel(
        "F" + fraud.id(),
        fraud.at().plus(Duration.ofHours(20 + random.nextInt(50))),
        fraud.id(),
        COMPROMISED,
        fraud.at());
  }

  private void burst(int payer, Instant at, List<Given<?>> events) {
    for (int n = 0; n < 15; n++) {
      Payment payment =
          payment(
              payer, at.plusSeconds(4L * n), near(home(payer)), "stolen", shop(payer), 90_000 + n);
      Given<Payment> given = Fraud.PAYMENTS.given(payment);
      events.add(n > 10 ? given.planted("stolen_card_burst") : given);
    }
  }

  private void travel(int payer, Instant at, List<Given<?>> events) {
    City elsewhere = home(payer + 1);
    events.add(
        Fraud.PAYMENTS.given(
            payment(payer, at, near(home(payer)), phone(payer), shop(payer), 1_500_000)));
    events.add(
        Fraud.PAYMENTS
            .given(
                payment(
                    payer,
                    at.plusSeconds(45),
                    near(elsewhere),
                    phone(payer),
                    "shop-far",
                    1_600_000))
            .planted("impossible_travel"));
  }

  private void takeover(int payer, Instant at, List<Given<?>> events) {
    City elsewhere = home(payer + 2);
    // The payer is known: five payments from home, and then one from a new device far away.
    for (int n = 0; n < 5; n++) {
      events.add(
          Fraud.PAYMENTS.given(
              payment(
                  payer, at.minusSeconds(50 - n), near(home(payer)), phone(payer), null, 20_000)));
    }
    events.add(
        Fraud.PAYMENTS
            .given(payment(payer, at, near(elsewhere), "new-" + payer + "-" + at, null, 6_000_000))
            .planted("new_device_takeover"));
  }

  private void manyPlaces(int payer, Instant at, List<Given<?>> events) {
    for (int n = 0; n < 10; n++) {
      Given<Payment> given =
          Fraud.PAYMENTS.given(
              payment(
                  payer,
                  at.plusSeconds(5L * n),
                  new GeoPoint(home(payer).lat + 0.05 * n, home(payer).lon),
                  phone(payer),
                  null,
                  30_000));
      events.add(n == 9 ? given.planted("many_places") : given);
    }
  }

  private Payment atTerminal(int payer, Instant at) {
    return payment(payer, at, near(home(payer)), phone(payer), COMPROMISED, 120_000);
  }

  private Payment ordinary(Instant at) {
    int payer = random.nextInt(payers);
    boolean purchase = random.nextInt(2) == 0;
    String device = random.nextInt(40) == 0 ? phone(payer) + "b" : phone(payer);
    return payment(
        payer,
        at,
        random.nextInt(30) == 0 ? null : near(home(payer)),
        random.nextInt(20) == 0 ? Status.FAILED : Status.SUCCESS,
        device,
        purchase ? shop(payer) : null,
        1_000L + random.nextInt(400_000));
  }

  /** A payment that succeeds. */
  private Payment payment(
      int payer, Instant at, GeoPoint place, String device, @Nullable String merchant, long minor) {
    return payment(payer, at, place, Status.SUCCESS, device, merchant, minor);
  }

  private Payment payment(
      int payer,
      Instant at,
      @Nullable GeoPoint place,
      Status status,
      String device,
      @Nullable String merchant,
      long minor) {
    return new Payment(
        "P%09d".formatted(++made),
        at,
        "payer-" + payer,
        merchant == null ? "payer-" + random.nextInt(payers) : merchant,
        BANKS[payer % BANKS.length],
        BANKS[random.nextInt(BANKS.length)],
        APPS[payer % APPS.length],
        merchant == null ? Kind.P2P : random.nextInt(2) == 0 ? Kind.P2M : Kind.CARD,
        minor,
        status,
        status == Status.FAILED ? "U30" : null,
        80L + random.nextInt(900),
        device,
        merchant,
        place == null ? null : place.lat(),
        place == null ? null : place.lon());
  }

  /** A place in a city. */
  private GeoPoint near(City city) {
    return new GeoPoint(city.lat + jitter(), city.lon + jitter());
  }

  private double jitter() {
    return Math.rint((random.nextDouble() - 0.5) * 200) / 1e4; // a kilometre
  }

  private static City home(int payer) {
    return CITIES[payer % CITIES.length];
  }

  private static String phone(int payer) {
    return "phone-" + payer;
  }

  private String shop(int payer) {
    return "shop-" + home(payer) + "-" + random.nextInt(6);
  }
}
