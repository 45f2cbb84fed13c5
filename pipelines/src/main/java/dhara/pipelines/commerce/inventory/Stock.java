package dhara.pipelines.commerce.inventory;

import dhara.pipelines.commerce.inventory.StockCommand.Line;
import dhara.pipelines.commerce.inventory.StockOutcome.Reason;
import dhara.records.RecordCoder;
import dhara.transforms.order.PartedMap;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is remembered of a warehouse. A command uses a few products and one order of it, so it is
 * kept in parts, of which most stay encoded.
 *
 * @param shelves the stock of each product that has some, or is low
 * @param orders the orders with reservations, and those whose reservation has ended lately
 */
record Stock(PartedMap<Shelf> shelves, PartedMap<Order> orders) {

  /** A product without stock. */
  private static final Shelf EMPTY = new Shelf(0, 0, false);

  /**
   * The stock of a product.
   *
   * @param onHand all units
   * @param reserved those of them that are set aside, at most all of them
   * @param low whether it ran low and has not recovered
   */
  record Shelf(long onHand, long reserved, boolean low) {

    long available() {
      return onHand - reserved;
    }

    Shelf plus(long moreOnHand, long moreReserved) {
      return new Shelf(onHand + moreOnHand, reserved + moreReserved, low);
    }
  }

  /**
   * An order.
   *
   * @param reservedBy the id of its command
   * @param until when its reservation expires or, if it has ended, when it is forgotten
   * @param lines the units that are reserved
   * @param ended why commands about it are rejected; null if its units are reserved
   */
  record Order(String reservedBy, Instant until, List<Line> lines, @Nullable Reason ended) {

    @Nullable Instant expires() {
      return ended == null ? until : null;
    }
  }

  static Stock empty() {
    return new Stock(Form.SHELVES.empty(), Form.ORDERS.empty());
  }

  boolean isEmpty() {
    return shelves.isEmpty() && orders.isEmpty();
  }

  Shelf shelf(String product) {
    Shelf shelf = shelves.get(product);
    return shelf == null ? EMPTY : shelf;
  }

  void put(String product, Shelf shelf) {
    if (shelf.equals(EMPTY)) {
      shelves.remove(product);
    } else {
      shelves.put(product, shelf);
    }
  }

  /** The coder: the shelves, then the orders. */
  static final class Form extends AtomicCoder<Stock> {

    private static final long serialVersionUID = 1L;

    private static final PartedMap.Form<Shelf> SHELVES =
        PartedMap.form(RecordCoder.of(Shelf.class));
    private static final PartedMap.Form<Order> ORDERS =
        PartedMap.form(RecordCoder.of(Order.class)).due(Order::expires);

    @Override
    public void encode(Stock stock, OutputStream out) throws IOException {
      SHELVES.encode(stock.shelves, out);
      ORDERS.encode(stock.orders, out);
    }

    @Override
    public Stock decode(InputStream in) throws IOException {
      return new Stock(SHELVES.decode(in), ORDERS.decode(in));
    }
  }
}
