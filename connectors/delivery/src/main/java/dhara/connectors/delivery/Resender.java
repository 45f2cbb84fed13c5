package dhara.connectors.delivery;

import dhara.connectors.RowSender;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Sends rows by the terms of an endpoint, as a backfill does, but outside of a pipeline. */
public final class Resender implements RowSender {

  private final Courier courier;
  private final MemoryQueue queue;

  private Resender(DeliveryTerms terms, Courier courier) {
    this.courier = courier;
    this.queue = new MemoryQueue(new Round(terms, courier, RoundCounts.NONE));
  }

  /**
   * Opens the client of a system.
   *
   * @throws dhara.options.SecretReference.Missing if a secret is missing on this machine
   */
  public static Resender open(DeliveryTerms terms, Carrier.Opening opening) {
    return new Resender(terms, Courier.join(UUID.randomUUID().toString(), terms, opening));
  }

  @Override
  public Map<String, String> send(List<SentRow> rows) throws InterruptedException {
    Map<String, String> names = new HashMap<>();
    for (SentRow row : rows) {
      names.put(Round.position(row.name()), row.name());
      queue.add(new Parcel(row.name(), row.key(), row.json()));
    }
    Map<String, String> untaken = new HashMap<>();
    queue.empty(letter -> untaken.put(names.get(letter.position()), letter.text()));
    return untaken;
  }

  @Override
  public void close() {
    courier.leave();
  }
}
