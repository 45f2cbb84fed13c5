package dhara.models.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;

/**
 * A model file that {@link OnnxFormat} reads, while it is built: the input {@code features}, float
 * of [rows, features], the nodes that are added, and the output {@code probability}, float of
 * [rows, 1], which one of the nodes computes. Whoever builds one needs Tribuo's messages of ONNX on
 * the class path; whoever serves a model does not.
 *
 * <pre>{@code
 * OnnxFile.of("logistic", names)
 *     .with(OnnxFile.floats("weights", weights, names.size(), 1))
 *     .with(OnnxFile.node("MatMul", "sum", OnnxFile.FEATURES, "weights"))
 *     .with(OnnxFile.node("Sigmoid", OnnxFile.PROBABILITY, "sum"))
 *     .bytes()
 * }</pre>
 */
public final class OnnxFile {

  /** The name of the input, and of the property with the names of its columns. */
  public static final String FEATURES = OnnxFormat.FEATURES;

  /** The name of the output. */
  public static final String PROBABILITY = OnnxFormat.PROBABILITY;

  /** The domain of the operators of machine learning, such as ensembles of trees. */
  public static final String ML = "ai.onnx.ml";

  /** The versions of the operators that are used, and of the file format that has both. */
  private static final int OPERATORS = 13;

  private static final int ML_OPERATORS = 3;
  private static final int FORMAT = 8;

  private final List<String> features;
  private final GraphProto.Builder graph;

  private OnnxFile(String name, List<String> features) {
    this.features = features;
    this.graph =
        GraphProto.newBuilder()
            .setName(name)
            .addInput(matrix(FEATURES, features.size()))
            .addOutput(matrix(PROBABILITY, 1));
  }

  /**
   * A model without nodes.
   *
   * @param name of the graph
   * @param features the names of the columns, without commas
   */
  public static OnnxFile of(String name, List<String> features) {
    return new OnnxFile(name, features);
  }

  /** The same with one more node. */
  public OnnxFile with(NodeProto.Builder node) {
    graph.addNode(node);
    return this;
  }

  /** The same with one more constant. */
  public OnnxFile with(TensorProto constant) {
    graph.addInitializer(constant);
    return this;
  }

  /** The content of the file. */
  public byte[] bytes() {
    return ModelProto.newBuilder()
        .setIrVersion(FORMAT)
        .setProducerName("dhara")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPERATORS))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(ML).setVersion(ML_OPERATORS))
        .addMetadataProps(
            StringStringEntryProto.newBuilder()
                .setKey(FEATURES)
                .setValue(String.join(",", features)))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  /** A node with one output, whose name it has. */
  public static NodeProto.Builder node(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  /** A constant of so many dimensions, the last of which changes fastest. */
  public static TensorProto floats(String name, List<Float> values, long... dimensions) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .addAllFloatData(values);
    for (long dimension : dimensions) {
      tensor.addDims(dimension);
    }
    return tensor.build();
  }

  /** Any number of rows of so many floats. */
  private static ValueInfoProto matrix(String name, int columns) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT.getNumber())
                        .setShape(
                            TensorShapeProto.newBuilder()
                                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("rows"))
                                .addDim(
                                    TensorShapeProto.Dimension.newBuilder().setDimValue(columns)))))
        .build();
  }
}
