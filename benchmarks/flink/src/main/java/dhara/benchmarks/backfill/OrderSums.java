package dhara.benchmarks.backfill;

import dhara.benchmarks.flink.HandSerializer;
import dhara.benchmarks.flink.HandType;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** The sums of a window. Flink's state of batches keeps them as they are, on the heap. */
final class OrderSums {

  /** Their type. */
  static final TypeInformation<OrderSums> TYPE = new HandType<>(OrderSums.class, new Serializer());

  private Set<String> orders = new HashSet<>();
  private Set<String> buyers = new HashSet<>();
  private Set<String> cancellations = new HashSet<>();
  private long gmvMinor;
  private long items;
  private long cancelledMinor;
  private long lastOrderAt = OrderAnswer.NEVER;

  private void add(Bought line) {
    long value = line.quantity * line.unitMinor;
    if (line.quantity < 0) {
      cancellations.add(line.order);
      cancelledMinor -= value;
      return;
    }
    orders.add(line.order);
    if (!line.customer.isEmpty()) {
      buyers.add(line.customer);
    }
    gmvMinor += value;
    items += line.quantity;
    lastOrderAt = Math.max(lastOrderAt, line.at);
  }

  private OrderSums add(OrderSums other) {
    orders.addAll(other.orders);
    buyers.addAll(other.buyers);
    cancellations.addAll(other.cancellations);
    gmvMinor += other.gmvMinor;
    items += other.items;
    cancelledMinor += other.cancelledMinor;
    lastOrderAt = Math.max(lastOrderAt, other.lastOrderAt);
    return this;
  }

  OrderAnswer answer() {
    return new OrderAnswer(
        orders.size(),
        buyers.size(),
        gmvMinor,
        items,
        cancellations.size(),
        cancelledMinor,
        lastOrderAt);
  }

  /** Adds lines up. */
  static final class Add implements AggregateFunction<Bought, OrderSums, OrderSums> {

    private static final long serialVersionUID = 1L;

    @Override
    public OrderSums createAccumulator() {
      return new OrderSums();
    }

    @Override
    public OrderSums add(Bought line, OrderSums sums) {
      sums.add(line);
      return sums;
    }

    @Override
    public OrderSums getResult(OrderSums sums) {
      return sums;
    }

    @Override
    public OrderSums merge(OrderSums one, OrderSums other) {
      return one.add(other);
    }
  }

  /** Component after component. */
  static final class Serializer extends HandSerializer<OrderSums> {

    private static final long serialVersionUID = 1L;

    @Override
    public OrderSums createInstance() {
      return new OrderSums();
    }

    @Override
    public OrderSums copy(OrderSums from, OrderSums to) {
      to.orders = new HashSet<>(from.orders);
      to.buyers = new HashSet<>(from.buyers);
      to.cancellations = new HashSet<>(from.cancellations);
      to.gmvMinor = from.gmvMinor;
      to.items = from.items;
      to.cancelledMinor = from.cancelledMinor;
      to.lastOrderAt = from.lastOrderAt;
      return to;
    }

    @Override
    public void serialize(OrderSums sums, DataOutputView out) throws IOException {
      write(sums.orders, out);
      write(sums.buyers, out);
      write(sums.cancellations, out);
      out.writeLong(sums.gmvMinor);
      out.writeLong(sums.items);
      out.writeLong(sums.cancelledMinor);
      out.writeLong(sums.lastOrderAt);
    }

    @Override
    public OrderSums deserialize(OrderSums sums, DataInputView in) throws IOException {
      sums.orders = read(in);
      sums.buyers = read(in);
      sums.cancellations = read(in);
      sums.gmvMinor = in.readLong();
      sums.items = in.readLong();
      sums.cancelledMinor = in.readLong();
      sums.lastOrderAt = in.readLong();
      return sums;
    }

    private static void write(Set<String> ids, DataOutputView out) throws IOException {
      out.writeInt(ids.size());
      for (String id : ids) {
        StringValue.writeString(id, out);
      }
    }

    private static Set<String> read(DataInputView in) throws IOException {
      Set<String> ids = new HashSet<>();
      for (int left = in.readInt(); left > 0; left--) {
        ids.add(StringValue.readString(in));
      }
      return ids;
    }

    @Override
    public TypeSerializerSnapshot<OrderSums> snapshotConfiguration() {
      return new Snapshot();
    }

    /** The format has one version. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<OrderSums> {
      /** Made by name. */
      public Snapshot() {
        super(Serializer::new);
      }
    }
  }
}
