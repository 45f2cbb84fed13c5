package dhara.benchmarks.backfill;

import dhara.benchmarks.flink.HandSerializer;
import dhara.benchmarks.flink.HandType;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** The fields of an order line that the job needs, with a hand-written serializer. */
@TypeInfo(Bought.Info.class)
final class Bought {

  /** Empty behind the step that finds copies, which alone needs it. */
  String id = "";

  long at;
  String order = "";
  String product = "";
  String country = "";

  /** Empty if unknown. */
  String customer = "";

  long quantity;
  long unitMinor;

  /** Finds the serializer. */
  public static final class Info extends TypeInfoFactory<Bought> {
    @Override
    public TypeInformation<Bought> createTypeInfo(
        Type type, Map<String, TypeInformation<?>> parameters) {
      return new HandType<>(Bought.class, new Serializer());
    }
  }

  /** Field after field. */
  static final class Serializer extends HandSerializer<Bought> {

    private static final long serialVersionUID = 1L;

    @Override
    public Bought createInstance() {
      return new Bought();
    }

    @Override
    public Bought copy(Bought from, Bought to) {
      to.id = from.id;
      to.at = from.at;
      to.order = from.order;
      to.product = from.product;
      to.country = from.country;
      to.customer = from.customer;
      to.quantity = from.quantity;
      to.unitMinor = from.unitMinor;
      return to;
    }

    @Override
    public void serialize(Bought line, DataOutputView out) throws IOException {
      StringValue.writeString(line.id, out);
      out.writeLong(line.at);
      StringValue.writeString(line.order, out);
      StringValue.writeString(line.product, out);
      StringValue.writeString(line.country, out);
      StringValue.writeString(line.customer, out);
      out.writeLong(line.quantity);
      out.writeLong(line.unitMinor);
    }

    @Override
    public Bought deserialize(Bought line, DataInputView in) throws IOException {
      line.id = StringValue.readString(in);
      line.at = in.readLong();
      line.order = StringValue.readString(in);
      line.product = StringValue.readString(in);
      line.country = StringValue.readString(in);
      line.customer = StringValue.readString(in);
      line.quantity = in.readLong();
      line.unitMinor = in.readLong();
      return line;
    }

    @Override
    public TypeSerializerSnapshot<Bought> snapshotConfiguration() {
      return new Snapshot();
    }

    /** The format has one version. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Bought> {
      /** Made by name. */
      public Snapshot() {
        super(Serializer::new);
      }
    }
  }
}
