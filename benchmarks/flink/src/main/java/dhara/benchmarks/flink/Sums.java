package dhara.benchmarks.flink;

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

/** Sums of a key's events in a window: accumulator, partial sum and answer. Changed in place. */
@TypeInfo(Sums.Info.class)
final class Sums {

  String key = "";
  long start;
  long events;
  long sum;
  long min = Long.MAX_VALUE;
  long max = Long.MIN_VALUE;
  long errors;

  Sums add(int bitrate, boolean error) {
    events++;
    sum += bitrate;
    min = Math.min(min, bitrate);
    max = Math.max(max, bitrate);
    errors += error ? 1 : 0;
    return this;
  }

  Sums add(Sums other) {
    events += other.events;
    sum += other.sum;
    min = Math.min(min, other.min);
    max = Math.max(max, other.max);
    errors += other.errors;
    return this;
  }

  /** Finds the serializer. */
  public static final class Info extends TypeInfoFactory<Sums> {
    @Override
    public TypeInformation<Sums> createTypeInfo(
        Type type, Map<String, TypeInformation<?>> parameters) {
      return new HandType<>(Sums.class, new Serializer());
    }
  }

  /** Field after field. */
  static final class Serializer extends HandSerializer<Sums> {

    private static final long serialVersionUID = 1L;

    @Override
    public Sums createInstance() {
      return new Sums();
    }

    @Override
    public Sums copy(Sums from, Sums to) {
      to.key = from.key;
      to.start = from.start;
      to.events = from.events;
      to.sum = from.sum;
      to.min = from.min;
      to.max = from.max;
      to.errors = from.errors;
      return to;
    }

    @Override
    public void serialize(Sums sums, DataOutputView out) throws IOException {
      StringValue.writeString(sums.key, out);
      out.writeLong(sums.start);
      out.writeLong(sums.events);
      out.writeLong(sums.sum);
      out.writeLong(sums.min);
      out.writeLong(sums.max);
      out.writeLong(sums.errors);
    }

    @Override
    public Sums deserialize(Sums sums, DataInputView in) throws IOException {
      sums.key = StringValue.readString(in);
      sums.start = in.readLong();
      sums.events = in.readLong();
      sums.sum = in.readLong();
      sums.min = in.readLong();
      sums.max = in.readLong();
      sums.errors = in.readLong();
      return sums;
    }

    @Override
    public TypeSerializerSnapshot<Sums> snapshotConfiguration() {
      return new Snapshot();
    }

    /** The format has one version. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Sums> {
      /** Made by name. */
      public Snapshot() {
        super(Serializer::new);
      }
    }
  }
}
