package dhara.connectors.delivery;

import dhara.connectors.Connector;
import dhara.connectors.Delivers;
import dhara.connectors.RowFormat;
import dhara.connectors.TooLong;
import dhara.events.DeadLetter;
import dhara.records.RecordCoder;
import dhara.transforms.windows.InGlobalWindow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionTuple;

/**
 * Delivers rows to a system that may fail, at least once each and with the same name each time.
 *
 * <pre>
 *   rows ─▶ queue ─▶ the system
 *             └────▶ dead letters UNDELIVERED
 * </pre>
 *
 * <p>Data: rows → the dead letters of those that were not taken, {@link TooLong#REPLACED}. Time:
 * the wall clock decides when a row is sent, and no answer depends on that. State: in a stream one
 * queue with all rows that are not delivered, of at most {@link DeliveryTerms#queue} rows; a row
 * leaves it when it is delivered or has become a dead letter. A row that comes while the queue is
 * full is a dead letter at once, so that a system that is away for long neither stops the stream
 * nor makes its state grow.
 *
 * <p>In a stream no step waits for the system, so a system that hangs delays no checkpoint. A
 * backfill has no checkpoints; there a bundle is finished when each of its rows has left.
 *
 * @param <T> the rows
 */
public final class Outbox<T> extends PTransform<PCollection<T>, PCollectionTuple> {

  private static final long serialVersionUID = 1L;

  private final RowFormat<T> format;
  private final Deliver deliver;

  private Outbox(RowFormat<T> format, Deliver deliver) {
    this.format = format;
    this.deliver = deliver;
  }

  /**
   * Delivers rows.
   *
   * @param terms how
   * @param opening opens the client of the system on each worker
   */
  public static <T> Outbox<T> of(
      Connector.Rows<T> rows, DeliveryTerms terms, Carrier.Opening opening) {
    return new Outbox<>(rows.format(), new Deliver(UUID.randomUUID().toString(), terms, opening));
  }

  @Override
  public PCollectionTuple expand(PCollection<T> rows) {
    return PCollectionTuple.of(
        TooLong.REPLACED,
        rows.apply("Parcel", ParDo.of(new ParcelFn<>(format)))
            .setCoder(RecordCoder.of(Parcel.class))
            .apply("Global", InGlobalWindow.into())
            .apply("Deliver", deliver));
  }

  /** The two shells around a {@link Round}. */
  private static final class Deliver
      extends PTransform<PCollection<Parcel>, PCollection<DeadLetter>> implements Delivers {

    private static final long serialVersionUID = 1L;

    private final String id;
    private final DeliveryTerms terms;
    private final Carrier.Opening opening;

    Deliver(String id, DeliveryTerms terms, Carrier.Opening opening) {
      this.id = id;
      this.terms = terms;
      this.opening = opening;
    }

    @Override
    public PCollection<DeadLetter> expand(PCollection<Parcel> parcels) {
      PCollection<DeadLetter> undelivered =
          parcels.isBounded() == IsBounded.BOUNDED
              ? parcels.apply("Send", ParDo.of(new SendFn(id, terms, opening)))
              : parcels
                  // One queue, so that the limits and the breaker are those of the whole stream.
                  .apply("Key", WithKeys.of(""))
                  .setCoder(KvCoder.of(StringUtf8Coder.of(), parcels.getCoder()))
                  .apply("Queue", ParDo.of(new QueueFn(id, terms, opening)));
      return undelivered.setCoder(RecordCoder.of(DeadLetter.class));
    }
  }

  private static final class ParcelFn<T> extends DoFn<T, Parcel> {

    private static final long serialVersionUID = 1L;

    private final RowFormat<T> format;

    ParcelFn(RowFormat<T> format) {
      this.format = format;
    }

    @ProcessElement
    public void process(@Element T row, OutputReceiver<Parcel> out) throws IOException {
      out.output(
          new Parcel(
              format.name(row),
              new String(format.jsonKey(row), StandardCharsets.UTF_8),
              new String(format.json(row), StandardCharsets.UTF_8)));
    }
  }
}
