package dhara.transforms.call;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Arrivals;
import dhara.transforms.call.CallRecord.Asking;
import dhara.transforms.call.CallRecord.Said;
import dhara.transforms.order.Either;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events that ask, and calls that are replayed, each as a stream and as a backfill. */
class CallTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Instant ASKED = Instant.parse("2026-03-02T00:00:00Z");
  private static final Fallback GUEST = new Fallback("guest", "{}");

  /** The keys of each question. */
  private static final Queue<Set<String>> QUESTIONS = new ConcurrentLinkedQueue<>();

  record Visit(String id, Instant at, String customer) implements Event {}

  record Known(String visit, CallOutcome outcome, String body, String fallback) {}

  /** Answers with the length of a key and how many keys were asked about before it. */
  private static final class Counting implements CallService {

    @Override
    public Map<String, ServiceReply> ask(Set<String> keys) {
      QUESTIONS.add(Set.copyOf(keys));
      Map<String, ServiceReply> replies = new HashMap<>();
      for (String key : keys) {
        CallOutcome outcome =
            switch (key) {
              case "nobody" -> CallOutcome.UNKNOWN;
              case "slow" -> CallOutcome.TIMEOUT;
              default -> CallOutcome.FOUND;
            };
        String body = outcome == CallOutcome.FOUND ? "" + key.length() : null;
        replies.put(key, new ServiceReply(outcome, body, ASKED));
      }
      return replies;
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void nothingWasAsked() {
    QUESTIONS.clear();
  }

  private static Visit visit(String id, String at, String customer) {
    return new Visit(id, time(at), customer);
  }

  private static Known known(Visit visit, Called called) {
    return new Known(visit.id(), called.outcome(), "" + called.body(), "" + called.fallback());
  }

  private static Call<Visit, Known> asking() {
    return Call.asking("counting", Counting::new)
        .withFallback(GUEST)
        .keyedBy(Visit::customer)
        .into(Known.class, CallTest::known);
  }

  /** One of the outputs. */
  private static <I, O> PTransform<PCollection<I>, PCollection<O>> only(
      TupleTag<O> tag, PTransform<PCollection<I>, PCollectionTuple> both) {
    return new PTransform<>() {
      private static final long serialVersionUID = 1L;

      @Override
      public PCollection<O> expand(PCollection<I> input) {
        return input.apply("Both", both).get(tag);
      }
    };
  }

  private static Arrivals<Visit> visits() {
    return Arrivals.of(RecordCoder.of(Visit.class))
        .bundle(
            time("10:00:00"),
            List.of(
                visit("v1", "10:00:01", "asha"),
                visit("v2", "10:00:00", "asha"),
                visit("v3", "10:00:03", "nobody"),
                visit("v4", "10:00:02", "slow")),
            Event::at);
  }

  private static final Known[] EXPECTED = {
    new Known("v1", CallOutcome.FOUND, "4", "null"),
    new Known("v2", CallOutcome.FOUND, "4", "null"),
    new Known("v3", CallOutcome.UNKNOWN, "null", "null"),
    new Known("v4", CallOutcome.TIMEOUT, "{}", "guest")
  };

  @Test
  void eachEventGetsWhatTheServiceSaysOrTheFallback() {
    Call<Visit, Known> call = asking();

    assertThat(visits().streamed(only(call.results(), call)), containsInAnyOrder(EXPECTED));
    assertThat(
        "a bundle asks once for each key",
        List.copyOf(QUESTIONS),
        is(List.of(Set.of("asha", "nobody", "slow"))));
    assertThat(visits().backfilled(only(call.results(), call)), containsInAnyOrder(EXPECTED));
  }

  @Test
  void eachCallIsRecordedWithTheTimeOfItsEventAndWithoutTheFallback() {
    Call<Visit, Known> call = asking();

    assertThat(
        visits().streamed(only(call.calls(), call)),
        containsInAnyOrder(
            recorded("v1", "10:00:01", "asha", CallOutcome.FOUND, "4"),
            recorded("v2", "10:00:00", "asha", CallOutcome.FOUND, "4"),
            recorded("v3", "10:00:03", "nobody", CallOutcome.UNKNOWN, null),
            recorded("v4", "10:00:02", "slow", CallOutcome.TIMEOUT, null)));
  }

  private static Answer<Asking, Said> recorded(
      String visit, String at, String key, CallOutcome outcome, String body) {
    return Answer.at(
        new Asking(visit), time(at), new Said(time(at), "counting", key, outcome, body, ASKED));
  }

  @Test
  void aHugeBundleAsksInParts() {
    List<Visit> many =
        IntStream.range(0, 2_500).mapToObj(i -> visit("v" + i, "10:00:00", "c" + i)).toList();
    Call<Visit, Known> call = asking();

    List<Known> results =
        Arrivals.of(RecordCoder.of(Visit.class))
            .bundle(time("10:00:00"), many, Event::at)
            .streamed(only(call.results(), call));

    assertThat(results.size(), is(2_500));
    assertThat(QUESTIONS.stream().map(Set::size).toList(), everyItem(is(lessThanOrEqualTo(1_000))));
  }

  /** Splits what arrives into recorded calls and visits, and replays the calls. */
  private static final class Replaying
      extends PTransform<PCollection<Either<CallRecord, Visit>>, PCollection<Known>> {

    private static final long serialVersionUID = 1L;

    @Override
    public PCollection<Known> expand(PCollection<Either<CallRecord, Visit>> both) {
      PCollection<CallRecord> calls =
          both.apply("OnlyCalls", Filter.by(either -> either.first() != null))
              .apply(
                  "Calls", MapElements.into(TypeDescriptor.of(CallRecord.class)).via(Either::first))
              .setCoder(RecordCoder.of(CallRecord.class));
      PCollection<Visit> visits =
          both.apply("OnlyVisits", Filter.by(either -> either.second() != null))
              .apply("Visits", MapElements.into(TypeDescriptor.of(Visit.class)).via(Either::second))
              .setCoder(RecordCoder.of(Visit.class));
      Call<Visit, Known> call =
          Call.replaying(calls)
              .withLateness(MINUTE)
              .withFallback(GUEST)
              .keyedBy(Visit::customer)
              .into(Known.class, CallTest::known);
      return visits.apply("Call", call).get(call.results());
    }
  }

  private static Either<CallRecord, Visit> call(
      String event, String at, long revision, CallOutcome outcome, String body) {
    return Either.ofFirst(
        new CallRecord(null, time(at), event, revision, "counting", "any", outcome, body, ASKED));
  }

  private static Either<CallRecord, Visit> visited(String id, String at) {
    return Either.ofSecond(visit(id, at, "asha"));
  }

  private static final Coder<Either<CallRecord, Visit>> BOTH =
      Either.coder(RecordCoder.of(CallRecord.class), RecordCoder.of(Visit.class));

  @Test
  void aReplayGivesWhatWasAnsweredThenWhicheverComesFirst() {
    Arrivals<Either<CallRecord, Visit>> arrivals =
        Arrivals.of(BOTH)
            .row("10:00:00", "10:00:01", visited("v1", "10:00:01"))
            .row("10:00:10", "10:00:01", call("v1", "10:00:01", 0, CallOutcome.FOUND, "\"then\""))
            .row("10:00:10", "10:00:20", call("v2", "10:00:20", 0, CallOutcome.UNKNOWN, null))
            .row("10:00:10", "10:00:20", visited("v2", "10:00:20"))
            .row("10:00:10", "10:00:30", call("v3", "10:00:30", 0, CallOutcome.BREAKER_OPEN, null))
            .row("10:00:10", "10:00:30", visited("v3", "10:00:30"))
            .row("10:00:10", "10:00:40", visited("v4", "10:00:40"));
    Known[] expected = {
      new Known("v1", CallOutcome.FOUND, "\"then\"", "null"),
      new Known("v2", CallOutcome.UNKNOWN, "null", "null"),
      new Known("v3", CallOutcome.BREAKER_OPEN, "{}", "guest"),
      new Known("v4", CallOutcome.UNRECORDED, "{}", "guest")
    };

    assertThat(arrivals.streamed(new Replaying()), containsInAnyOrder(expected));
    assertThat(arrivals.backfilled(new Replaying()), containsInAnyOrder(expected));
    assertThat("nothing was asked", QUESTIONS.isEmpty(), is(true));
  }

  @Test
  void ofTheRecordsOfOneEventTheOneOfTheHighestRevisionCounts() {
    Arrivals<Either<CallRecord, Visit>> arrivals =
        Arrivals.of(BOTH)
            .row("10:00:00", "10:00:01", call("v1", "10:00:01", 10, CallOutcome.FOUND, "10"))
            .row("10:00:00", "10:00:01", call("v1", "10:00:01", 9, CallOutcome.FOUND, "9"))
            .row("10:00:00", "10:00:01", visited("v1", "10:00:01"))
            .row("10:00:00", "10:00:02", visited("v2", "10:00:02"))
            .row("10:00:00", "10:00:02", call("v2", "10:00:02", 1_000, CallOutcome.FAILED, null))
            .row("10:00:00", "10:00:02", call("v2", "10:00:02", 999, CallOutcome.FOUND, "999"));
    Known[] expected = {
      new Known("v1", CallOutcome.FOUND, "10", "null"),
      new Known("v2", CallOutcome.FAILED, "{}", "guest")
    };

    assertThat(arrivals.streamed(new Replaying()), containsInAnyOrder(expected));
    assertThat(arrivals.backfilled(new Replaying()), containsInAnyOrder(expected));
  }

  @Test
  void whatWasRecordedIsReplayedThoughTheServiceWouldAnswerOtherwiseNow() {
    Call<Visit, Known> call = asking();
    List<Answer<Asking, Said>> records = visits().streamed(only(call.calls(), call));
    List<Either<CallRecord, Visit>> both = new ArrayList<>();
    records.forEach(record -> both.add(Either.ofFirst(read(record))));
    List.of("v1 10:00:01 x", "v2 10:00:00 x", "v3 10:00:03 x", "v4 10:00:02 x")
        .forEach(
            visit ->
                both.add(
                    Either.ofSecond(visit(visit.substring(0, 2), visit.substring(3, 11), "x"))));
    QUESTIONS.clear();

    assertThat(
        Arrivals.of(BOTH).bundle(time("10:00:00"), both, Event::at).backfilled(new Replaying()),
        containsInAnyOrder(EXPECTED));
    assertThat("nothing was asked", QUESTIONS.isEmpty(), is(true));
  }

  /** A row as it is read again. */
  private static CallRecord read(Answer<Asking, Said> row) {
    Said said = row.value();
    return new CallRecord(
        null,
        said.at(),
        row.key().event(),
        row.revision(),
        said.service(),
        said.key(),
        said.outcome(),
        said.body(),
        said.askedAt());
  }

  @Test
  void whatCannotHaveBeenRecordedIsRefused() {
    assertThat(
        refused(() -> call("v", "10:00:00", -1, CallOutcome.FAILED, null)),
        containsString("revision is at least 0"));
    assertThat(
        refused(() -> call("v", "10:00:00", 0, CallOutcome.FOUND, null)),
        containsString("only what was found has a body"));
    assertThat(
        refused(() -> call("v", "10:00:00", 0, CallOutcome.TIMEOUT, "{}")),
        containsString("only what was found has a body"));
    assertThat(
        refused(() -> call("v", "10:00:00", 0, CallOutcome.UNRECORDED, null)),
        containsString("is not UNRECORDED"));
  }

  private static String refused(Runnable made) {
    return assertThrows(IllegalArgumentException.class, made::run).getMessage();
  }
}
