package dhara.benchmarks.nexmark;

import static dhara.benchmarks.nexmark.AuctionHouse.CHUNK;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class AuctionSourceTest {

  /** Six chunks, the last of them half full. */
  private final AuctionHouse house = new AuctionHouse(1, 5 * CHUNK + CHUNK / 2, 100);

  private final PipelineOptions options = PipelineOptionsFactory.create();

  @Test
  void splitsReadEachChunkOnceAndInTurns() throws Exception {
    List<AuctionSource> splits = new AuctionSource(house).split(2, options);

    assertThat(
        chunks(splits.get(0).createReader(options, null)),
        contains(house.chunk(0), house.chunk(2), house.chunk(4)));
    assertThat(
        chunks(splits.get(1).createReader(options, null)),
        contains(house.chunk(1), house.chunk(3), house.chunk(5)));
    assertThat(house.chunk(5).events().size(), is(CHUNK / 2));
  }

  @Test
  void splitsOfASplitReadWhatItWouldHave() throws Exception {
    AuctionSource split = new AuctionSource(house).split(2, options).get(1);
    List<Chunk> read = new ArrayList<>();
    for (AuctionSource part : split.split(2, options)) {
      read.addAll(chunks(part.createReader(options, null)));
    }

    assertThat(read, containsInAnyOrder(house.chunk(1), house.chunk(3), house.chunk(5)));
  }

  @Test
  void aReaderGoesOnFromTheMarkOfAnother() throws Exception {
    AuctionSource split = new AuctionSource(house).split(2, options).get(0);
    try (UnboundedReader<Chunk> reader = split.createReader(options, null)) {
      reader.start();
      AuctionSource.Mark mark = (AuctionSource.Mark) reader.getCheckpointMark();

      assertThat(
          chunks(split.createReader(options, mark)), contains(house.chunk(2), house.chunk(4)));
    }
  }

  @Test
  void theWatermarkIsTheTimeOfTheNextChunkUntilThereIsNone() throws Exception {
    List<Instant> watermarks = new ArrayList<>();
    AuctionSource split = new AuctionSource(house).split(2, options).get(1);
    try (UnboundedReader<Chunk> reader = split.createReader(options, null)) {
      watermarks.add(reader.getWatermark());
      for (boolean there = reader.start(); there; there = reader.advance()) {
        watermarks.add(reader.getWatermark());
      }
    }

    assertThat(
        watermarks,
        contains(
            Instant.ofEpochMilli(house.atMillis(CHUNK)),
            Instant.ofEpochMilli(house.atMillis(3 * CHUNK)),
            Instant.ofEpochMilli(house.atMillis(5 * CHUNK)),
            BoundedWindow.TIMESTAMP_MAX_VALUE));
  }

  private static List<Chunk> chunks(UnboundedReader<Chunk> reader) throws IOException {
    List<Chunk> chunks = new ArrayList<>();
    try (reader) {
      for (boolean there = reader.start(); there; there = reader.advance()) {
        assertThat(
            reader.getCurrentTimestamp(), is(Instant.ofEpochMilli(reader.getCurrent().atMillis())));
        chunks.add(reader.getCurrent());
      }
    }
    return chunks;
  }
}
