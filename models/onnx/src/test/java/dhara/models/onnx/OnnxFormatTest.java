package dhara.models.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dhara.transforms.model.BadModel;
import dhara.transforms.model.LinearFormat;
import dhara.transforms.model.Model;
import dhara.transforms.model.ModelFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OnnxFormatTest {

  private static final int FEATURES = 19;
  private static final List<String> NAMES =
      IntStream.range(0, FEATURES).mapToObj(n -> "f" + n).toList();

  private static final LogisticOnnx LOGISTIC =
      new LogisticOnnx(
          NAMES, IntStream.range(0, FEATURES).mapToObj(n -> (n % 7 - 3) / 8f).toList(), 0.25f);

  private static float[][] rows(int count) {
    SplittableRandom random = new SplittableRandom(11);
    float[][] rows = new float[count][FEATURES];
    for (float[] row : rows) {
      for (int n = 0; n < row.length; n++) {
        row[n] = random.nextInt(5) == 0 ? Float.NaN : (float) random.nextDouble(-4, 4);
      }
    }
    return rows;
  }

  @Test
  void itIsFoundAsAFormat() {
    List<ModelFormat> formats =
        ServiceLoader.load(ModelFormat.class).stream().map(ServiceLoader.Provider::get).toList();

    assertThat(formats, hasItem(instanceOf(OnnxFormat.class)));
    assertThat(new OnnxFormat().extension(), is("onnx"));
  }

  @Test
  void theScoresAreThoseOfTheSameLinearModel() {
    String json =
        "{\"features\":[%s],\"bias\":0.25,\"weights\":%s}"
            .formatted(
                String.join(",", NAMES.stream().map(name -> '"' + name + '"').toList()),
                LOGISTIC.weights());
    float[][] rows = rows(500);
    double[] scores = new double[rows.length];
    double[] expected = new double[rows.length];
    try (Model onnx = new OnnxFormat().read(LOGISTIC.bytes());
        Model linear = new LinearFormat().read(json.getBytes(UTF_8))) {
      onnx.score(rows, rows.length, scores);
      linear.score(rows, rows.length, expected);

      assertThat(onnx.features(), is(NAMES));
      for (int n = 0; n < rows.length; n++) {
        assertThat("row " + n, scores[n], is(closeTo(expected[n], 1e-6)));
      }
    }
  }

  @Test
  void aRowHasTheSameBitsAloneAndInEveryBatch() {
    float[][] rows = rows(256);
    double[] together = new double[rows.length];
    try (Model model = new OnnxFormat().read(LOGISTIC.bytes())) {
      model.score(rows, rows.length, together);
      for (int size : new int[] {1, 2, 3, 7, 64, 255}) {
        for (int from = 0; from + size <= rows.length; from += size) {
          float[][] some = Arrays.copyOfRange(rows, from, from + size);
          double[] scores = new double[size];
          model.score(some, size, scores);
          for (int n = 0; n < size; n++) {
            assertThat(
                "row %d in a batch of %d".formatted(from + n, size),
                Double.doubleToLongBits(scores[n]),
                is(Double.doubleToLongBits(together[from + n])));
          }
        }
      }
    }
  }

  @Test
  void onlyTheFirstRowsAreScored() {
    float[][] rows = rows(3);
    double[] scores = {-1, -1, -1};
    try (Model model = new OnnxFormat().read(LOGISTIC.bytes())) {
      model.score(rows, 2, scores);
      model.score(rows, 0, new double[0]);
    }
    assertThat(scores[2], is(-1.0));
  }

  @Test
  void aBadModelSaysWhatIsWrong() {
    assertThat(wrong("no ONNX".getBytes(UTF_8)), containsString("cannot read the model"));
    assertThat(
        wrong(changed(ModelProto.Builder::clearMetadataProps)),
        containsString("no metadata property features"));
    assertThat(
        wrong(
            changed(
                model -> {
                  GraphProto.Builder graph = model.getGraphBuilder();
                  graph.getOutputBuilder(0).setName("score");
                  graph.getNodeBuilder(graph.getNodeCount() - 1).setOutput(0, "score");
                })),
        containsString("no probability of the type float[rows, 1]"));
    assertThat(
        wrong(new LogisticOnnx(List.of("a", "a"), List.of(1f, 1f), 0).bytes()),
        containsString("each is there once: a,a"));
    assertThat(
        wrong(new LogisticOnnx(List.of("a,b"), List.of(1f), 0).bytes()),
        containsString("no features of the type float[rows, 2]"));
  }

  /** The runtime would end the process if it were started in an ordinary thread. */
  @Test
  void itStartsInAProcessWithALongCommandLine() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OnnxFormatTest.class.getName(),
                "x".repeat(100_000))
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(printed, process.waitFor(), is(0));
    assertThat(printed, containsString("read " + NAMES));
  }

  /** Reads a model. */
  public static void main(String... arguments) {
    try (Model model = new OnnxFormat().read(LOGISTIC.bytes())) {
      System.out.println("read " + model.features());
    }
  }

  /** The logistic model with a change. */
  private static byte[] changed(Consumer<ModelProto.Builder> change) {
    try {
      ModelProto.Builder model = ModelProto.parseFrom(LOGISTIC.bytes()).toBuilder();
      change.accept(model);
      return model.build().toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String wrong(byte[] bytes) {
    return assertThrows(BadModel.class, () -> new OnnxFormat().read(bytes)).getMessage();
  }
}
