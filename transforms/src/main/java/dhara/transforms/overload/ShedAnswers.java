package dhara.transforms.overload;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.load.LoadLevel;
import dhara.transforms.load.LoadTerms;
import dhara.transforms.load.WorkerLoad;
import dhara.transforms.windows.InGlobalWindow;
import java.time.Instant;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Sheds the answers of an output while the worker is loaded, and counts them.
 *
 * <p>Data: answers → those that are passed on, and a {@link ShedCount} per bundle. Time: both are
 * in the global window; answers keep their timestamps, and counts have its maximum timestamp, so
 * they are never late. State: none. Late: a revision is an answer like any other; one that comes
 * after the load has passed replaces what was shed of its key and window. Withdrawals are never
 * shed, because a backfill would not repeat them.
 *
 * <p>Its place is behind everything that counts events: an answer that is shed was complete, and
 * the next one of its key and window is complete again. Counts are elements of the pipeline, so a
 * bundle that is retried counts once.
 *
 * <pre>{@code
 * ShedAnswers<K, V> shed = ShedAnswers.from(LoadLevel.ESSENTIAL, terms);
 * PCollectionTuple split = answers.apply("top.Shed", shed);
 * split.get(shed.kept()).apply(…);
 * }</pre>
 */
public final class ShedAnswers<K, V>
    extends PTransform<PCollection<Answer<K, V>>, PCollectionTuple> {

  private static final long serialVersionUID = 1L;

  private final LoadLevel level;
  private final LoadTerms terms;
  private final TupleTag<Answer<K, V>> kept = new TupleTag<>("kept");
  private final TupleTag<ShedCount> counts = new TupleTag<>("counts");

  private ShedAnswers(LoadLevel level, LoadTerms terms) {
    this.level = level;
    this.terms = terms;
  }

  /**
   * Sheds answers.
   *
   * @param level the lowest level at which it does
   * @param terms of the run
   */
  public static <K, V> ShedAnswers<K, V> from(LoadLevel level, LoadTerms terms) {
    return new ShedAnswers<>(level, terms);
  }

  /** The tag of the answers that are passed on. */
  public TupleTag<Answer<K, V>> kept() {
    return kept;
  }

  /** The tag of the counts. */
  public TupleTag<ShedCount> counts() {
    return counts;
  }

  @Override
  public PCollectionTuple expand(PCollection<Answer<K, V>> answers) {
    PCollectionTuple split =
        answers
            .apply("Global", InGlobalWindow.into())
            .apply(
                "Shed",
                ParDo.of(new ShedFn<K, V>(level, terms, counts))
                    .withOutputTags(kept, TupleTagList.of(counts)));
    split.get(kept).setCoder(answers.getCoder());
    split.get(counts).setCoder(RecordCoder.of(ShedCount.class));
    return split;
  }

  static final class ShedFn<K, V> extends DoFn<Answer<K, V>, Answer<K, V>> {

    private static final long serialVersionUID = 1L;

    private final LoadLevel level;
    private final LoadTerms terms;
    private final TupleTag<ShedCount> counts;
    private transient WorkerLoad load;
    private transient long given;
    private transient long shed;
    private transient @Nullable Instant from;
    private transient @Nullable Instant until;

    ShedFn(LoadLevel level, LoadTerms terms, TupleTag<ShedCount> counts) {
      this.level = level;
      this.terms = terms;
      this.counts = counts;
    }

    @Setup
    public void setUp() {
      load = WorkerLoad.of(terms);
    }

    @StartBundle
    public void startBundle() {
      given = 0;
      shed = 0;
      from = null;
      until = null;
    }

    @ProcessElement
    public void process(@Element Answer<K, V> answer, OutputReceiver<Answer<K, V>> out) {
      given++;
      if (answer.isWithdrawn() || !load.level().atLeast(level)) {
        out.output(answer);
        return;
      }
      shed++;
      from = from == null || answer.start().isBefore(from) ? answer.start() : from;
      until = until == null || answer.end().isAfter(until) ? answer.end() : until;
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      if (given > 0) {
        context.output(
            counts,
            new ShedCount(given, shed, from, until),
            GlobalWindow.INSTANCE.maxTimestamp(),
            GlobalWindow.INSTANCE);
      }
    }
  }
}
