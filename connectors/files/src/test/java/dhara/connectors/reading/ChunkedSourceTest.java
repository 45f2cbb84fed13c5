package dhara.connectors.reading;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Gathered;
import dhara.connectors.reading.Scripted.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkedSourceTest {

  private static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();
  private static final Duration LONG = Duration.ofHours(1);

  @ParameterizedTest(name = "{0} in chunks of {1}: {2}")
  @CsvSource({
    "'', 3, ''",
    "'1 2 3', 3, '1 2 3'",
    "'1 2 3 4 5 6 7', 3, '1 2 3 | 4 5 6 | 7'",
    "'1 2 - 3', 3, '1 2 | 3'",
    "'- - 1 -', 3, '| | 1'",
    "'1 2 3 - 4', 3, '1 2 3 | | 4'",
    "'5 3 4', 1, '5 | 3 | 4'",
    "'30 10 20', 3, '30 10 20'",
  })
  void aChunkEndsWhereItIsFullAndWhereThereIsNothingAtTheMoment(
      String script, int most, String chunks) throws IOException {
    try (UnboundedReader<Chunk<Long>> reader =
        ChunkedSource.of(Scripted.of(script), most, LONG).createReader(OPTIONS, null)) {
      List<String> read = new ArrayList<>();
      boolean there = reader.start();
      for (int empty = 0; empty < 3; empty += there ? 0 : 1) {
        read.add(there ? String.join(" ", elements(reader.getCurrent())) : "");
        there = reader.advance();
      }
      assertThat(
          String.join(" | ", read).replace(" |  | ", " | | ").replaceAll("[ |]+$", "").trim(),
          is(chunks));
    }
  }

  private static List<String> elements(Chunk<Long> chunk) {
    return IntStream.range(0, chunk.size()).mapToObj(i -> "" + chunk.element(i)).toList();
  }

  @Test
  void aChunkEndsWhereItsTimeIsUpSoThatATrickleIsNotHeldBack() throws IOException {
    try (UnboundedReader<Chunk<Long>> reader =
        ChunkedSource.of(Scripted.of("1 2"), 1_000, Duration.ZERO).createReader(OPTIONS, null)) {
      assertThat(reader.start(), is(true));
      assertThat(elements(reader.getCurrent()), contains("1"));
      assertThat(reader.advance(), is(true));
      assertThat(elements(reader.getCurrent()), contains("2"));
    }
  }

  @Test
  void elementsKeepTheirTimesAndTheChunkHasTheEarliest() throws IOException {
    try (UnboundedReader<Chunk<Long>> reader =
        ChunkedSource.of(Scripted.of("30 10 20"), 10, LONG).createReader(OPTIONS, null)) {
      assertThat(reader.start(), is(true));
      Chunk<Long> chunk = reader.getCurrent();
      assertThat(
          IntStream.range(0, 3).mapToObj(i -> chunk.at(i).getMillis()).toList(),
          contains(30L, 10L, 20L));
      assertThat(reader.getCurrentTimestamp(), is(Instant.ofEpochMilli(10)));
    }
  }

  @Test
  void thereIsNoCurrentChunkBeforeTheFirstAndWhereThereIsNothing() throws IOException {
    try (UnboundedReader<Chunk<Long>> reader =
        ChunkedSource.of(Scripted.of("1"), 10, LONG).createReader(OPTIONS, null)) {
      assertThrows(NoSuchElementException.class, reader::getCurrent);
      assertThrows(NoSuchElementException.class, reader::getCurrentTimestamp);
      assertThat(reader.start(), is(true));
      assertThat(reader.advance(), is(false));
      assertThrows(NoSuchElementException.class, reader::getCurrent);
    }
  }

  /** The watermark of the script trails its newest element by nothing. */
  @Test
  void theWatermarkMovesWithWholeChunks() throws IOException {
    try (UnboundedReader<Chunk<Long>> reader =
        ChunkedSource.of(Scripted.of("10 30 20 50 - 40"), 3, LONG).createReader(OPTIONS, null)) {
      assertThat(reader.getWatermark(), is(Scripted.NOTHING_READ));
      assertThat(reader.start(), is(true));
      assertThat(reader.getWatermark().getMillis(), is(30L));
      assertThat(reader.advance(), is(true));
      assertThat(reader.getWatermark().getMillis(), is(50L));
      assertThat(reader.advance(), is(true));
      assertThat(elements(reader.getCurrent()), contains("40"));
      assertThat(reader.getWatermark().getMillis(), is(50L));
    }
  }

  @ParameterizedTest(name = "after {0} chunks the mark stands at {1}, its watermark at {2}")
  @CsvSource({"1, 3, 30, '4 5 6'", "2, 6, 30, '7'", "3, 7, 30, ''"})
  void aMarkCoversTheCurrentChunkAndNothingOfTheNext(
      int chunks, int position, long watermark, String rest) throws Exception {
    ChunkedSource<Long, Position> source =
        ChunkedSource.of(Scripted.of("10 20 30 4 5 6 7"), 3, LONG);
    Position mark;
    try (UnboundedReader<Chunk<Long>> reader = source.createReader(OPTIONS, null)) {
      assertThat(reader.start(), is(true));
      for (int i = 1; i < chunks; i++) {
        assertThat(reader.advance(), is(true));
      }
      mark =
          CoderUtils.clone(source.getCheckpointMarkCoder(), (Position) reader.getCheckpointMark());
    }
    // The mark holds the watermark although nobody has requested it, so late records stay late.
    assertThat(mark, is(new Position(position, watermark)));
    try (UnboundedReader<Chunk<Long>> reader = source.createReader(OPTIONS, mark)) {
      assertThat(reader.getWatermark().getMillis(), is(watermark));
      List<String> read = reader.start() ? elements(reader.getCurrent()) : List.of();
      assertThat(String.join(" ", read), is(rest));
    }
  }

  @Test
  void aMarkBeforeTheFirstChunkCoversNothing() throws Exception {
    ChunkedSource<Long, Position> source = ChunkedSource.of(Scripted.of("- 1 2"), 3, LONG);
    Position mark;
    try (UnboundedReader<Chunk<Long>> reader = source.createReader(OPTIONS, null)) {
      assertThat(reader.start(), is(false));
      mark = (Position) reader.getCheckpointMark();
    }
    assertThat(mark.watermark(), is(Scripted.NOTHING_READ.getMillis()));
    try (UnboundedReader<Chunk<Long>> reader = source.createReader(OPTIONS, mark)) {
      assertThat(reader.start(), is(true));
      assertThat(elements(reader.getCurrent()), contains("1", "2"));
    }
  }

  @Test
  void whatTheOtherSourceSaysOfItselfIsPassedOn() throws Exception {
    ChunkedSource<Long, Position> source = ChunkedSource.of(Scripted.of("1 2 3 4"), 3, LONG);
    assertThat(source.requiresDeduping(), is(false));
    assertThat(source.split(2, OPTIONS), hasSize(2));
    try (UnboundedReader<Chunk<Long>> reader = source.createReader(OPTIONS, null)) {
      assertThat(reader.start(), is(true));
      assertThat(reader.getSplitBacklogBytes(), is(1L));
      assertThat(reader.getTotalBacklogBytes(), is(2L));
      assertThat(reader.getCurrentSource(), is(source));
    }
  }

  @Test
  void whatCannotBeInChunksIsRefused() {
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> ChunkedSource.of(Scripted.of("1").deduplicated(), 3, LONG))
            .getMessage(),
        containsString("wants its elements deduplicated by their ids, and chunks have none"));
    assertThat(
        assertThrows(
                IllegalArgumentException.class, () -> ChunkedSource.of(Scripted.of("1"), 0, LONG))
            .getMessage(),
        is("a chunk has at least one element, not 0"));
  }

  @Test
  void chunksAreStoredWhole() throws Exception {
    Chunk.Gathering<Long> gathering = new Chunk.Gathering<>(3);
    gathering.add(7L, Instant.ofEpochMilli(-5));
    gathering.add(8L, Instant.ofEpochMilli(5));
    Chunk.ChunkCoder<Long> coder = new Chunk.ChunkCoder<>(VarLongCoder.of());
    Chunk<Long> stored = CoderUtils.clone(coder, gathering.chunk());

    assertThat(elements(stored), contains("7", "8"));
    assertThat(stored.earliest().getMillis(), is(-5L));
    assertThat(stored.at(1).getMillis(), is(5L));
    assertThat(
        CoderUtils.encodeToByteArray(coder, stored),
        is(CoderUtils.encodeToByteArray(coder, gathering.chunk())));
    CoderProperties.coderSerializable(coder);
  }

  /**
   * Each minute's count is complete, although every chunk holds many minutes and the watermark is
   * at the last of them when the chunk is emitted; the engine restarts readers from their marks.
   */
  @Test
  void nothingInAChunkIsLateBehindItsOwnWatermark() {
    long[] minutes = LongStream.range(0, 600).map(i -> i / 3 * 60_000 + i % 3 * 20_000).toArray();
    Scripted script = Scripted.ending(minutes);
    Pipeline pipeline = Pipeline.create(Gathered.options());
    PCollection<Long> elements =
        pipeline
            .apply(Read.from(ChunkedSource.of(script, 7, LONG)))
            .apply(ParDo.of(new EachFn()))
            .setCoder(VarLongCoder.of());
    Gathered<KV<Long, Long>> counts =
        Gathered.of(
            elements
                .apply(Window.into(FixedWindows.of(org.joda.time.Duration.standardMinutes(1))))
                .apply("Minute", ParDo.of(new MinuteFn()))
                .setCoder(VarLongCoder.of())
                .apply(Count.perElement()));
    pipeline.run().waitUntilFinish();

    assertThat(
        counts.values(),
        containsInAnyOrder(
            LongStream.range(0, 200).mapToObj(minute -> KV.of(minute, 3L)).toArray(KV[]::new)));
  }

  private static final class EachFn extends DoFn<Chunk<Long>, Long> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Chunk<Long> chunk, OutputReceiver<Long> out) {
      for (int i = 0; i < chunk.size(); i++) {
        out.outputWithTimestamp(chunk.element(i), chunk.at(i));
      }
    }
  }

  private static final class MinuteFn extends DoFn<Long, Long> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Long millis, OutputReceiver<Long> out) {
      out.output(millis / 60_000);
    }
  }
}
