package dhara.pipelines.platform.quality;

import dhara.events.DeadLetter.Reason;
import dhara.pipelines.Scenario.Given;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Made-up books of two sources, whose ledgers are written every ten minutes. A calm step has the
 * volume of its hour within 4 %, and at most three of its records are bad. Planted are steps with
 * many dead letters, duplicates or late events, and once two days are known, steps with a third of
 * the volume, and silence. Now and then a run is restarted from zero.
 *
 * <p>What is planted in a ledger is what is wrong with its step; {@code silence} is after it.
 */
final class MadeUpBooks {

  private static final Instant START = Instant.parse("2026-01-05T00:00:00Z");
  private static final String[] SOURCES = {"orders", "payments"};
  private static final long STEP = 600;
  private static final int STEPS_OF_DAY = 144;
  private static final int STEPS_OF_HOUR = 6;

  /** Steps without ledgers. */
  private static final int SILENT = 4;

  private final SplittableRandom random;
  private final List<Books> sources = new ArrayList<>();

  /** The books of a source. */
  private static final class Books {

    private final int source;
    private int calm;
    private int silent;
    private long read;
    private long dead;
    private long late;
    private long duplicate;

    Books(int source, int calm) {
      this.source = source;
      this.calm = calm;
    }
  }

  private MadeUpBooks(long seed) {
    random = new SplittableRandom(seed);
    for (int i = 0; i < SOURCES.length; i++) {
      sources.add(new Books(i, 8 + random.nextInt(20)));
    }
  }

  /** The first {@code count} events of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    MadeUpBooks all = new MadeUpBooks(seed);
    return LongStream.iterate(0, step -> step + 1)
        .boxed()
        .flatMap(step -> all.step(step).stream())
        .limit(count);
  }

  private List<Given<?>> step(long step) {
    List<Given<?>> events = new ArrayList<>();
    for (Books of : sources) {
      if (of.silent > 0) {
        of.silent--;
      } else {
        step(of, step, fault(of, step), events);
      }
    }
    events.sort(
        Comparator.comparing((Given<?> given) -> given.event().at())
            .thenComparing(given -> given.event().id()));
    return events;
  }

  private String fault(Books of, long step) {
    if (of.calm-- > 0) {
      return "";
    }
    of.calm = 14 + random.nextInt(12);
    // The hour is known from the third day on.
    boolean known = step >= 2 * STEPS_OF_DAY;
    return List.of("dirty", "copies", "late", "drop", "silence").get(random.nextInt(known ? 5 : 3));
  }

  private void step(Books of, long step, String fault, List<Given<?>> events) {
    if (random.nextInt(200) == 0) {
      of.read = 0;
      of.dead = 0;
      of.late = 0;
      of.duplicate = 0;
    }
    int hour = (int) (step % STEPS_OF_DAY / STEPS_OF_HOUR);
    double usual = (300 + 20 * Math.min(hour, 24 - hour)) * (1 + of.source);
    double volume = fault.equals("drop") ? usual / 3 : usual;
    long read = Math.round(volume * (0.96 + random.nextInt(81) / 1_000.0));
    long many = read / 7 + random.nextInt(10);
    long dead = fault.equals("dirty") ? many : random.nextInt(4) / 3;
    long late = fault.equals("late") ? many : random.nextInt(4) / 3;
    of.read += read;
    of.dead += dead;
    of.late += late;
    of.duplicate += fault.equals("copies") ? many : random.nextInt(2);
    of.silent = fault.equals("silence") ? SILENT : 0;

    long second = step * STEP + 60 + 3L * of.source;
    String id = "%s-%06d".formatted(SOURCES[of.source], step);
    events.add(
        DataQuality.LEDGER
            .given(
                new LedgerRow(
                    id, time(second), SOURCES[of.source], of.read, of.dead, of.late, of.duplicate))
            .planted(fault));
    for (int i = 0; dead > 0; i++) {
      long records = Math.min(dead, fault.isEmpty() ? 1 : 1 + random.nextInt(60));
      events.add(dead(id + "-" + i, second + random.nextInt(20), of, records));
      dead -= records;
    }
    for (int i = 0; i < Math.min(late, 3); i++) {
      events.add(
          DataQuality.LATE.given(
              new LateRow(
                  id + "-" + i,
                  time(second - random.nextInt(30)),
                  SOURCES[of.source],
                  600_000L + random.nextInt(600_000))));
    }
  }

  private Given<?> dead(String id, long second, Books of, long records) {
    Reason reason =
        List.of(Reason.MISSING_FIELD, Reason.WRONG_TYPE, Reason.TOO_OLD, Reason.MALFORMED)
            .get(random.nextInt(4));
    String text =
        switch (reason) {
          case MISSING_FIELD -> (random.nextBoolean() ? "id" : "customer") + " is missing";
          case WRONG_TYPE -> (random.nextBoolean() ? "at" : "amount") + " 'n/a' is no value";
          case TOO_OLD -> "at 1971-02-03T04:05:06Z is before 2000-01-01T00:00:00Z";
          default -> "no JSON object";
        };
    Long several = records == 1 ? null : (Long) records;
    return DataQuality.DEAD_LETTERS.given(row(id, second, of, reason, text, several));
  }

  private static DeadLetterRow row(
      String id, long second, Books of, Reason reason, String text, @Nullable Long records) {
    return new DeadLetterRow(id, time(second), SOURCES[of.source], reason, text, records);
  }

  private static Instant time(long second) {
    return START.plusSeconds(second);
  }
}
