package dhara.transforms.aggregate;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import dhara.records.RecordCoder;
import dhara.records.RecordOutput;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;

/**
 * Windows of slices. Slices are played by hand: behind another state the direct runner holds the
 * watermark until that state is gone, and no slice would come late.
 */
class SlideTest {

  record Sensor(String name) {}

  record Total(long sum) implements Tally<Total> {
    @Override
    public Total plus(Total other) {
      return new Total(sum + other.sum);
    }
  }

  private static final Windows SLIDING =
      Windows.sliding(Duration.ofMinutes(3), Duration.ofMinutes(1))
          .withLateness(Duration.ofMinutes(2));
  private static final Coder<Sensor> SENSORS = RecordCoder.of(Sensor.class);
  private static final Coder<Total> TOTALS = RecordCoder.of(Total.class);
  private static final Aggregation<Sensor, Long, Total, Total> AGGREGATION =
      new Aggregation<>(
          TallyFn.of(new Total(0), Total::new, Total.class, sum -> sum), SENSORS, TOTALS, TOTALS);
  private static final long FIRST = new Slide.Slices<Total>(true).first();

  private static KV<Integer, byte[]> slice(String sensor, long revision, long sum)
      throws IOException {
    RecordOutput key = new RecordOutput(64);
    SENSORS.encode(new Sensor(sensor), key);
    BlockWriter block = new BlockWriter();
    block.add(key.bytes(), 0, key.size(), revision, new Total(sum), TOTALS);
    return KV.of(0, block.toBytes());
  }

  /** Of a, whose first slice is on time; b moves the shard on. */
  private static Arrivals<KV<Integer, byte[]>> slices() throws IOException {
    Arrivals<KV<Integer, byte[]>> slices =
        Arrivals.of(AGGREGATION.shards()).row("10:00:00", "10:00:59.999", slice("a", FIRST, 5));
    for (int minute = 1; minute <= 4; minute++) {
      slices.row(
          "10:0%d:00".formatted(minute),
          "10:0%d:59.999".formatted(minute),
          slice("b", FIRST, minute));
    }
    return slices;
  }

  /** The answers of a in a window, by revision. */
  private static List<Answer<Sensor, Total>> answers(
      Arrivals<KV<Integer, byte[]>> slices, String start) {
    return slices.streamed(new Slide<>(AGGREGATION, SLIDING)).stream()
        .filter(a -> a.key().name().equals("a") && a.start().equals(time(start)))
        .sorted(Comparator.comparingLong(Answer::revision))
        .toList();
  }

  private static Answer<Sensor, Total> answer(long revision, long sum) {
    return new Answer<>(
        new Sensor("a"), time("10:00:00"), time("10:03:00"), revision, new Total(sum));
  }

  @Test
  void aLateSliceThatWasEmptyRevisesTheWindowsThatAnswered() throws IOException {
    assertThat(
        answers(slices().row("10:04:30", "10:01:59.999", slice("a", FIRST, 3)), "10:00:00"),
        contains(answer(1, 5).asFirst(), answer(2, 8)));
  }

  @Test
  void aSliceReplacesWhatItWasInTheWindowsThatAnswered() throws IOException {
    assertThat(
        answers(
            slices()
                .row("10:04:30", "10:00:59.999", slice("a", FIRST + 1, 6))
                .row("10:04:40", "10:00:59.999", slice("a", FIRST + 2, 7)),
            "10:00:00"),
        contains(answer(1, 5).asFirst(), answer(2, 6), answer(3, 7)));
  }

  @Test
  void aSliceKeepsTheSumsOfKeysThatHaveNothingNew() throws IOException {
    assertThat(
        answers(
                slices()
                    .row("10:04:30", "10:02:59.999", slice("a", FIRST, 3))
                    .row("10:04:40", "10:02:59.999", slice("b", FIRST + 1, 9)),
                "10:02:00")
            .stream()
            .map(Answer::value)
            .toList(),
        is(List.of(new Total(3))));
  }

  @Test
  void aSliceLeavesWindowsAloneThatAreClosed() throws IOException {
    Arrivals<KV<Integer, byte[]>> slices =
        slices()
            .row("10:05:00", "10:05:59.999", slice("b", FIRST, 5))
            .row("10:05:10", "10:05:59.999", slice("b", FIRST + 1, 6))
            .row("10:05:20", "10:00:59.999", slice("a", FIRST + 1, 6))
            .row("10:05:30", "10:02:59.999", slice("a", FIRST, 9));

    assertThat(answers(slices, "10:00:00"), contains(answer(1, 5).asFirst()));
    assertThat(
        answers(slices, "10:02:00").stream().map(Answer::value).toList(),
        is(List.of(new Total(9))));
  }
}
