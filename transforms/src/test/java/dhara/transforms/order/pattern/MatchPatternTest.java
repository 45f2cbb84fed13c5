package dhara.transforms.order.pattern;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Arrivals;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

/** Patterns over arrivals in any order, as a stream and as a backfill. */
class MatchPatternTest {

  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

  record Payment(String id, Instant at, String payer, long minor) implements Event {}

  record Payer(String payer) {}

  record Told(String payments, Instant start, Instant certain) {}

  /** A small payment, and then a large one. */
  private static Pattern<Payment> smallThenLarge(AfterMatchSkip skip) {
    return Pattern.<Payment>begin("small", skip)
        .where(payment -> payment.minor() < 100)
        .followedBy("large")
        .where(payment -> payment.minor() > 10_000)
        .within(TEN_MINUTES);
  }

  private static MatchPattern<Payment, Payer, Told> found(Pattern<Payment> pattern) {
    return MatchPattern.of(pattern)
        .perKey(Payer.class, payment -> new Payer(payment.payer()))
        .into(Told.class, MatchPatternTest::tell);
  }

  private static Told tell(Match<Payment> match) {
    return new Told(
        String.join(" ", match.events().stream().map(Payment::id).toList()),
        match.start().orElseThrow(),
        match.complete());
  }

  private static Told told(String payments, String start, String certain) {
    return new Told(payments, time(start), time(certain));
  }

  private static Arrivals<Payment> arrivals() {
    return Arrivals.of(RecordCoder.of(Payment.class));
  }

  private static Payment small(String id, String at) {
    return new Payment(id, time(at), "asha", 50);
  }

  private static Payment large(String id, String at) {
    return new Payment(id, time(at), "asha", 50_000);
  }

  private static void settles(
      PTransform<PCollection<Payment>, PCollection<Told>> search,
      Arrivals<Payment> arrivals,
      Told... expected) {
    assertThat(arrivals.streamed(search), containsInAnyOrder(expected));
    assertThat(arrivals.backfilled(search), containsInAnyOrder(expected));
  }

  @Test
  void aMatchIsFoundWhateverTheOrderOfArrival() {
    settles(
        found(smallThenLarge(AfterMatchSkip.noSkip())),
        arrivals()
            .row("09:59:00", "10:05:00", large("b", "10:05:00"))
            .row("09:59:30", "10:00:00", small("a", "10:00:00"))
            .row("10:00:00", "10:04:00", small("c", "10:04:00")),
        told("a b", "10:00:00", "10:05:00"),
        told("c b", "10:04:00", "10:05:00"));
  }

  @Test
  void keysDoNotMix() {
    settles(
        found(smallThenLarge(AfterMatchSkip.noSkip())),
        arrivals()
            .row("10:00:00", "10:00:00", small("a", "10:00:00"))
            .row("10:00:00", "10:01:00", new Payment("b", time("10:01:00"), "ravi", 50_000)));
  }

  @Test
  void atOneTimeTheSmallerIdIsFirst() {
    settles(
        found(smallThenLarge(AfterMatchSkip.noSkip())),
        arrivals()
            .row("09:59:00", "10:00:00", large("b", "10:00:00"))
            .row("09:59:00", "10:00:00", small("a", "10:00:00"))
            .row("09:59:00", "10:00:00", small("c", "10:00:00")),
        told("a b", "10:00:00", "10:00:00"));
  }

  @Test
  void anEventWithinTheLatenessChangesTheMatch() {
    settles(
        found(smallThenLarge(AfterMatchSkip.skipPastLastEvent())).withLateness(TEN_MINUTES),
        arrivals()
            .row("10:00:00", "10:05:00", small("a", "10:05:00"))
            .row("10:06:00", "10:06:00", large("b", "10:06:00"))
            .row("10:07:00", "10:04:00", small("c", "10:04:00"))
            .row("10:08:00", "10:04:30", large("d", "10:04:30")),
        told("c d", "10:04:00", "10:04:30"),
        told("a b", "10:05:00", "10:06:00"));
  }

  @Test
  void anEventBeyondTheLatenessIsInNoMatch() {
    List<Told> streamed =
        arrivals()
            .row("10:00:00", "10:05:00", large("b", "10:05:00"))
            .row("10:20:00", "10:04:00", small("a", "10:04:00"))
            .row("10:20:00", "10:21:00", small("c", "10:21:00"))
            .row("10:20:00", "10:22:00", large("d", "10:22:00"))
            .streamed(found(smallThenLarge(AfterMatchSkip.noSkip())));

    assertThat(streamed, containsInAnyOrder(told("c d", "10:21:00", "10:22:00")));
  }

  @Test
  void anAbsenceIsCertainWhenItsTimeIsOver() {
    Pattern<Payment> pattern =
        Pattern.<Payment>begin("small")
            .where(payment -> payment.minor() < 100)
            .notFollowedBy("large")
            .where(payment -> payment.minor() > 10_000)
            .within(TEN_MINUTES);

    settles(
        found(pattern),
        arrivals()
            .row("09:59:00", "10:00:00", small("a", "10:00:00"))
            .row("10:05:00", "10:09:59", large("b", "10:09:59"))
            .row("10:15:00", "10:20:00", small("c", "10:20:00"))
            .row("10:40:00", "10:45:00", large("d", "10:45:00"))
            .row("10:50:00", "10:51:00", small("e", "10:51:00")),
        told("c", "10:20:00", "10:30:00"),
        told("e", "10:51:00", "11:01:00"));
  }

  @Test
  void whatTimesOutIsAnOutputOfItsOwn() {
    var both =
        found(smallThenLarge(AfterMatchSkip.noSkip()))
            .timedOutInto(Told.class, MatchPatternTest::tell);
    var arrivals =
        arrivals()
            .row("09:59:00", "10:00:00", small("a", "10:00:00"))
            .row("10:05:00", "10:10:00", large("b", "10:10:00"))
            .row("10:15:00", "10:20:00", small("c", "10:20:00"))
            .row("10:15:00", "10:21:00", large("d", "10:21:00"));

    settles(
        part(events -> events.apply("Both", both).get(both.matches())),
        arrivals,
        told("c d", "10:20:00", "10:21:00"));
    settles(
        part(events -> events.apply("Both", both).get(both.timedOut())),
        arrivals,
        told("a", "10:00:00", "10:10:00"));
  }

  private static PTransform<PCollection<Payment>, PCollection<Told>> part(
      SerializableFunction<PCollection<Payment>, PCollection<Told>> part) {
    return new PTransform<>() {
      @Override
      public PCollection<Told> expand(PCollection<Payment> events) {
        return part.apply(events);
      }
    };
  }

  @Test
  void aKeyWithTooManyPartialMatchesFailsTheRunAndIsNamed() {
    var search = found(smallThenLarge(AfterMatchSkip.noSkip())).atMost(2);
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:00", small("a", "10:00:00"))
            .row("10:00:00", "10:01:00", small("b", "10:01:00"))
            .row("10:00:00", "10:02:00", small("c", "10:02:00"));

    PipelineExecutionException error =
        assertThrows(PipelineExecutionException.class, () -> arrivals.backfilled(search));
    assertThat(
        error.getMessage(),
        containsString(
            "pattern small → large has more than 2 partial matches for key Payer[payer=asha]"));
  }

  @Test
  void aPatternWithoutTimeIsRefused() {
    Pattern<Payment> endless = Pattern.<Payment>begin("a").followedBy("b");

    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> MatchPattern.of(endless));
    assertThat(
        error.getMessage(),
        equalTo(
            "pattern a → b: its partial matches would wait for ever; say how long a match may take,"
                + " e.g. within(Duration.ofMinutes(10))"));
  }
}
