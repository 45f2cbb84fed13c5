package dhara.benchmarks.decisions;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An analysis whose decisions are measured: what it is asked, and by what its answers are known.
 */
enum DecidedAnalysis {
  /** Payments, each with a payer. */
  FRAUD("fraud", "fraud", "payments", "payment", "payers") {
    @Override
    byte[] event(int number, int person, long atMillis, SplittableRandom random) {
      return payment(number, person, atMillis, random);
    }
  },

  /** The same, with a model that is released to them. */
  FRAUD_BY_MODEL("fraud-by-model", "fraud", "payments", "payment", "payers") {
    @Override
    byte[] event(int number, int person, long atMillis, SplittableRandom random) {
      return payment(number, person, atMillis, random);
    }

    @Override
    boolean byModel() {
      return true;
    }
  },

  /** Ad breaks of one market, each with a user: all decisions depend on each other. */
  AD_DECISIONS("ad-decisions", "ad-decisions", "requests", "request", "users") {
    @Override
    byte[] event(int number, int person, long atMillis, SplittableRandom random) {
      return """
      {"id":"p%d","at":"%s","user":"u%d","content":"film-%d","region":"r%d","device":"%s",\
      "language":"Hindi","market":"IN"}\
      """
          .formatted(
              number,
              Instant.ofEpochMilli(atMillis),
              person,
              random.nextInt(500),
              person % REGIONS,
              DEVICES.get(person / REGIONS % DEVICES.size()))
          .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    List<String> references(Path folder, SplittableRandom random) throws IOException {
      Instant since = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(1, ChronoUnit.DAYS);
      List<String> offers = new ArrayList<>();
      List<String> rates = new ArrayList<>();
      for (int campaign = 0; campaign < CAMPAIGNS; campaign++) {
        offers.add(
            """
            {"id":"o%d","at":"%s","campaign":"c%d","market":"IN","bid_micros":%d,\
            "daily_budget_micros":%d,"cap_per_day":%d,"pacing":"%s"}\
            """
                .formatted(
                    campaign,
                    since,
                    campaign,
                    100_000 + random.nextInt(4_000_000),
                    10_000_000L * (1 + random.nextInt(100_000)),
                    1 + random.nextInt(5),
                    campaign % 2 == 0 ? "EVEN" : "ASAP"));
        for (int region = 0; region < REGIONS; region++) {
          for (String device : DEVICES) {
            rates.add(
                """
                {"id":"r%d","at":"%s","campaign":"c%d","region":"r%d","device":"%s","rate":%.4f,\
                "version":"v1"}\
                """
                    .formatted(
                        rates.size(),
                        since,
                        campaign,
                        region,
                        device,
                        (1 + random.nextInt(400)) / 1e4));
          }
        }
      }
      return List.of(
          "--events=offers=files:" + Files.write(folder.resolve("offers.jsonl"), offers),
          "--events=rates=files:" + Files.write(folder.resolve("rates.jsonl"), rates));
    }
  };

  private static final int MERCHANTS = 5_000;
  private static final int CAMPAIGNS = 40;
  private static final int REGIONS = 10;
  private static final List<String> DEVICES = List.of("TV", "MOBILE");

  private final String work;
  private final String analysis;
  private final String input;
  private final String one;
  private final String people;

  DecidedAnalysis(String work, String analysis, String input, String one, String people) {
    this.work = work;
    this.analysis = analysis;
    this.input = input;
    this.one = one;
    this.people = people;
  }

  /** The work with a name. */
  static DecidedAnalysis of(String work) {
    for (DecidedAnalysis each : values()) {
      if (each.work.equals(work)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "--analysis=" + work + ": is not measured, e.g. --analysis=ad-decisions");
  }

  /** The name of the work, which is that of the analysis unless one analysis has several. */
  String work() {
    return work;
  }

  /** The name of the analysis. */
  String analysis() {
    return analysis;
  }

  /** What it reads. */
  String input() {
    return input;
  }

  /** One of these, as the column of answers is called. */
  String one() {
    return one;
  }

  /** Whose they are. */
  String people() {
    return people;
  }

  /** The bytes before the number of an event in a decision. */
  byte[] mark() {
    return "\"%s\":\"p".formatted(one).getBytes(StandardCharsets.US_ASCII);
  }

  /** An event. */
  abstract byte[] event(int number, int person, long atMillis, SplittableRandom random);

  private static byte[] payment(int number, int person, long atMillis, SplittableRandom random) {
    String merchant = "m" + person % MERCHANTS;
    return """
    {"id":"p%d","at":"%s","payer":"u%d","payee":"%s","amount_minor":%d,"status":"SUCCESS",\
    "kind":"P2M","device":"d%d","merchant":"%s","lat":%.4f,"lon":%.4f}\
    """
        .formatted(
            number,
            Instant.ofEpochMilli(atMillis),
            person,
            merchant,
            1_000 + random.nextInt(400_000),
            person,
            merchant,
            12.9 + random.nextInt(100) / 1e4,
            77.5 + random.nextInt(100) / 1e4)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether a model decides too, which is released while it runs. */
  boolean byModel() {
    return false;
  }

  /**
   * Writes what else it reads.
   *
   * @return the options that name these files
   */
  List<String> references(Path folder, SplittableRandom random) throws IOException {
    return List.of();
  }
}
