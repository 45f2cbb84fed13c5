package dhara.benchmarks.flink;

import dhara.benchmarks.playback.PlaybackJob;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.types.StringValue;
import org.apache.flink.util.Collector;

/**
 * Dhara's algorithm for many keys, written for Flink alone. An operator beside the source appends
 * each event to a block of bytes for its window and shard of keys. Blocks are shuffled and kept as
 * state, with one timer for each window and shard, instead of a state and a timer for each key. At
 * the window's end its blocks are merged in a hash map. Blocks are sent at every watermark, before
 * every checkpoint and after 20,000 events. For tumbling windows.
 */
public final class FlinkBlocks extends FlinkProgram {

  private static final int SHARDS = 64;
  private static final int MOST_EVENTS = 20_000;

  /** The window's start and the shard. */
  private static final TypeInformation<Tuple2<Long, Integer>> PLACE =
      Types.TUPLE(Types.LONG, Types.INT);

  private static final TypeInformation<Tuple2<Tuple2<Long, Integer>, byte[]>> BLOCK =
      Types.TUPLE(PLACE, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

  /** Made by name. */
  public FlinkBlocks() {}

  @Override
  DataStream<Sums> build(StreamExecutionEnvironment environment, PlaybackJob job) {
    long width = job.width().toMillis();
    return views(environment, job)
        .transform("blocks", BLOCK, new AppendToBlocks(width))
        .keyBy(block -> block.f0, PLACE)
        .process(new MergeBlocks(width), TypeInformation.of(Sums.class));
  }

  private static final class AppendToBlocks
      extends AbstractStreamOperator<Tuple2<Tuple2<Long, Integer>, byte[]>>
      implements OneInputStreamOperator<View, Tuple2<Tuple2<Long, Integer>, byte[]>>,
          BoundedOneInput {

    private static final long serialVersionUID = 1L;

    private final long width;
    private transient Map<Long, DataOutputSerializer[]> windows;
    private transient int events;

    AppendToBlocks(long width) {
      this.width = width;
      this.chainingStrategy = ChainingStrategy.ALWAYS;
    }

    @Override
    public void open() throws Exception {
      super.open();
      windows = new HashMap<>();
    }

    @Override
    public void processElement(StreamRecord<View> element) throws IOException {
      View view = element.getValue();
      DataOutputSerializer[] shards =
          windows.computeIfAbsent(
              view.at - Math.floorMod(view.at, width), start -> new DataOutputSerializer[SHARDS]);
      // Spreads keys whose hashes differ only in their low bits.
      int shard = (view.key.hashCode() * 0x9E3779B9) >>> 26;
      DataOutputSerializer block = shards[shard];
      if (block == null) {
        block = new DataOutputSerializer(4096);
        shards[shard] = block;
      }
      StringValue.writeString(view.key, block);
      block.writeInt(view.error ? ~view.bitrate : view.bitrate);
      if (++events >= MOST_EVENTS) {
        give();
      }
    }

    private void give() {
      windows.forEach(
          (start, shards) -> {
            for (int i = 0; i < SHARDS; i++) {
              if (shards[i] != null && shards[i].length() > 0) {
                output.collect(
                    new StreamRecord<>(
                        Tuple2.of(Tuple2.of(start, i), shards[i].getCopyOfBuffer()), start));
                shards[i].clear();
              }
            }
          });
      windows.clear();
      events = 0;
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
      give();
      super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpoint) {
      give();
    }

    @Override
    public void endInput() {
      give();
    }
  }

  private static final class MergeBlocks
      extends KeyedProcessFunction<
          Tuple2<Long, Integer>, Tuple2<Tuple2<Long, Integer>, byte[]>, Sums> {

    private static final long serialVersionUID = 1L;

    private final long width;
    private transient ListState<byte[]> blocks;
    private transient ValueState<Boolean> timed;

    MergeBlocks(long width) {
      this.width = width;
    }

    @Override
    public void open(Configuration unused) {
      blocks =
          getRuntimeContext()
              .getListState(
                  new ListStateDescriptor<>(
                      "blocks", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
      timed = getRuntimeContext().getState(new ValueStateDescriptor<>("timed", Types.BOOLEAN));
    }

    @Override
    public void processElement(
        Tuple2<Tuple2<Long, Integer>, byte[]> block, Context context, Collector<Sums> answers)
        throws Exception {
      if (timed.value() == null) {
        timed.update(true);
        context.timerService().registerEventTimeTimer(block.f0.f0 + width - 1);
      }
      blocks.add(block.f1);
    }

    @Override
    public void onTimer(long at, OnTimerContext context, Collector<Sums> answers) throws Exception {
      Map<String, Sums> keys = new HashMap<>();
      DataInputDeserializer in = new DataInputDeserializer();
      for (byte[] block : blocks.get()) {
        in.setBuffer(block);
        while (in.available() > 0) {
          String key = StringValue.readString(in);
          int bitrate = in.readInt();
          keys.computeIfAbsent(key, unused -> new Sums())
              .add(bitrate < 0 ? ~bitrate : bitrate, bitrate < 0);
        }
      }
      blocks.clear();
      timed.clear();
      long start = context.getCurrentKey().f0;
      keys.forEach(
          (key, sums) -> {
            sums.key = key;
            sums.start = start;
            answers.collect(sums);
          });
    }
  }
}
