package dhara.pipelines.platform.enrich;

import dhara.pipelines.Scenario;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.Upcoming;
import dhara.transforms.call.CallOutcome;
import dhara.transforms.call.CallRecord;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Made-up visits of customers, with the calls that a stream would have recorded about them: the
 * service answers most, does not know some customers, and fails now and then.
 *
 * <p>Planted in inquiries: {@code again}, whose event was asked about twice, because a stream was
 * restored, and the second call found another tier; {@code unrecorded}, of which there is no call.
 */
final class MadeUpInquiries {

  private static final int CUSTOMERS = 40;
  private static final String[] TIERS = {"bronze", "silver", "gold"};

  /** When the first epoch of the stream that recorded the calls began, as a revision. */
  private static final long FIRST = 1_785_240_000_000_000L;

  private static final long RESTORED = FIRST + 60_000_000;

  private final SplittableRandom random;
  private final Upcoming<Given<?>> upcoming = Upcoming.given();
  private long millis;
  private long made;

  private MadeUpInquiries(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The first events of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    return Stream.<Given<?>>generate(new MadeUpInquiries(seed)::next).limit(count);
  }

  private Given<?> next() {
    while (!upcoming.anyBefore(Scenario.START.plusMillis(millis))) {
      millis += 1 + random.nextInt(900);
      make();
    }
    return upcoming.next();
  }

  private void make() {
    String id = "V%06d".formatted(++made);
    Instant at = Scenario.START.plusMillis(millis);
    int customer = random.nextInt(CUSTOMERS);
    Given<Inquiry> inquiry =
        Enrich.INQUIRIES.given(new Inquiry(id, at, "customer-%02d".formatted(customer)));
    int tier = random.nextInt(TIERS.length);
    switch (random.nextInt(20)) {
      case 0 -> {
        upcoming.add(inquiry.planted("again"));
        upcoming.add(call(inquiry.event(), FIRST, CallOutcome.FOUND, tier));
        upcoming.add(call(inquiry.event(), RESTORED, CallOutcome.FOUND, (tier + 1) % TIERS.length));
      }
      case 1 -> upcoming.add(inquiry.planted("unrecorded"));
      case 2 -> {
        upcoming.add(inquiry);
        upcoming.add(call(inquiry.event(), FIRST, CallOutcome.TIMEOUT, tier));
      }
      default -> {
        upcoming.add(inquiry);
        CallOutcome outcome = customer % 10 == 0 ? CallOutcome.UNKNOWN : CallOutcome.FOUND;
        upcoming.add(call(inquiry.event(), FIRST, outcome, tier));
      }
    }
  }

  private Given<CallRecord> call(Inquiry of, long revision, CallOutcome outcome, int tier) {
    @Nullable String body =
        outcome == CallOutcome.FOUND ? "{\"tier\":\"%s\"}".formatted(TIERS[tier]) : null;
    return Enrich.RECORDED.given(
        new CallRecord(
            null,
            of.at(),
            of.id(),
            revision,
            "https://customers/{key}",
            of.key(),
            outcome,
            body,
            of.at().plusMillis(20 + random.nextInt(200))));
  }
}
