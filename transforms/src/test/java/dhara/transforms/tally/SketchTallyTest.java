package dhara.transforms.tally;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.Arrivals;
import dhara.transforms.sketch.Distinct;
import dhara.transforms.sketch.Percentiles;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.testing.CombineFnTester;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;

/** Sketches beside longs in one tally. */
class SketchTallyTest {

  record Title(String name) {}

  record Playback(String user, double startupMillis) {}

  record Playbacks(long events, Distinct users, Percentiles startupMillis) {

    static Playbacks of(Playback event) {
      return new Playbacks(1, Distinct.of(event.user()), Percentiles.of(event.startupMillis()));
    }

    Quality quality() {
      return new Quality(
          events,
          users.count(),
          Math.round(startupMillis.quantile(0.5)),
          Math.round(startupMillis.quantile(0.95)));
    }
  }

  record Quality(long events, long users, long medianMillis, long p95Millis) {}

  private static final Title A = new Title("a");
  private static final Windows MINUTES =
      Windows.tumbling(Duration.ofMinutes(1)).withLateness(Duration.ofMinutes(5));

  private static TallyFn<Playback, Playbacks, Quality> quality() {
    return TallyFn.of(Playbacks.class, Playbacks::of, Quality.class, Playbacks::quality);
  }

  /** Of a third as many users, 1 ms, 2 ms and so on. */
  private static List<Playback> playbacks(int number) {
    List<Playback> events = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      events.add(new Playback("user-" + i % (number / 3), i + 1));
    }
    return events;
  }

  @Test
  void theSplitOfWorkDoesNotMatter() {
    // Within 0.4 % of 450 and 855.
    CombineFnTester.testCombineFn(quality(), playbacks(900), new Quality(900, 300, 451, 854));
    CombineFnTester.testCombineFn(quality(), playbacks(3).subList(0, 1), new Quality(1, 1, 1, 1));
  }

  @Test
  void aStreamWithRevisionsAndABackfillSettleOnTheSame() {
    var arrivals =
        Arrivals.of(KvCoder.of(RecordCoder.of(Title.class), RecordCoder.of(Playback.class)));
    Random random = new Random(5);
    for (Playback event : playbacks(60)) {
      // A third of them after the window's end.
      String arrives = random.nextInt(3) == 0 ? "10:02:00" : "10:00:00";
      arrivals.row(arrives, "10:00:%02d".formatted(random.nextInt(60)), KV.of(A, event));
    }

    Quality expected = new Quality(60, 20, 30, 57);
    List<Answer<Title, Quality>> streamed =
        arrivals.streamed(Answers.in(MINUTES).perKey(quality()));
    long revision = streamed.stream().mapToLong(Answer::revision).max().orElseThrow();

    assertThat(revision > 0, is(true));
    assertThat(
        streamed.stream().filter(a -> a.revision() == revision).toList(),
        contains(new Answer<>(A, time("10:00:00"), time("10:01:00"), revision, expected)));
    assertThat(
        arrivals.backfilled(Answers.in(MINUTES).perKey(quality())),
        contains(new Answer<>(A, time("10:00:00"), time("10:01:00"), 0, expected)));
  }

  @Test
  void theTallyIsCodedWithItsSketches() throws Exception {
    RecordCoder<Playbacks> coder = RecordCoder.of(Playbacks.class);
    coder.verifyDeterministic();
    assertThat(coder.consistentWithEquals(), is(true));
    Playbacks sum = quality().createAccumulator();
    CoderProperties.coderDecodeEncodeEqual(coder, sum);
    for (Playback event : playbacks(900)) {
      sum = quality().addInput(sum, event);
      if (sum.events() % 99 == 1) {
        CoderProperties.coderDecodeEncodeEqual(coder, sum);
      }
    }
    assertThat(coder.getSchema().getField("users").getType().getTypeName().name(), is("BYTES"));
    assertThat(coder.getFromRowFunction().apply(coder.getToRowFunction().apply(sum)), is(sum));
  }
}
