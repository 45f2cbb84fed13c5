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

/** A view that may come twice, with its id. */
@TypeInfo(Report.Info.class)
final class Report {

  String id = "";
  View view = new View();

  /** Finds the serializer. */
  public static final class Info extends TypeInfoFactory<Report> {
    @Override
    public TypeInformation<Report> createTypeInfo(
        Type type, Map<String, TypeInformation<?>> parameters) {
      return new HandType<>(Report.class, new Serializer());
    }
  }

  /** Field after field. */
  static final class Serializer extends HandSerializer<Report> {

    private static final long serialVersionUID = 1L;

    private final View.Serializer views = new View.Serializer();

    @Override
    public Report createInstance() {
      return new Report();
    }

    @Override
    public Report copy(Report from, Report to) {
      to.id = from.id;
      views.copy(from.view, to.view);
      return to;
    }

    @Override
    public void serialize(Report report, DataOutputView out) throws IOException {
      StringValue.writeString(report.id, out);
      views.serialize(report.view, out);
    }

    @Override
    public Report deserialize(Report report, DataInputView in) throws IOException {
      report.id = StringValue.readString(in);
      views.deserialize(report.view, in);
      return report;
    }

    @Override
    public TypeSerializerSnapshot<Report> snapshotConfiguration() {
      return new Snapshot();
    }

    /** The format has one version. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Report> {
      /** Made by name. */
      public Snapshot() {
        super(Serializer::new);
      }
    }
  }
}
