package dhara.io;

import dhara.metrics.Delays;
import dhara.metrics.Delays.Due;
import dhara.metrics.Latency;
import dhara.records.RecordCoder;
import java.io.IOException;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Writes rows as records of a topic; the key of a record says what it replaces. It counts the
 * delays of a stream's answers as it encodes them.
 */
final class KafkaRows<T> extends PTransform<PCollection<T>, PDone> {

  private static final long serialVersionUID = 1L;

  private final RowFormat<T> rows;
  private final KafkaSink kafka;
  private final @Nullable Due<T> due;

  KafkaRows(RowFormat<T> rows, KafkaSink kafka, @Nullable Due<T> due) {
    this.rows = rows;
    this.kafka = kafka;
    this.due = due;
  }

  @Override
  public PDone expand(PCollection<T> elements) {
    TupleTag<KV<byte[], byte[]>> records = new TupleTag<>("records") {};
    TupleTag<Delays> delays = new TupleTag<>("delays") {};
    PCollectionTuple encoded =
        elements.apply(
            "Encode",
            ParDo.of(new EncodeFn<>(rows, due, delays))
                .withOutputTags(
                    records, due == null ? TupleTagList.empty() : TupleTagList.of(delays)));
    if (due != null) {
      encoded.get(delays).setCoder(RecordCoder.of(Delays.class)).apply(Latency.shown());
    }
    return encoded
        .get(records)
        .setCoder(KvCoder.of(ByteArrayCoder.of(), ByteArrayCoder.of()))
        .apply("Kafka", kafka);
  }

  private static final class EncodeFn<T> extends DoFn<T, KV<byte[], byte[]>> {

    private static final long serialVersionUID = 1L;

    private final RowFormat<T> rows;
    private final @Nullable Due<T> due;
    private final TupleTag<Delays> delays;
    private transient Delays.@Nullable Counting counting;
    private transient @Nullable BoundedWindow last;

    EncodeFn(RowFormat<T> rows, @Nullable Due<T> due, TupleTag<Delays> delays) {
      this.rows = rows;
      this.due = due;
      this.delays = delays;
    }

    @StartBundle
    public void start() {
      counting = new Delays.Counting();
      last = null;
    }

    @ProcessElement
    public void process(
        @Element T element, BoundedWindow window, OutputReceiver<KV<byte[], byte[]>> out)
        throws IOException {
      if (due != null) {
        counting.given(due.millis(element));
        last = window;
      }
      out.output(KV.of(rows.jsonKey(element), rows.json(element)));
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      if (last != null) {
        context.output(
            delays, counting.until(System.currentTimeMillis()), last.maxTimestamp(), last);
      }
    }
  }
}
