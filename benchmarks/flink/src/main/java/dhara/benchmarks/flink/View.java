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

/**
 * The fields of an event that the job needs, with a hand-written serializer, which is faster than
 * Flink's for POJOs.
 */
@TypeInfo(View.Info.class)
final class View {

  String key = "";
  int bitrate;
  boolean error;
  long at;

  /** Finds the serializer. */
  public static final class Info extends TypeInfoFactory<View> {
    @Override
    public TypeInformation<View> createTypeInfo(
        Type type, Map<String, TypeInformation<?>> parameters) {
      return new HandType<>(View.class, new Serializer());
    }
  }

  /** Field after field. */
  static final class Serializer extends HandSerializer<View> {

    private static final long serialVersionUID = 1L;

    @Override
    public View createInstance() {
      return new View();
    }

    @Override
    public View copy(View from, View to) {
      to.key = from.key;
      to.bitrate = from.bitrate;
      to.error = from.error;
      to.at = from.at;
      return to;
    }

    @Override
    public void serialize(View view, DataOutputView out) throws IOException {
      StringValue.writeString(view.key, out);
      out.writeInt(view.bitrate);
      out.writeBoolean(view.error);
      out.writeLong(view.at);
    }

    @Override
    public View deserialize(View view, DataInputView in) throws IOException {
      view.key = StringValue.readString(in);
      view.bitrate = in.readInt();
      view.error = in.readBoolean();
      view.at = in.readLong();
      return view;
    }

    @Override
    public TypeSerializerSnapshot<View> snapshotConfiguration() {
      return new Snapshot();
    }

    /** The format has one version. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<View> {
      /** Made by name. */
      public Snapshot() {
        super(Serializer::new);
      }
    }
  }
}
