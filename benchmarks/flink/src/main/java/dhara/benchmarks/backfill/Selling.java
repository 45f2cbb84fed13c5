package dhara.benchmarks.backfill;

import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/** A product and its numbers in a window; a POJO, for Flink's serializer: there are few. */
public final class Selling {

  /** Its type. */
  static final TypeInformation<Selling> TYPE =
      Types.POJO(
          Selling.class,
          Map.of(
              "start", Types.LONG,
              "product", Types.STRING,
              "orders", Types.LONG,
              "buyers", Types.LONG,
              "gmvMinor", Types.LONG,
              "items", Types.LONG,
              "lastOrderAt", Types.LONG));

  /** The start of the window, epoch milliseconds. */
  public long start;

  /** The product's code. */
  public String product = "";

  /** Distinct orders. */
  public long orders;

  /** Distinct customers. */
  public long buyers;

  /** Value of the units bought. */
  public long gmvMinor;

  /** Units bought. */
  public long items;

  /** When the last order came, epoch milliseconds. */
  public long lastOrderAt;

  /** Filled by Flink. */
  public Selling() {}

  Selling(long start, String product, OrderAnswer answer) {
    this.start = start;
    this.product = product;
    this.orders = answer.orders();
    this.buyers = answer.buyers();
    this.gmvMinor = answer.gmvMinor();
    this.items = answer.items();
    this.lastOrderAt = answer.lastOrderAt();
  }

  /** Its numbers; cancellations are not among them, because the top products do not show them. */
  OrderAnswer answer() {
    return new OrderAnswer(orders, buyers, gmvMinor, items, 0, 0, lastOrderAt);
  }
}
