package dhara.connectors.kafka;

import dhara.connectors.Connector;
import dhara.connectors.RowFormat;
import dhara.connectors.TooLong;
import dhara.events.DeadLetter;
import dhara.metrics.Delays;
import dhara.metrics.Delays.Due;
import dhara.metrics.Latency;
import dhara.records.RecordCoder;
import dhara.transforms.windows.InGlobalWindow;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes rows as records of a topic; a record replaces earlier ones with its key. It counts the
 * delays of a stream's answers while it encodes them.
 *
 * <p>{@link TooLong} defines what happens to a row that is too long for the topic.
 */
final class KafkaRows<T> extends PTransform<PCollection<T>, PCollectionTuple> {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(KafkaRows.class);

  private final RowFormat<T> rows;
  private final TooLong<T> tooLong;
  private final KafkaSink kafka;
  private final @Nullable Due<T> due;

  KafkaRows(Connector.Rows<T> rows, KafkaSink kafka) {
    this.rows = rows.format();
    this.tooLong = rows.tooLong();
    this.kafka = kafka;
    this.due = rows.due();
  }

  @Override
  public PCollectionTuple expand(PCollection<T> elements) {
    TupleTag<KV<byte[], byte[]>> records = new TupleTag<>("records") {};
    TupleTag<Delays> delays = new TupleTag<>("delays") {};
    TupleTagList others = TupleTagList.of(TooLong.REPLACED);
    PCollectionTuple encoded =
        elements.apply(
            "Encode",
            ParDo.of(new EncodeFn<>(rows, tooLong, kafka, due, delays))
                .withOutputTags(records, due == null ? others : others.and(delays)));
    if (due != null) {
      encoded.get(delays).setCoder(RecordCoder.of(Delays.class)).apply(Latency.shown());
    }
    PDone unused =
        encoded
            .get(records)
            .setCoder(KvCoder.of(ByteArrayCoder.of(), ByteArrayCoder.of()))
            .apply("Kafka", kafka);
    return PCollectionTuple.of(
        TooLong.REPLACED,
        encoded
            .get(TooLong.REPLACED)
            .setCoder(RecordCoder.of(DeadLetter.class))
            // Like the dead letters of sources, with which they will be merged.
            .apply("Replaced", InGlobalWindow.into()));
  }

  static final class EncodeFn<T> extends DoFn<T, KV<byte[], byte[]>> {

    private static final long serialVersionUID = 1L;

    private final RowFormat<T> rows;
    private final TooLong<T> tooLong;
    private final KafkaSink kafka;
    private final @Nullable Due<T> due;
    private final TupleTag<Delays> delays;
    private transient int limit;
    private transient Delays.@Nullable Counting counting;
    private transient @Nullable BoundedWindow last;

    EncodeFn(
        RowFormat<T> rows,
        TooLong<T> tooLong,
        KafkaSink kafka,
        @Nullable Due<T> due,
        TupleTag<Delays> delays) {
      this.rows = rows;
      this.tooLong = tooLong;
      this.kafka = kafka;
      this.due = due;
      this.delays = delays;
    }

    @Setup
    public void open() {
      limit = kafka.limit().record();
    }

    @StartBundle
    public void start() {
      counting = new Delays.Counting();
      last = null;
    }

    @ProcessElement
    public void process(
        @Element T element,
        BoundedWindow window,
        OutputReceiver<KV<byte[], byte[]>> out,
        MultiOutputReceiver others)
        throws IOException {
      if (due != null) {
        counting.given(due.millis(element));
        last = window;
      }
      byte[] key = rows.jsonKey(element);
      byte[] json =
          rows.withdrawn(element)
              ? KafkaSink.Tombstone.of(rows.revision(element))
              : rows.json(element);
      if (key.length + json.length > limit) {
        tooLong(element, key, json, out, others.get(TooLong.REPLACED));
      } else {
        out.output(KV.of(key, json));
      }
    }

    private void tooLong(
        T element,
        byte[] key,
        byte[] json,
        OutputReceiver<KV<byte[], byte[]>> out,
        OutputReceiver<DeadLetter> replaced)
        throws IOException {
      DeadLetter letter = tooLong.replaced(element, key, json, kafka.topic(), limit);
      if (letter == null) {
        T shorter = tooLong.shortened(element, key.length + json.length - limit);
        out.output(KV.of(key, shorter == null ? json : rows.json(shorter)));
        return;
      }
      LOG.warn("{}: {}; it is a dead letter", letter.input(), letter.text());
      replaced.output(letter);
      byte[] tombstone = KafkaSink.Tombstone.of(rows.revision(element));
      if (key.length + tombstone.length <= limit) {
        out.output(KV.of(key, tombstone));
      }
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
