package dhara.connectors.reading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import dhara.connectors.Decoding;
import dhara.connectors.TimeBounds;
import dhara.connectors.reading.MessageEvents.Mark;
import dhara.connectors.reading.Scripted.Position;
import dhara.events.DeadLetter;
import dhara.events.Event;
import dhara.events.LateEvent;
import dhara.formats.JsonFormat;
import dhara.formats.RecordFields;
import dhara.formats.mapping.Mapping;
import dhara.records.RecordCoder;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;

/**
 * Messages with the number of seconds after nine at which they happened: 930 is a trade at
 * 09:15:30. Those with three nines at the end are garbage.
 */
class MessageEventsTest {

  /** What a sensor measured. */
  private record Sample(String id, Instant at, long value) implements Event {}

  private static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();
  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
  private static final Instant FLOOR = Instant.parse("2026-01-01T00:00:00Z");
  private static final Lateness LATENESS =
      Lateness.of(Windows.tumbling(Duration.ofMinutes(1)).withLateness(Duration.ofMinutes(10)));

  private final List<String> read = new ArrayList<>();

  @Test
  void eventsHaveTheTimeOfTheirPayloadAndTheWatermarkTrailsTheNewest() throws IOException {
    play("60 30 90 - 95", null);

    assertThat(
        read,
        contains(
            "message=60 at 09:01:00, watermark 09:00:50",
            "message=30 at 09:00:30, watermark 09:00:50",
            "message=90 at 09:01:30, watermark 09:01:20",
            "nothing, watermark 09:01:20",
            "message=95 at 09:01:35, watermark 09:01:25",
            "nothing, watermark 09:01:25"));
  }

  @Test
  void whatIsBehindItsReadersWatermarkByTheLatenessIsLate() throws IOException {
    // The window of 59 ends at 09:01 and closes when the watermark reaches 09:11.
    play("669 59 670 59 60", null);

    assertThat(
        read,
        contains(
            "message=669 at 09:11:09, watermark 09:10:59",
            "message=59 at 09:00:59, watermark 09:10:59",
            "message=670 at 09:11:10, watermark 09:11:00",
            "message=59 late for 09:00:00 by 600000 ms, watermark 09:11:00",
            "message=60 at 09:01:00, watermark 09:11:00",
            "nothing, watermark 09:11:00"));
  }

  @Test
  void garbageMovesNoWatermark() throws IOException {
    play("999 60 100999", null);

    assertThat(
        read,
        contains(
            "message=999 dead: MALFORMED of pubsub://test at the start of time, watermark none",
            "message=60 at 09:01:00, watermark 09:00:50",
            "message=100999 dead: MALFORMED of pubsub://test at 09:00:50, watermark 09:00:50",
            "nothing, watermark 09:00:50"));
  }

  @Test
  void anEventBeyondTheSkewAfterItWasPublishedIsDeadAndMovesNothing() throws IOException {
    play("8000", null);

    assertThat(
        read,
        contains(
            "message=8000 dead: IN_THE_FUTURE of pubsub://test at the start of time, watermark"
                + " none",
            "nothing, watermark none"));
  }

  @Test
  void aRestoredReaderJudgesAsTheOneBefore() throws IOException {
    MessageEvents<Sample, Long, Position> source = source("670 59 660");
    Mark<Position> mark;
    try (UnboundedReader<KV<String, Arrival<Sample>>> reader = source.createReader(OPTIONS, null)) {
      assertThat(reader.start(), is(true));
      mark = copied(source, reader);
    }

    play("670 59 660", mark);

    assertThat(
        read,
        contains(
            "message=59 late for 09:00:00 by 600000 ms, watermark 09:11:00",
            "message=660 at 09:11:00, watermark 09:11:00",
            "nothing, watermark 09:11:00"));
  }

  @Test
  void theEndOfTheOtherSourceIsItsEnd() throws IOException {
    try (UnboundedReader<KV<String, Arrival<Sample>>> reader =
        of(Scripted.ending(60)).createReader(OPTIONS, null)) {
      assertThat(reader.start(), is(true));
      assertThat(reader.getWatermark(), is(BoundedWindow.TIMESTAMP_MAX_VALUE));
    }
  }

  @Test
  void aRunIsForgottenWhenTheLastOfItsReadersCloses() throws IOException {
    int before = SharedNewest.runs();
    MessageEvents<Sample, Long, Position> source = source("670 59 660");
    UnboundedReader<?> one = source.createReader(OPTIONS, null);
    UnboundedReader<?> other = source.createReader(OPTIONS, null);

    one.close();
    one.close();
    assertThat(SharedNewest.runs(), is(before + 1));
    other.close();
    assertThat(SharedNewest.runs(), is(before));
  }

  @Test
  void deduplicatesWhereTheOtherSourceAsksForIt() {
    assertThat(of(Scripted.of("1")).requiresDeduping(), is(false));
    assertThat(of(Scripted.of("1").deduplicated()).requiresDeduping(), is(true));
  }

  @SuppressWarnings("unchecked") // a reader's marks are its source's
  private static Mark<Position> copied(
      MessageEvents<Sample, Long, Position> source, UnboundedReader<?> reader) throws IOException {
    return CoderUtils.clone(
        source.getCheckpointMarkCoder(), (Mark<Position>) reader.getCheckpointMark());
  }

  private void play(String script, Mark<Position> from) throws IOException {
    try (UnboundedReader<KV<String, Arrival<Sample>>> reader =
        source(script).createReader(OPTIONS, from)) {
      int most = script.split(" ").length - (from == null ? 0 : 1);
      boolean there = reader.start();
      for (int i = 0; i <= most; i++) {
        read.add((there ? told(reader) : "nothing") + ", watermark " + time(reader.getWatermark()));
        there = reader.advance();
      }
    }
  }

  private static String told(UnboundedReader<KV<String, Arrival<Sample>>> reader) {
    String position = reader.getCurrent().getKey();
    Arrival<Sample> arrival = reader.getCurrent().getValue();
    if (arrival.late()) {
      LateEvent late =
          arrival.lateEvent(
              RecordFields.of(Sample.class), LATENESS, "trades", "pubsub://test", position);
      return late.position()
          + " late for "
          + clock(late.windowStart())
          + " by "
          + late.lateMillis()
          + " ms";
    } else if (arrival.event() != null) {
      return position + " at " + time(reader.getCurrentTimestamp());
    }
    DeadLetter dead = arrival.deadLetter("trades", "pubsub://test", position);
    String at =
        reader.getCurrentTimestamp().equals(BoundedWindow.TIMESTAMP_MIN_VALUE)
            ? "the start of time"
            : time(reader.getCurrentTimestamp());
    return dead.position() + " dead: " + dead.reason() + " of " + dead.source() + " at " + at;
  }

  private static String time(org.joda.time.Instant instant) {
    return instant.equals(BoundedWindow.TIMESTAMP_MIN_VALUE)
        ? "none"
        : clock(Instant.ofEpochMilli(instant.getMillis()));
  }

  private static String clock(Instant instant) {
    return instant.toString().substring(11, 19);
  }

  private static MessageEvents<Sample, Long, Position> source(String script) {
    return of(Scripted.of(script));
  }

  private static MessageEvents<Sample, Long, Position> of(Scripted script) {
    return new MessageEvents<>(
        script,
        MessageEventsTest::message,
        new Decoding<>(
            "trades",
            JsonFormat.of(Sample.class, Mapping.none()),
            new TimeBounds(FLOOR, SKEW),
            1 << 20),
        RecordCoder.of(Sample.class),
        Duration.ofSeconds(10),
        Duration.ofHours(1),
        LATENESS);
  }

  /** The script's numbers are their own publish times: all in January of 1970. */
  private static final Duration SKEW =
      Duration.between(Instant.EPOCH, NINE.plus(Duration.ofHours(2)));

  private static Message message(long number) {
    String json =
        number % 1000 == 999
            ? "no trade"
            : "{\"id\":\"%d\",\"at\":\"%s\",\"value\":1}"
                .formatted(number, NINE.plusSeconds(number));
    return new Message("message=" + number, json.getBytes(UTF_8));
  }
}
