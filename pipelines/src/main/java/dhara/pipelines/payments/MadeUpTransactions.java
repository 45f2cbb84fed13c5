package dhara.pipelines.payments;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.payments.Payment.Kind;
import dhara.pipelines.payments.Payment.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Made-up payments around midnight, about a hundred a minute, through two banks and two apps. One
 * in twenty fails, with one of a few codes.
 *
 * <p>Planted is {@code outage} in each payment from a bank while that bank is out, for two whole
 * minutes every nine: three of four fail with the code of an unreachable bank, and all are slow.
 */
final class MadeUpTransactions {

  private static final Instant START = Instant.parse("2026-01-05T23:55:00Z");
  private static final String[] BANKS = {"HDFC", "SBI"};
  private static final String[] APPS = {"GPay", "PhonePe"};
  private static final Kind[] KINDS = {Kind.P2P, Kind.P2P, Kind.P2M, Kind.P2M, Kind.BILL};

  /** Insufficient balance, wrong PIN, over the limit, and no code. */
  private static final @Nullable String[] CODES = {"Z9", "ZM", "Z8", null};

  /** The bank cannot be reached. */
  private static final String UNREACHABLE = "U69";

  private static final int EVERY = 9;
  private static final int FIRST = 3;
  private static final int LASTING = 2;

  private final SplittableRandom random;
  private long millis;
  private long made;

  private MadeUpTransactions(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The first payments of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    return Stream.<Given<?>>generate(new MadeUpTransactions(seed)::next).limit(count);
  }

  private Given<Payment> next() {
    millis += random.nextInt(1_200);
    int bank = random.nextInt(BANKS.length);
    long minute = millis / Duration.ofMinutes(1).toMillis();
    // The banks take turns.
    boolean out =
        minute % EVERY >= FIRST
            && minute % EVERY < FIRST + LASTING
            && minute / EVERY % BANKS.length == bank;
    Status status = out && random.nextInt(4) > 0 ? Status.FAILED : status();
    Given<Payment> given =
        TransactionMetrics.PAYMENTS.given(
            payment(
                BANKS[bank],
                status,
                status != Status.FAILED
                    ? null
                    : out ? UNREACHABLE : CODES[random.nextInt(CODES.length)],
                out ? 4_000L + random.nextInt(5_000) : 80L + random.nextInt(900)));
    return out ? given.planted("outage") : given;
  }

  private Status status() {
    int dice = random.nextInt(200);
    return dice < 10
        ? Status.FAILED
        : dice < 14 ? Status.PENDING : dice < 16 ? Status.REVERSED : Status.SUCCESS;
  }

  private Payment payment(String bank, Status status, @Nullable String code, long latencyMillis) {
    int payer = random.nextInt(200);
    return new Payment(
        "T%08d".formatted(++made),
        START.plusMillis(millis),
        "payer-" + payer,
        "payee-" + random.nextInt(200),
        bank,
        random.nextInt(40) == 0 ? null : BANKS[random.nextInt(BANKS.length)],
        random.nextInt(40) == 0 ? null : APPS[random.nextInt(APPS.length)],
        random.nextInt(40) == 0 ? null : KINDS[random.nextInt(KINDS.length)],
        1_000L + random.nextInt(400_000),
        status,
        code,
        random.nextInt(10) == 0 ? null : latencyMillis,
        "phone-" + payer,
        null,
        null,
        null);
  }
}
