package dhara.connectors.delivery;

import dhara.events.DeadLetter;
import dhara.metrics.MeteredStep;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
  private transient @Nullable Memory rows;
  private transient @Nullable RowQueue queue;

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
    rows = new Memory(new HashMap<>());
    queue = RowQueue.EMPTY;
  }

  @ProcessElement
  public void process(@Element Parcel parcel, OutputReceiver<DeadLetter> out)
      throws InterruptedException {
    rows.put(queue.tail(), Waiting.fresh(parcel));
    queue = queue.longer();
    // A bundle of a batch engine may be the whole backfill.
    if (queue.size() >= 2L * terms.inFlight()) {
      empty(out::output);
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext bundle) throws InterruptedException {
    empty(
        letter ->
            bundle.output(letter, GlobalWindow.INSTANCE.maxTimestamp(), GlobalWindow.INSTANCE));
  }

  private void empty(Consumer<DeadLetter> undelivered) throws InterruptedException {
    while (queue.size() > 0) {
      long now = System.currentTimeMillis();
      queue = rounds.run(rows, queue, now, undelivered);
      if (queue.size() > 0) {
        TimeUnit.MILLISECONDS.sleep(Math.max(1, queue.wakeMillis() - now));
      }
    }
  }

  @Teardown
  public void close() {
    if (courier != null) {
      courier.leave();
      courier = null;
    }
  }

  /** Rows in memory. */
  private record Memory(Map<Long, Waiting> rows) implements Slots {

    @Override
    public @Nullable Waiting get(long position) {
      return rows.get(position);
    }

    @Override
    public void put(long position, Waiting row) {
      rows.put(position, row);
    }

    @Override
    public void remove(long position) {
      rows.remove(position);
    }
  }
}
