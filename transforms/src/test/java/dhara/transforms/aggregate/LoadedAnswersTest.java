package dhara.transforms.aggregate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.records.RecordCoder;
import dhara.transforms.load.LoadTerms;
import dhara.transforms.load.StandingLoad;
import dhara.transforms.load.WorkerLoad;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.InGlobalWindow;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;

/** Windows that answer early, on a worker that keeps up and on one that is overloaded. */
class LoadedAnswersTest {

  record Meter(String name) {}

  record Reading(long readings, long sum) {}

  private static final Meter A = new Meter("a");
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final LoadTerms terms = LoadTerms.of(30_000, 0.8, 0.9, 0.95);

  /** Two early answers are due, each of other events, and then the window ends. */
  private List<Answer<Meter, Reading>> streamed(Windows windows) {
    return Arrivals.of(KvCoder.of(RecordCoder.of(Meter.class), VarLongCoder.of()))
        .row("10:00:00", "10:00:10", KV.of(A, 5L))
        .pause(SECOND.multipliedBy(2))
        .row("10:00:00", "10:00:20", KV.of(A, 3L))
        .pause(SECOND.multipliedBy(2))
        .row("10:00:00", "10:00:30", KV.of(A, 1L))
        .with(terms)
        .streamed(
            new PTransform<>() {
              @Override
              public PCollection<Answer<Meter, Reading>> expand(
                  PCollection<KV<Meter, Long>> readings) {
                return readings.apply(
                    Answers.in(windows.withEarlyAnswersEvery(SECOND))
                        .perKey(TallyFn.of(Reading.class, v -> new Reading(1, v))));
              }
            });
  }

  private static Answer<Meter, Reading> answer(
      String start, String end, long revision, long readings, long sum) {
    return new Answer<>(
        A, Arrivals.time(start), Arrivals.time(end), revision, new Reading(readings, sum));
  }

  @Test
  void aWorkerThatKeepsUpAnswersEarly() {
    WorkerLoad load = StandingLoad.of(terms, 10);

    assertThat(
        streamed(Windows.tumbling(MINUTE)),
        containsInAnyOrder(
            answer("10:00:00", "10:01:00", 0, 1, 5),
            answer("10:00:00", "10:01:00", 1, 2, 8),
            answer("10:00:00", "10:01:00", 2, 3, 9)));
    assertThat(load.skippedEarly(), is(0L));
  }

  @Test
  void anOverloadedOneAnswersAtTheEndOfTheWindowOnlyAndAboutAllEvents() {
    WorkerLoad load = StandingLoad.of(terms, 24_000);

    assertThat(
        streamed(Windows.tumbling(MINUTE)), contains(answer("10:00:00", "10:01:00", 0, 3, 9)));
    assertThat(load.skippedEarly(), is(greaterThan(0L)));
  }

  @Test
  void sessionsToo() {
    WorkerLoad load = StandingLoad.of(terms, 24_000);

    assertThat(
        streamed(Windows.sessions(MINUTE)), contains(answer("10:00:10", "10:01:30", 0, 3, 9)));
    assertThat(load.skippedEarly(), is(greaterThan(0L)));
  }

  @Test
  void slidingWindowsToo() {
    WorkerLoad load = StandingLoad.of(terms, 24_000);

    List<Answer<Meter, Reading>> answers =
        streamed(Windows.sliding(MINUTE.multipliedBy(2), MINUTE));

    assertThat(
        answers.stream().map(a -> List.of(a.start(), a.value())).toList(),
        containsInAnyOrder(
            List.of(Arrivals.time("09:59:00"), new Reading(3, 9)),
            List.of(Arrivals.time("10:00:00"), new Reading(3, 9))));
    assertThat(load.skippedEarly(), is(greaterThan(0L)));
  }

  record Total(int meters) {}

  /** Readings as they come, and answers about the answers of sliding windows. */
  private static final PTransform<PCollection<KV<Meter, Long>>, PCollection<String>> TWO_STAGES =
      new PTransform<>() {
        @Override
        public PCollection<String> expand(PCollection<KV<Meter, Long>> readings) {
          Windows windows = Windows.sliding(MINUTE.multipliedBy(2), MINUTE);
          return PCollectionList.of(
                  readings.apply(
                      "Read", MapElements.into(TypeDescriptors.strings()).via(of -> "reading")))
              .and(
                  readings
                      .apply(
                          "Windows",
                          Answers.in(windows.withEarlyAnswersEvery(SECOND))
                              .perKey(TallyFn.of(Reading.class, v -> new Reading(1, v))))
                      .apply("All", KeyBy.record(Meter.class, of -> new Meter("all")))
                      .apply(
                          "Totals",
                          Answers.perKey(LatestFn.of(all -> new Total(all.size()), Total.class)))
                      .apply(
                          "Told",
                          MapElements.into(TypeDescriptors.strings())
                              .via(total -> "total of " + total.start()))
                      .apply("Global", InGlobalWindow.into()))
              .apply(Flatten.pCollections());
        }
      };

  @Test
  void whatFollowsAnOverloadedStepIsNotHeldByTheAnswersThatItLeavesOut() {
    WorkerLoad load = StandingLoad.of(terms, 24_000);

    List<String> told =
        Arrivals.of(KvCoder.of(RecordCoder.of(Meter.class), VarLongCoder.of()))
            .row("10:00:00", "10:00:10", KV.of(A, 5L))
            .pause(SECOND.multipliedBy(2))
            .row("10:10:00", "10:10:10", KV.of(A, 1L))
            .pause(SECOND.multipliedBy(2))
            .with(terms)
            .streamed(TWO_STAGES);

    assertThat(told.get(0), is("reading"));
    assertThat(
        told.subList(1, 3),
        containsInAnyOrder("total of 2026-03-01T09:59:00Z", "total of 2026-03-01T10:00:00Z"));
    assertThat(told.get(3), is("reading"));
    assertThat(load.skippedEarly(), is(greaterThan(0L)));
  }
}
