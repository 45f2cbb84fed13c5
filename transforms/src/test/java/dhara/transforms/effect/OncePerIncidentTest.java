package dhara.transforms.effect;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.Arrivals;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

/** Alerts of minutes with two failures or more, acted on once for each incident. */
class OncePerIncidentTest {

  record Failure(String host, Instant at) {}

  record Host(String name) {}

  record Failures(long count) {}

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Windows WINDOWS =
      Windows.tumbling(MINUTE).withLateness(Duration.ofMinutes(5));

  /** What is acted on: the incident, the window's start, how many failures. */
  private record Acted(String incident, Instant start, long failures) {}

  private static Arrivals<Failure> failures() {
    return Arrivals.of(RecordCoder.of(Failure.class));
  }

  private static Failure failure(String host, String at) {
    return new Failure(host, time(at));
  }

  /** A minute with fewer than two failures has no answer. */
  private static Answers<Failure, Host, Failure, Failures, Failures> alerts(Windows windows) {
    return Answers.in(windows)
        .perKey(
            Host.class,
            failure -> new Host(failure.host()),
            TallyFn.of(
                Failures.class,
                failure -> new Failures(1),
                Failures.class,
                sum -> sum.count() < 2 ? null : sum));
  }

  private record Acting(Windows windows, OncePerIncident<Host, Failures> once) {

    PTransform<PCollection<Failure>, PCollection<Answer<Incident<Host>, Failures>>> transform() {
      Windows in = windows;
      OncePerIncident<Host, Failures> acting = once;
      return new PTransform<>() {
        private static final long serialVersionUID = 1L;

        @Override
        public PCollection<Answer<Incident<Host>, Failures>> expand(PCollection<Failure> input) {
          return input.apply("Alerts", alerts(in)).apply("Once", acting);
        }
      };
    }

    List<Acted> streamed(Arrivals<Failure> failures) {
      return acted(failures.streamed(transform()));
    }

    List<Acted> backfilled(Arrivals<Failure> failures) {
      return acted(failures.backfilled(transform()));
    }
  }

  private static List<Acted> acted(List<Answer<Incident<Host>, Failures>> answers) {
    return answers.stream()
        .map(a -> new Acted(a.key().id(), a.start(), a.value().count()))
        .toList();
  }

  private static final Acting SETTLED = new Acting(WINDOWS, OncePerIncident.onSettled(Host.class));
  private static final Acting FIRST = new Acting(WINDOWS, OncePerIncident.onFirst(Host.class));

  /** An incident of a host lasts for two minutes after the last bad one. */
  private static final Acting PER_HOST =
      new Acting(
          WINDOWS,
          OncePerIncident.<Host, Failures>onSettled(Host.class)
              .named((host, failures) -> host.name(), Duration.ofMinutes(2)));

  private static final String A_AT_TEN =
      "{\"name\":\"a\"} 2026-03-01T10:00:00Z/2026-03-01T10:01:00Z";

  @Test
  void aLateRevisionChangesWhatASettledAnswerActsOnAndNotHowOften() {
    Arrivals<Failure> failures =
        failures()
            .row("10:00:00", "10:00:10", failure("a", "10:00:10"))
            .row("10:00:00", "10:00:20", failure("a", "10:00:20"))
            .row("10:02:00", "10:00:30", failure("a", "10:00:30")) // late
            .row("10:03:00", "10:00:40", failure("a", "10:00:40")); // later still

    Acted four = new Acted(A_AT_TEN, time("10:00:00"), 4);
    assertThat(SETTLED.streamed(failures), contains(four));
    assertThat(SETTLED.backfilled(failures), contains(four));
    assertThat(
        "the first answer knew of two",
        FIRST.streamed(failures),
        contains(new Acted(A_AT_TEN, time("10:00:00"), 2)));
    assertThat(FIRST.backfilled(failures), contains(four));
  }

  @Test
  void anAnswerThatIsNotSettledWhenTheStreamEndsIsActedOnThen() {
    assertThat(
        "its lateness is a century",
        new Acting(Windows.tumbling(MINUTE).withLateness(Duration.ofDays(36_500)), SETTLED.once())
            .streamed(
                failures()
                    .row("10:00:00", "10:00:10", failure("a", "10:00:10"))
                    .row("10:00:00", "10:00:20", failure("a", "10:00:20"))),
        contains(new Acted(A_AT_TEN, time("10:00:00"), 2)));
  }

  @Test
  void anAnswerThatIsWithdrawnBeforeItIsSettledIsNotActedOn() {
    Host a = new Host("a");
    Instant end = time("10:01:00");
    Arrivals<Answer<Host, Failures>> answers =
        Arrivals.of(AnswerCoder.of(RecordCoder.of(Host.class), RecordCoder.of(Failures.class)));
    answers
        .row("10:01:00", "10:00:59", new Answer<>(a, time("10:00:00"), end, 0, new Failures(2)))
        .row("10:02:00", "10:00:59", Answer.withdrawn(a, time("10:00:00"), end, 1));

    assertThat(acted(answers.streamed(windowed(OncePerIncident.onSettled(Host.class)))), empty());
    assertThat(acted(answers.backfilled(windowed(OncePerIncident.onSettled(Host.class)))), empty());
    assertThat(
        "a provisional one may turn out to be none",
        acted(answers.streamed(windowed(OncePerIncident.onFirst(Host.class)))).size(),
        is(1));
  }

  @Test
  void anAnswerThatIsWithdrawnAndGivenAgainIsActedOnOnce() {
    Host a = new Host("a");
    Instant end = time("10:01:00");
    Arrivals<Answer<Host, Failures>> answers =
        Arrivals.of(AnswerCoder.of(RecordCoder.of(Host.class), RecordCoder.of(Failures.class)));
    answers
        .row("10:01:00", "10:00:59", new Answer<>(a, time("10:00:00"), end, 0, new Failures(2)))
        .row("10:02:00", "10:00:59", Answer.withdrawn(a, time("10:00:00"), end, 1))
        .row("10:03:00", "10:00:59", new Answer<>(a, time("10:00:00"), end, 2, new Failures(3)));

    Acted three = new Acted(A_AT_TEN, time("10:00:00"), 3);
    assertThat(
        acted(answers.streamed(windowed(OncePerIncident.onSettled(Host.class)))), contains(three));
    assertThat(
        acted(answers.backfilled(windowed(OncePerIncident.onSettled(Host.class)))),
        contains(three));
    assertThat(
        acted(answers.streamed(windowed(OncePerIncident.onFirst(Host.class)))),
        contains(new Acted(A_AT_TEN, time("10:00:00"), 2)));
  }

  private static PTransform<
          PCollection<Answer<Host, Failures>>, PCollection<Answer<Incident<Host>, Failures>>>
      windowed(OncePerIncident<Host, Failures> once) {
    return new PTransform<>() {
      private static final long serialVersionUID = 1L;

      @Override
      public PCollection<Answer<Incident<Host>, Failures>> expand(
          PCollection<Answer<Host, Failures>> answers) {
        return answers
            .apply(
                "Windows",
                Window.<Answer<Host, Failures>>into(
                        FixedWindows.of(org.joda.time.Duration.standardMinutes(1)))
                    .withAllowedLateness(org.joda.time.Duration.standardMinutes(5))
                    .discardingFiredPanes())
            .apply("Once", once);
      }
    };
  }

  @Test
  void twoWindowsOfOneIncidentAreActedOnOnceAndTheEarlierOneSays() {
    Arrivals<Failure> failures =
        failures()
            .row("10:00:00", "10:00:10", failure("a", "10:00:10"))
            .row("10:00:00", "10:01:10", failure("a", "10:01:10"))
            .row("10:00:00", "10:01:20", failure("a", "10:01:20"))
            .row("10:00:00", "10:00:20", failure("b", "10:00:20"))
            .row("10:00:00", "10:00:30", failure("b", "10:00:30"))
            .row("10:03:00", "10:00:40", failure("a", "10:00:40")); // makes the first minute bad

    assertThat(
        PER_HOST.streamed(failures),
        containsInAnyOrder(
            new Acted("a", time("10:00:00"), 2), new Acted("b", time("10:00:00"), 2)));
    assertThat(
        PER_HOST.backfilled(failures),
        containsInAnyOrder(
            new Acted("a", time("10:00:00"), 2), new Acted("b", time("10:00:00"), 2)));
  }

  @Test
  void anIncidentGoesOnWhileWindowsFollowWithinItsTimeAndThenTheNextOneBegins() {
    Arrivals<Failure> failures = failures();
    for (String minute : List.of("10:00", "10:02", "10:04", "10:07", "10:30")) {
      for (int second : new int[] {10, 20}) {
        String at = minute + ":" + second;
        failures.row(minute + ":00", at, failure("a", at));
      }
    }
    List<Acted> expected =
        List.of(
            new Acted("a", time("10:00:00"), 2),
            new Acted("a", time("10:07:00"), 2),
            new Acted("a", time("10:30:00"), 2));
    assertThat(PER_HOST.streamed(failures), containsInAnyOrder(expected.toArray()));
    assertThat(PER_HOST.backfilled(failures), containsInAnyOrder(expected.toArray()));
  }

  @Test
  void manyEarlyAnswersAreActedOnOnce() {
    Acting early =
        new Acting(
            WINDOWS.withEarlyAnswersEvery(Duration.ofMillis(200)),
            OncePerIncident.onFirst(Host.class));
    Arrivals<Failure> failures = failures();
    for (int second = 10; second < 40; second++) {
      failures
          .row("10:00:00", "10:00:" + second, failure("a", "10:00:" + second))
          .pause(Duration.ofSeconds(1));
    }
    assertThat(early.streamed(failures).size(), is(1));
  }

  @Test
  void anIncidentWithoutANameIsRefused() {
    OncePerIncident<Host, Failures> nameless =
        OncePerIncident.<Host, Failures>onFirst(Host.class)
            .named((host, failures) -> "", Duration.ZERO);
    assertThrows(
        RuntimeException.class,
        () ->
            new Acting(WINDOWS, nameless)
                .backfilled(
                    failures()
                        .row("10:00:00", "10:00:10", failure("a", "10:00:10"))
                        .row("10:00:00", "10:00:20", failure("a", "10:00:20"))));
    assertThrows(
        IllegalArgumentException.class,
        () -> nameless.named((host, failures) -> "x", Duration.ofSeconds(-1)));
  }
}
