package dhara.ledger;

import dhara.ledger.Ledger.Entry;
import dhara.metrics.MeteredStep;
import java.util.EnumMap;
import org.apache.beam.sdk.metrics.Gauge;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Shows the ledger of an input as gauges. After a restart they continue from the restored ledger,
 * while counters restart at zero and count records again that are read again.
 *
 * <p>Data: successive ledgers of any input → nothing. Time: none. State: none.
 */
final class LedgerGauges extends PTransform<PCollection<Ledger>, PDone> {

  private static final long serialVersionUID = 1L;

  private final String input;

  private LedgerGauges(String input) {
    this.input = input;
  }

  /** Shows the ledger of an input. */
  static LedgerGauges of(String input) {
    return new LedgerGauges(input);
  }

  @Override
  public PDone expand(PCollection<Ledger> ledgers) {
    ledgers.apply("Show", ParDo.of(new ShowFn(input)));
    return PDone.in(ledgers.getPipeline());
  }

  static final class ShowFn extends DoFn<Ledger, Void> {

    private static final long serialVersionUID = 1L;

    private final String input;
    private final EnumMap<Entry, Gauge> gauges = new EnumMap<>(Entry.class);

    ShowFn(String input) {
      this.input = input;
      for (Entry entry : Entry.values()) {
        gauges.put(entry, MeteredStep.gauge("ledger." + entry.label()));
      }
    }

    @Setup
    public void setup(PipelineOptions options) {
      MeteredStep.meter(options);
    }

    @ProcessElement
    public void process(@Element Ledger ledger) {
      if (ledger.input().equals(input)) {
        gauges.forEach((entry, gauge) -> gauge.set(ledger.count(entry)));
      }
    }
  }
}
