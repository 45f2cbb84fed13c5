package dhara.connectors.delivery;

import dhara.events.DeadLetter;
import dhara.metrics.MeteredStep;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The queue of a backfill, in memory: a bundle waits until each of its rows has left. The limits
 * are those of each worker.
 */
final class SendFn extends DoFn<Parcel, DeadLetter> {

  private static final long serialVersionUID = 1L;

  private final String id;
  private final DeliveryTerms terms;
  private final Carrier.Opening opening;
  private final DeliveryMetrics metrics = new DeliveryMetrics();
  private transient @Nullable Courier courier;
  private transient @Nullable Round rounds;
  private transient @Nullable MemoryQueue queue;

  SendFn(String id, DeliveryTerms terms, Carrier.Opening opening) {
    this.id = id;
    this.terms = terms;
    this.opening = opening;
  }

  @Setup
  public void open(PipelineOptions options) {
    MeteredStep.meter(options);
    courier = Courier.join(id, terms, opening);
    rounds = new Round(terms, courier, metrics);
  }

  @StartBundle
  public void start() {
    queue = new MemoryQueue(rounds);
  }

  @ProcessElement
  public void process(@Element Parcel parcel, OutputReceiver<DeadLetter> out)
      throws InterruptedException {
    queue.add(parcel);
    // A bundle of a batch engine may be the whole backfill.
    if (queue.size() >= 2L * terms.inFlight()) {
      queue.empty(out::output);
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext bundle) throws InterruptedException {
    queue.empty(
        letter ->
            bundle.output(letter, GlobalWindow.INSTANCE.maxTimestamp(), GlobalWindow.INSTANCE));
  }

  @Teardown
  public void close() {
    if (courier != null) {
      courier.leave();
      courier = null;
    }
  }
}
