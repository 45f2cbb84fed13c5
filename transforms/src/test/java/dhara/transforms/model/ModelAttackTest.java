package dhara.transforms.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItems;

import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The files that a release of a model names. */
class ModelAttackTest {

  private static final List<String> LINEAR =
      List.of("\"features\":[\"amount\",\"age\"]", "\"bias\":-1.5", "\"weights\":[0.25,5e-1]");

  private static final String HELD = "amount,label,age\n1.5,1,\n,0,2e3\n\"-7\",0,0.1\n";

  private static byte[] linear(SplittableRandom random) {
    String text =
        random.nextInt(3) == 0
            ? "{" + String.join(",", LINEAR) + "}"
            : Hostile.object(LINEAR, random);
    return random.nextBoolean() ? Hostile.bytes(text) : Hostile.broken(Hostile.bytes(text), random);
  }

  private static byte[] held(SplittableRandom random) {
    String[] cells = HELD.split(",", -1);
    int cell = random.nextInt(cells.length);
    switch (random.nextInt(4)) {
      case 0 -> cells[cell] = Hostile.number(random);
      case 1 -> cells[cell] = Hostile.text(random);
      default -> {}
    }
    byte[] text = Hostile.bytes(String.join(",", cells));
    return random.nextBoolean() ? text : Hostile.broken(text, random);
  }

  @Test
  void aFileIsALinearModelOrIsRefused() {
    Map<String, Long> ends =
        Attack.of("linear models", 30)
            .on(
                ModelAttackTest::linear,
                bytes -> {
                  try (Model model = new LinearFormat().read(bytes)) {
                    float[][] row = {new float[model.features().size()]};
                    double[] score = new double[1];
                    model.score(row, 1, score);
                    if (!(score[0] >= 0 && score[0] <= 1)) {
                      throw new AssertionError("a probability of " + score[0]);
                    }
                    return "a model";
                  } catch (BadModel e) {
                    return "refused";
                  }
                });

    assertThat(ends.keySet(), hasItems("a model", "refused"));
  }

  @Test
  void aFileIsAHeldSetOrIsRefused() {
    Map<String, Long> ends =
        Attack.of("held sets", 30)
            .on(
                ModelAttackTest::held,
                bytes -> {
                  try {
                    HeldSet.parse(bytes).rows(List.of("amount", "age"));
                    return "a held set";
                  } catch (BadModel e) {
                    return "refused";
                  }
                });

    assertThat(ends.keySet(), hasItems("a held set", "refused"));
  }

  @Test
  void aUriOfDataIsReadOrIsRefused() {
    byte[] good = Hostile.bytes("data:application/linear;base64,e30=");
    Map<String, Long> ends =
        Attack.of("models in URIs", 10)
            .on(
                random -> random.nextBoolean() ? good : Hostile.broken(good, random),
                bytes -> {
                  String uri = new String(bytes, UTF_8);
                  if (!uri.startsWith("data:")) {
                    return "another URI";
                  }
                  try {
                    ModelFormats.extension(uri);
                    ModelFiles.read("model", uri, "no hash");
                    throw new AssertionError("it has no such hash");
                  } catch (BadModel e) {
                    return "refused";
                  }
                });

    assertThat(ends.keySet(), hasItems("refused"));
  }
}
