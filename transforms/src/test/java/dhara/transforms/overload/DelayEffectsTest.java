package dhara.transforms.overload;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.aggregate.Arrivals;
import dhara.transforms.load.LoadLevel;
import dhara.transforms.load.LoadTerms;
import dhara.transforms.load.StandingLoad;
import dhara.transforms.load.WorkerLoad;
import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;

class DelayEffectsTest {

  record Alarm(String id) {}

  record Reason(String text) {}

  private final LoadTerms terms = LoadTerms.of(30_000, 0.8, 0.9, 0.95);

  private static Answer<Alarm, Reason> alarm(String id) {
    return Answer.at(new Alarm(id), Arrivals.time("10:00:00"), new Reason("high"));
  }

  /**
   * The alarms as they are given, and as they are passed on, in the order in which that happens.
   */
  private PTransform<PCollection<Answer<Alarm, Reason>>, PCollection<String>> log(Duration most) {
    DelayEffects<Alarm, Reason> delay = DelayEffects.atMost(most, terms);
    return new PTransform<>() {
      @Override
      public PCollection<String> expand(PCollection<Answer<Alarm, Reason>> alarms) {
        return PCollectionList.of(
                alarms.apply(
                    "Given",
                    MapElements.into(TypeDescriptors.strings()).via(a -> "given " + a.key().id())))
            .and(
                alarms
                    .apply(delay)
                    .apply(
                        "Passed",
                        MapElements.into(TypeDescriptors.strings())
                            .via(a -> "passed " + a.key().id())))
            .apply(Flatten.pCollections());
      }
    };
  }

  /** Two alarms, with five minutes between them and six after them. */
  private static Arrivals<Answer<Alarm, Reason>> alarms() {
    return Arrivals.of(AnswerCoder.of(RecordCoder.of(Alarm.class), RecordCoder.of(Reason.class)))
        .row("10:00:00", "10:00:00", alarm("a"))
        .pause(Duration.ofMinutes(5))
        .row("10:00:00", "10:00:00", alarm("b"))
        .pause(Duration.ofMinutes(6))
        .row("10:00:00", "10:00:00", alarm("c"))
        .pause(Duration.ofMinutes(11));
  }

  @Test
  void aWorkerThatKeepsUpPassesEffectsOnAtOnce() {
    WorkerLoad load = StandingLoad.of(terms, 24_000); // reduced, which is not essential

    List<String> log = alarms().streamed(log(Duration.ofMinutes(10)));

    assertThat(log.subList(0, 2), containsInAnyOrder("given a", "passed a"));
    assertThat(log.subList(2, 4), containsInAnyOrder("given b", "passed b"));
    assertThat(log.subList(4, 6), containsInAnyOrder("given c", "passed c"));
    assertThat(load.level(), is(LoadLevel.REDUCED));
  }

  @Test
  void anOverloadedOneLetsThemWaitForAsLongAsItMayAndLosesNone() {
    WorkerLoad load = StandingLoad.of(terms, 600_000);

    List<String> log = alarms().streamed(log(Duration.ofMinutes(10)));

    assertThat(log.subList(0, 2), contains("given a", "given b"));
    assertThat(
        log,
        containsInAnyOrder("given a", "given b", "given c", "passed a", "passed b", "passed c"));
    assertThat(log.indexOf("passed a") < log.indexOf("given c"), is(true));
    assertThat(log.indexOf("passed a") > log.indexOf("given b"), is(true));
    assertThat(load.level(), is(LoadLevel.EMERGENCY));
  }
}
