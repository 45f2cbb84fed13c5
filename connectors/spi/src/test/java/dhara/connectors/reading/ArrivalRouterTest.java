package dhara.connectors.reading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Decoding;
import dhara.connectors.EventSource.Read;
import dhara.connectors.TimeBounds;
import dhara.events.Event;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.records.RecordCoder;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Tables of the records of one bundle, and what each output got: the values with their times, and
 * the counts. Times are seconds after nine; an event has a window of a minute and no lateness.
 */
class ArrivalRouterTest {

  /** A slice; a negative number of pieces is refused, and with none the class has a bug. */
  record Slice(String id, Instant at, long pieces) implements Event {
    Slice {
      if (pieces < 0) {
        throw new IllegalArgumentException("pieces is negative: " + pieces);
      }
      long unused = 100 / pieces;
    }
  }

  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
  private static final int LONGEST = 80;
  private static final Decoding<Slice> SLICES =
      new Decoding<>(
          "slices",
          JsonFormat.of(Slice.class, Mapping.none()),
          new TimeBounds(Instant.EPOCH, Duration.ofDays(1)),
          LONGEST);

  private static final SourceOutputs<Slice> STREAM =
      SourceOutputs.ofStream(
          "slices", Slice.class, Lateness.of(Windows.tumbling(Duration.ofMinutes(1))));
  private static final SourceOutputs<Slice> BACKFILL =
      SourceOutputs.ofBackfill("slices", Slice.class);

  /**
   * A record.
   *
   * @param position its position; null if nobody may ask for it, because that would cost a text
   * @param value null for a tombstone
   * @param at its time, seconds after nine
   * @param watermark the watermark that had passed it; null if none had
   * @param found whether a stream found it late
   */
  private record Line(
      @Nullable String position,
      @Nullable String key,
      @Nullable String value,
      int at,
      @Nullable Integer watermark,
      boolean found)
      implements Serializable {

    Line key(String newKey) {
      return new Line(position, newKey, value, at, watermark, found);
    }

    Line behind(int newWatermark) {
      return new Line(position, key, value, at, newWatermark, found);
    }

    Line foundLate() {
      return new Line(position, key, value, at, watermark, true);
    }

    Line unasked() {
      return new Line(null, key, value, at, watermark, found);
    }
  }

  private static Line event(String position, int at) {
    return line(
        position, "{\"id\":\"i%1$d\",\"at\":\"%2$s\",\"pieces\":4}".formatted(at, time(at)), at);
  }

  private static Line tombstone(String position, int at) {
    return line(position, null, at);
  }

  private static Line line(String position, @Nullable String value, int at) {
    return new Line(position, null, value, at, null, false);
  }

  private static Instant time(int seconds) {
    return NINE.plusSeconds(seconds);
  }

  @Test
  void anEventOnTimeIsOutputAtItsTimeAndItsPositionIsNotAskedFor() {
    assertOutputs(
        STREAM,
        List.of(event("p1", 10).unasked(), event("p2", 70).unasked()),
        "event i10 at 09:00:10",
        "event i70 at 09:01:10",
        "read 2, 2 events, 0 late, 0 dead, 102 bytes");
  }

  @Test
  void anEventBehindTheWatermarkIsLateAndSaysWhichWindowItMissed() {
    assertOutputs(
        STREAM,
        List.of(event("p1", 10).behind(90), event("p2", 70).unasked()),
        "late i10 of slices in test p1 missed 09:00:00 by 30000 ms"
            + " {\"id\":\"i10\",\"at\":\"2026-01-05T09:00:10.000Z\",\"pieces\":4} at 09:00:10",
        "event i70 at 09:01:10",
        "read 2, 1 events, 1 late, 0 dead, 102 bytes");
  }

  @Test
  void bytesThatAreNoEventAreADeadLetterAtTheTimeThatTheSourceGaveThem() {
    assertOutputs(
        STREAM,
        List.of(
            line("p1", "garbage", 10),
            line("p2", "", 20),
            line("p3", "{\"id\":\"1\",\"at\":\"2026-01-05T09:00:00Z\",\"pieces\":-1}", 30)),
        "dead MALFORMED slices in test p1 'garbage' at 09:00:10",
        "dead EMPTY slices in test p2 '' at 09:00:20",
        "dead INVALID slices in test p3 '{\"id\":\"1\",\"at\":\"2026-01-05T09:00:00Z\",\"pieces\":-1}'"
            + " at 09:00:30",
        "read 3, 0 events, 0 late, 3 dead, 57 bytes");
  }

  @Test
  void aRecordThatIsTooLongIsADeadLetterWithItsFirstBytesAndCountsWhole() {
    assertOutputs(
        STREAM,
        List.of(line("p1", "x".repeat(1_000), 10)),
        "dead TOO_LONG slices in test p1 '" + "x".repeat(LONGEST) + "' of 1000 at 09:00:10",
        "read 1, 0 events, 0 late, 1 dead, 1000 bytes");
  }

  @Test
  void aTombstoneOfFactsIsADeadLetterWithOrWithoutAKey() {
    assertOutputs(
        STREAM.keyed(false),
        List.of(tombstone("p1", 10).key("tea"), tombstone("p2", 20)),
        "dead EMPTY slices in test p1 '' at 09:00:10",
        "dead EMPTY slices in test p2 '' at 09:00:20",
        "read 2, 0 events, 0 late, 2 dead, 0 bytes");
  }

  @Test
  void aTombstoneOfAReferenceRemovesItsKeyAtTheTimeOfItsRecord() {
    assertOutputs(
        STREAM.keyed(true),
        List.of(tombstone("p1", 10).key("tea"), event("p2", 70).key("tea").unasked()),
        "removed tea since 09:00:10 by p1 at 09:00:10",
        "event i70 at 09:01:10",
        "read 2, 2 events, 0 late, 0 dead, 51 bytes");
  }

  @Test
  void aTombstoneOfAReferenceThatIsBehindTheWatermarkIsLate() {
    assertOutputs(
        STREAM.keyed(true),
        List.of(tombstone("p1", 10).key("tea").behind(90)),
        "late p1 of slices in test p1 missed 09:00:00 by 30000 ms null at 09:00:10",
        "read 1, 0 events, 1 late, 0 dead, 0 bytes");
  }

  @Test
  void aTombstoneOfAReferenceWithoutAKeyIsADeadLetterLateOrNot() {
    assertOutputs(
        STREAM.keyed(true),
        List.of(tombstone("p1", 10), tombstone("p2", 20).behind(90)),
        "dead EMPTY slices in test p1 '' at 09:00:10",
        "dead EMPTY slices in test p2 '' at 09:00:20",
        "read 2, 0 events, 0 late, 2 dead, 0 bytes");
  }

  @Test
  void aBackfillPutsAsideEventsAndDropsRemovalsThatAStreamFoundLate() {
    assertOutputs(
        BACKFILL.keyed(true).leavingOut(),
        List.of(
            event("p1", 10).foundLate().unasked(),
            event("p2", 20).unasked(),
            tombstone("p3", 30).key("tea").foundLate().unasked(),
            tombstone("p4", 40).key("tea"),
            line("p5", "garbage", 50).foundLate(),
            tombstone("p6", 60).foundLate()),
        "left out i10 at 09:00:10",
        "event i20 at 09:00:20",
        "removed tea since 09:00:40 by p4 at 09:00:40",
        "dead MALFORMED slices in test p5 'garbage' at 09:00:50",
        "dead EMPTY slices in test p6 '' at 09:01:00",
        "read 6, 2 events, 2 late, 2 dead, 109 bytes");
  }

  @Test
  void anEventOfASourceWithoutArrivalsIsCountedAndOutputAlike() {
    Pipeline pipeline = Pipeline.create();
    Read<Slice> read =
        BACKFILL.read(
            pipeline.apply(Create.of(10, 20)).apply("Read", BACKFILL.of(new EventsFn(BACKFILL))),
            RecordCoder.of(Slice.class));

    PAssert.that(text("Events", read.events(), slice -> "event " + slice.id()))
        .containsInAnyOrder("event i10 at 09:00:10", "event i20 at 09:00:20");
    PAssert.that(read.counts())
        .satisfies(
            counts -> {
              long[] sums = new long[3];
              counts.forEach(
                  each -> {
                    sums[0] += each.read();
                    sums[1] += each.events();
                    sums[2] += each.bytes();
                  });
              assertThat(Arrays.toString(sums), is("[2, 2, 30]"));
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  @Test
  void inAStreamEqualDeadLettersAreMergedWithinTheBundleAtTheTimeOfTheNewest() {
    List<Line> garbage =
        IntStream.range(0, 300).mapToObj(i -> line("p" + i, "garbage", i)).toList();

    assertOutputs(
        STREAM,
        List.of(garbage.subList(0, 150), garbage.subList(150, 300)),
        false,
        Stream.concat(
            deadLetters(0, 100),
            Stream.of(
                "dead MALFORMED slices in test p100 to p299, 200 records 'garbage' at 09:04:59",
                "read 300, 0 events, 0 late, 300 dead, 2100 bytes")));
  }

  @Test
  void inABackfillEqualDeadLettersAreMergedWithinThePartHoweverPartsAreBundled() {
    List<Line> garbage =
        IntStream.range(0, 300).mapToObj(i -> line("p" + i, "garbage", i)).toList();

    // The newer part comes first, because its time must not become the older one's.
    assertOutputs(
        BACKFILL,
        List.of(garbage.subList(150, 300), garbage.subList(0, 150)),
        true,
        Stream.of(
                deadLetters(0, 100),
                deadLetters(150, 250),
                Stream.of(
                    "dead MALFORMED slices in test p100 to p149, 50 records 'garbage' at 09:02:29",
                    "dead MALFORMED slices in test p250 to p299, 50 records 'garbage' at 09:04:59",
                    "read 300, 0 events, 0 late, 300 dead, 2100 bytes"))
            .flatMap(lines -> lines));
  }

  @Test
  void aBugOfTheEventsClassFailsTheRunAndNamesThePlace() {
    Pipeline pipeline = Pipeline.create();
    Line zero = line("p7", "{\"id\":\"1\",\"at\":\"2026-01-05T09:00:00Z\",\"pieces\":0}", 10);
    outputs(pipeline, STREAM, List.of(List.of(zero)), false);

    Pipeline.PipelineExecutionException failure =
        assertThrows(
            Pipeline.PipelineExecutionException.class, () -> pipeline.run().waitUntilFinish());
    assertThat(failure.getMessage(), containsString("test p7: the constructor of Slice threw"));
  }

  private static Stream<String> deadLetters(int from, int until) {
    return IntStream.range(from, until)
        .mapToObj(i -> "dead MALFORMED slices in test p" + i + " 'garbage' at " + clock(time(i)));
  }

  private static void assertOutputs(
      SourceOutputs<Slice> outputs, List<Line> lines, String... expected) {
    assertOutputs(outputs, List.of(lines), false, Arrays.stream(expected));
  }

  private static void assertOutputs(
      SourceOutputs<Slice> outputs,
      List<List<Line>> parts,
      boolean ending,
      Stream<String> expected) {
    Pipeline pipeline = Pipeline.create();
    PAssert.that(outputs(pipeline, outputs, parts, ending)).containsInAnyOrder(expected.toList());
    pipeline.run().waitUntilFinish();
  }

  /** Everything that the outputs get, in words. */
  private static PCollection<String> outputs(
      Pipeline pipeline, SourceOutputs<Slice> outputs, List<List<Line>> parts, boolean ending) {
    Read<Slice> read =
        outputs.read(
            pipeline
                .apply("Bundle", Create.of("one bundle"))
                .apply("Route", outputs.of(new RouteFn(outputs, parts, ending))),
            RecordCoder.of(Slice.class));
    List<PCollection<String>> all = new ArrayList<>();
    all.add(text("Events", read.events(), slice -> "event " + slice.id()));
    all.add(
        text(
            "Dead",
            read.deadLetters(),
            letter ->
                "dead %s %s in %s %s%s '%s'%s"
                    .formatted(
                        letter.reason(),
                        letter.input(),
                        letter.source(),
                        letter.position(),
                        letter.records() == null
                            ? ""
                            : " to %s, %d records"
                                .formatted(letter.lastPosition(), letter.records()),
                        new String(letter.bytes(), UTF_8),
                        letter.wholeLength() == null ? "" : " of " + letter.wholeLength())));
    read.late()
        .ifPresent(
            late ->
                all.add(
                    text(
                        "Late",
                        late,
                        each ->
                            "late %s of %s in %s %s missed %s by %d ms %s"
                                .formatted(
                                    each.id(),
                                    each.input(),
                                    each.source(),
                                    each.position(),
                                    clock(each.windowStart()),
                                    each.lateMillis(),
                                    each.event()))));
    read.leftOut()
        .ifPresent(left -> all.add(text("Left out", left, slice -> "left out " + slice.id())));
    read.removals()
        .ifPresent(
            removals ->
                all.add(
                    text(
                        "Removals",
                        removals,
                        removed ->
                            "removed %s since %s by %s"
                                .formatted(removed.key(), clock(removed.at()), removed.id()))));
    PCollection<String> counts =
        text(
            "Counts",
            read.counts(),
            each ->
                "read %d, %d events, %d late, %d dead, %d bytes"
                    .formatted(
                        each.read(),
                        each.events(),
                        each.late(),
                        each.deadLettered(),
                        each.bytes()));
    return PCollectionList.of(all).and(counts).apply("All", Flatten.pCollections());
  }

  private static String clock(Instant at) {
    return at.toString().substring(11, 19);
  }

  private static <V> PCollection<String> text(
      String step, PCollection<V> values, SerializableFunction<V, String> words) {
    return values.apply(step, ParDo.of(new WordsFn<>(words))).setCoder(StringUtf8Coder.of());
  }

  /** Values in words, with their times; counts come at the end of time. */
  private static final class WordsFn<V> extends DoFn<V, String> {

    private static final long serialVersionUID = 1L;

    private final SerializableFunction<V, String> words;

    WordsFn(SerializableFunction<V, String> words) {
      this.words = words;
    }

    @ProcessElement
    public void process(
        @Element V value, @Timestamp org.joda.time.Instant at, OutputReceiver<String> out) {
      Instant instant = Instant.ofEpochMilli(at.getMillis());
      boolean end = instant.isAfter(NINE.plus(Duration.ofDays(1)));
      out.output(words.apply(value) + (end ? "" : " at " + clock(instant)));
    }
  }

  /** The origin of the lines. */
  private record Lines(String source) implements Origin<Line>, Serializable {

    @Override
    public String position(Line line) {
      if (line.position() == null) {
        throw new IllegalStateException("nobody needs the position of " + line);
      }
      return line.position();
    }

    @Override
    public @Nullable String key(Line line) {
      return line.key();
    }
  }

  /** Routes the parts of a bundle. */
  private static final class RouteFn extends DoFn<String, Slice> {

    private static final long serialVersionUID = 1L;

    private final SourceOutputs<Slice> outputs;
    private final ArrayList<ArrayList<Line>> parts = new ArrayList<>();
    private final boolean ending;
    private transient @Nullable ArrivalRouter<Slice> router;

    RouteFn(SourceOutputs<Slice> outputs, List<List<Line>> parts, boolean ending) {
      this.outputs = outputs;
      this.ending = ending;
      parts.forEach(part -> this.parts.add(new ArrayList<>(part)));
    }

    @StartBundle
    public void start() {
      router = outputs.router();
    }

    @ProcessElement
    public void process(ProcessContext context) {
      ArrivalReader<Slice> reader = new ArrivalReader<>(SLICES);
      for (List<Line> lines : parts) {
        ArrivalRouter<Slice>.Part<Line> part = router.part(new Lines("test"), context);
        for (Line line : lines) {
          byte[] value = line.value() == null ? null : line.value().getBytes(UTF_8);
          org.joda.time.Instant at =
              org.joda.time.Instant.ofEpochMilli(time(line.at()).toEpochMilli());
          Arrival<Slice> arrival = reader.read(value, at.getMillis());
          if (line.watermark() != null) {
            arrival.behind(time(line.watermark()).toEpochMilli());
          }
          if (line.found()) {
            part.leaveOut(arrival, line, at);
          } else {
            part.route(arrival, line, at);
          }
        }
        if (ending) {
          part.end();
        }
      }
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      router.finish(context);
    }
  }

  /** Outputs events directly. */
  private static final class EventsFn extends DoFn<Integer, Slice> {

    private static final long serialVersionUID = 1L;

    private final SourceOutputs<Slice> outputs;
    private transient @Nullable ArrivalRouter<Slice> router;

    EventsFn(SourceOutputs<Slice> outputs) {
      this.outputs = outputs;
    }

    @StartBundle
    public void start() {
      router = outputs.router();
    }

    @ProcessElement
    public void process(@Element Integer seconds, ProcessContext context) {
      Instant at = time(seconds);
      router
          .part(new Lines("test"), context)
          .event(
              new Slice("i" + seconds, at, 4),
              15,
              org.joda.time.Instant.ofEpochMilli(at.toEpochMilli()));
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      router.finish(context);
    }
  }
}
