package dhara.transforms.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearFormatTest {

  private static Model read(String json) {
    return new LinearFormat().read(json.getBytes(UTF_8));
  }

  @Test
  void aRowHasTheLogisticOfItsWeightedSumAndAMissingValueAddsNothing() {
    try (Model model = read("{\"features\":[\"a\",\"b\"],\"bias\":-1,\"weights\":[2,0.5]}")) {
      double[] scores = new double[3];

      model.score(
          new float[][] {{1, 2}, {Float.NaN, 2}, {Float.NaN, Float.NaN}, {9, 9}}, 3, scores);

      assertThat(model.features(), is(List.of("a", "b")));
      assertThat(scores[0], is(closeTo(1 / (1 + Math.exp(-2)), 1e-15)));
      assertThat(scores[1], is(0.5));
      assertThat(scores[2], is(closeTo(1 / (1 + Math.exp(1)), 1e-15)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "weights | a linear model is a JSON object, and this is not JSON",
        "[] | this is none",
        "{\"features\":[\"a\"],\"bias\":0} | has the fields features, bias and weights",
        "{\"features\":[\"a\"],\"bias\":0,\"weights\":[1,2]} | 2 weights for 1 features",
        "{\"features\":[],\"bias\":0,\"weights\":[]} | 0 weights for 0 features",
        "{\"features\":[\"a\",\"a\"],\"bias\":0,\"weights\":[1,2]} | each feature once",
        "{\"features\":[1],\"bias\":0,\"weights\":[1]} | features are names",
        "{\"features\":\"a\",\"bias\":0,\"weights\":[1]} | features is an array",
        "{\"features\":[\"a\"],\"bias\":\"0\",\"weights\":[1]} | bias is a finite number",
        "{\"features\":[\"a\"],\"bias\":0,\"weights\":[1e999]} | a weight is a finite number",
        "{\"features\":[\"a\"],\"bias\":0,\"weight\":[1]} | has no field weight",
        "{\"features\":[\"a\"],\"bias\":0,\"weights\":[1]} 7 | comes after the linear model",
        "{\"features\":[\"a\"],\"bias\":0,\"weights\":[1] | not JSON",
      })
  void aBadModelSaysWhatIsWrong(String json, String message) {
    assertThat(
        assertThrows(BadModel.class, () -> read(json)).getMessage(), containsString(message));
  }
}
