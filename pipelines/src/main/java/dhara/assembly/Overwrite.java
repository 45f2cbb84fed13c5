package dhara.assembly;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.connectors.Connector.Ability;
import dhara.connectors.ResultSet;
import dhara.connectors.WrittenRow;
import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.pipelines.Output;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.windows.InGlobalWindow;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.Max;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Withdraws the answers in a store that a backfill does not have: those of other keys or windows,
 * such as the parts of sessions that were joined.
 *
 * <pre>
 *   answers of this backfill ─┐
 *                             ├▶ by key and window ─▶ only there ─▶ withdrawals
 *   answers that are there ───┘
 * </pre>
 *
 * <p>Data: the answers of this backfill, bounded → a withdrawal for each key and window that the
 * store has in the range and the backfill does not. Time: the store is read as it was when the
 * pipeline was built. State: none. Bad data: a row that cannot be read as an answer fails the run.
 */
final class Overwrite<K extends Record, V extends Record>
    extends PTransform<PCollection<Answer<K, V>>, PCollection<Answer<K, V>>> {

  private static final long serialVersionUID = 1L;

  /** The abilities that the store's connector must have. */
  static final Set<Ability> NEEDS = Set.of(Ability.UPSERT, Ability.DELETE, Ability.READ_BACK);

  /** The rank of an answer of the backfill: it replaces what is there, so nothing is withdrawn. */
  private static final long OURS = Long.MAX_VALUE;

  private final transient ResultSet store;
  private final transient Output<K, V> output;
  private final String storedAs;
  private final TimeRange range;

  private Overwrite(ResultSet store, Output<K, V> output, String storedAs, TimeRange range) {
    this.store = store;
    this.output = output;
    this.storedAs = storedAs;
    this.range = range;
  }

  /**
   * Withdraws from a store.
   *
   * @param store the rows in the store
   * @param storedAs the name of the output in the store
   * @param range only windows that it covers are withdrawn
   */
  static <K extends Record, V extends Record> Overwrite<K, V> of(
      ResultSet store, Output<K, V> output, String storedAs, TimeRange range) {
    return new Overwrite<>(store, output, storedAs, range);
  }

  @Override
  public PCollection<Answer<K, V>> expand(PCollection<Answer<K, V>> answers) {
    RecordCoder<K> key = RecordCoder.of(output.key());
    AnswerCoder<K, V> coder = AnswerCoder.of(key, RecordCoder.of(output.value()));
    KvCoder<KV<K, IntervalWindow>, Long> sided =
        KvCoder.of(KvCoder.of(key, IntervalWindow.getCoder()), VarLongCoder.of());
    PCollection<KV<KV<K, IntervalWindow>, Long>> there =
        store
            .read(
                answers.getPipeline(),
                output.name() + ".There",
                Map.of(storedAs, output.name()),
                new ThereReader<K, V>(JsonFormat.of(output.key(), Mapping.none()), range),
                coder)
            .apply("OfStore", ranked(Answer::revision))
            .setCoder(sided);
    PCollection<KV<KV<K, IntervalWindow>, Long>> ours =
        answers
            .apply("Global", InGlobalWindow.into())
            .apply("OfBackfill", ranked(answer -> OURS))
            .setCoder(sided);
    return PCollectionList.of(there)
        .and(ours)
        .apply("Both", Flatten.pCollections())
        .apply("Sides", Max.longsPerKey())
        .apply("OnlyThere", ParDo.of(new OnlyThereFn<K, V>()))
        .setCoder(coder);
  }

  private static <K extends Record, V extends Record>
      MapElements<Answer<K, V>, KV<KV<K, IntervalWindow>, Long>> ranked(
          SerializableFunction<Answer<K, V>, Long> rank) {
    return MapElements.into(new TypeDescriptor<KV<KV<K, IntervalWindow>, Long>>() {})
        .via(answer -> KV.of(KV.of(answer.key(), window(answer)), rank.apply(answer)));
  }

  private static IntervalWindow window(Answer<?, ?> answer) {
    return new IntervalWindow(
        org.joda.time.Instant.ofEpochMilli(answer.start().toEpochMilli()),
        org.joda.time.Instant.ofEpochMilli(answer.end().toEpochMilli()));
  }

  private static final class OnlyThereFn<K, V>
      extends DoFn<KV<KV<K, IntervalWindow>, Long>, Answer<K, V>> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<KV<K, IntervalWindow>, Long> sides, OutputReceiver<Answer<K, V>> out) {
      boolean withdrawn = sides.getValue() % 2 == 0;
      if (sides.getValue() != OURS && !withdrawn) {
        IntervalWindow window = sides.getKey().getValue();
        out.output(
            Answer.withdrawn(
                sides.getKey().getKey(),
                Instant.ofEpochMilli(window.start().getMillis()),
                Instant.ofEpochMilli(window.end().getMillis()),
                0));
      }
    }
  }

  /**
   * Reads the keys and windows of the rows in the range. The revision of what it reads is a rank:
   * that of a later revision is higher, it is odd for an answer and even for a withdrawal. So the
   * highest one tells whether there is an answer, and what was withdrawn is not withdrawn again. A
   * withdrawal without a revision, of another program, is passed over.
   */
  private static final class ThereReader<K extends Record, V>
      implements WrittenRow.Reader<Answer<K, V>> {

    private static final long serialVersionUID = 1L;

    private final JsonFormat<K> format;
    private final TimeRange range;
    private transient @Nullable EventParser<K> parser;

    ThereReader(JsonFormat<K> format, TimeRange range) {
      this.format = format;
      this.range = range;
    }

    @Override
    public @Nullable Answer<K, V> read(WrittenRow row) {
      JsonNode revision = row.columns().get("revision");
      if (row.tombstone() && revision == null) {
        return null;
      }
      long later = revision == null ? 0 : Math.min(revision.asLong(), Answer.REVISIONS / 2 - 1);
      Answer<K, V> answer =
          Answer.withdrawn(
              key(row),
              row.instant("window_start"),
              row.instant("window_end"),
              2 * later + (row.tombstone() ? 0 : 1));
      return range.covers(answer) ? answer : null;
    }

    private K key(WrittenRow row) {
      if (parser == null) {
        parser = format.parser();
      }
      byte[] json = row.columns().toString().getBytes(StandardCharsets.UTF_8);
      try {
        return parser.parse(json, 0, json.length);
      } catch (BadEvent e) {
        throw WrittenRow.unreadable(
            row.place(), "it has no key of " + row.name() + ": " + e.getMessage(), e);
      }
    }
  }
}
