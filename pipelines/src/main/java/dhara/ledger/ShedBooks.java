package dhara.ledger;

import dhara.metrics.MeteredStep;
import dhara.records.RecordCoder;
import dhara.transforms.overload.ShedCount;
import dhara.transforms.revision.Epochs;
import dhara.transforms.revision.Revision;
import dhara.transforms.tally.TallyFn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;

/**
 * The bookkeeping of what a stream sheds: adds its counts up to a {@link ShedLedger} of each
 * output, as {@link Books} does for inputs.
 */
public final class ShedBooks {

  private static final Coder<KV<String, ShedLedger>> ENTRIES =
      KvCoder.of(StringUtf8Coder.of(), RecordCoder.of(ShedLedger.class));

  private final List<PCollection<KV<String, ShedLedger>>> entries = new ArrayList<>();

  /** Takes the counts of an output. */
  public void count(String output, PCollection<ShedCount> counts) {
    entries.add(
        counts.apply(output + ".Shed.Entry", ParDo.of(new EntryFn(output))).setCoder(ENTRIES));
  }

  /**
   * The ledgers so far: each replaces the one before of the same output.
   *
   * @param every how often, wall clock; the counts do not depend on it
   */
  public PCollection<ShedLedger> soFar(Duration every) {
    return PCollectionList.of(entries)
        .apply("Shed.Entries", Flatten.pCollections())
        .apply("Shed.SoFar", SoFar.every(every))
        .apply(
            "Shed.Sum",
            Combine.perKey(TallyFn.of(ShedLedger.ZERO, row -> row, ShedLedger.class, row -> row)))
        .apply("Shed.Revision", ParDo.of(new RevisionFn()))
        .setCoder(RecordCoder.of(ShedLedger.class));
  }

  /** Converts counts to ledgers, and shows them as metrics too. */
  static final class EntryFn extends DoFn<ShedCount, KV<String, ShedLedger>> {

    private static final long serialVersionUID = 1L;

    private final String output;
    private final Counter shed = MeteredStep.counter("shed");

    EntryFn(String output) {
      this.output = output;
    }

    @Setup
    public void setup(PipelineOptions options) {
      MeteredStep.meter(options);
    }

    @ProcessElement
    public void process(@Element ShedCount count, OutputReceiver<KV<String, ShedLedger>> out) {
      shed.inc(count.shed());
      out.output(KV.of(output, ShedLedger.of(output, count)));
    }
  }

  /** Each ledger replaces the one before. */
  static final class RevisionFn extends DoFn<KV<String, ShedLedger>, ShedLedger> {

    private static final long serialVersionUID = 1L;

    @StateId("epoch")
    private final StateSpec<ValueState<Long>> epochSpec = Epochs.state();

    private transient Epochs epochs;

    @Setup
    public void setUp() {
      epochs = new Epochs(System::currentTimeMillis);
    }

    @ProcessElement
    public void process(
        @Element KV<String, ShedLedger> row,
        PaneInfo pane,
        @StateId("epoch") ValueState<Long> state,
        OutputReceiver<ShedLedger> out) {
      long epoch = epochs.of(row.getKey(), state);
      out.output(row.getValue().withRevision(new Revision(epoch, pane.getIndex()).number()));
    }
  }
}
