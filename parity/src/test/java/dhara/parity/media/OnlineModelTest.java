package dhara.parity.media;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.media.learning.OnlineModel;
import dhara.testkit.Built;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The models that are planted in the scenario do what they should; bad options name the fix. */
class OnlineModelTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> ONLINE_MODEL = Analysis.all().get("online-model");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theTrueAndTheTimidModelServeAndTheInvertedOneIsRefused(long seed)
      throws JsonProcessingException {
    Map<String, List<String>> settled =
        Oracle.settled(ONLINE_MODEL, Inputs.of(ONLINE_MODEL, seed, 1_500), List.of());

    Set<String> versions = new TreeSet<>();
    List<Double> losses = new ArrayList<>();
    for (String row : settled.get("served")) {
      JsonNode served = JSON.readTree(row);
      versions.add(served.get("version").asText());
      if (served.get("impressions").asLong() > 150
          && served.get("version").asText().equals("true")) {
        losses.add(served.get("log_loss").asDouble());
      }
    }
    assertThat(versions, is(Set.of("true", "timid")));
    assertThat(settled.get("refusals").size(), is(1));
    assertThat(settled.get("refusals").get(0), containsString("\"version\":\"inverted\""));
    // What the truth loses in expectation is less than what guessing the rate of all does.
    assertThat(losses.stream().allMatch(loss -> loss > 0.3 && loss < 0.55), is(true));
  }

  private static String refused(Path folder, Consumer<OnlineModel.Options> bad) {
    return assertThrows(
            BadOption.class,
            () ->
                Built.overFiles(
                    ONLINE_MODEL, folder, given -> bad.accept(given.as(OnlineModel.Options.class))))
        .getMessage();
  }

  @Test
  void badOptionsNameTheFix(@TempDir Path folder) {
    String hash = "0123456789abcdef".repeat(4);
    assertThat(
        refused(folder, options -> options.setBuckets(1_000)),
        is("--buckets=1000: is not a power of two from 2 to 65536, e.g. --buckets=1024"));
    assertThat(
        refused(folder, options -> options.setBuckets(1 << 17)),
        containsString("e.g. --buckets=1024"));
    assertThat(refused(folder, options -> options.setAlpha(0)), containsString("e.g. --alpha=0.1"));
    assertThat(
        refused(folder, options -> options.setL1(-1)),
        is("--l1=-1.0: is not zero or more, e.g. --l1=0.5"));
    assertThat(
        refused(folder, options -> options.setBeta(Double.NaN)), containsString("--beta=NaN"));
    assertThat(
        refused(folder, options -> options.setL2(Double.POSITIVE_INFINITY)),
        containsString("--l2=Infinity"));
    assertThat(
        refused(folder, options -> options.setHeld("gs://b/held.csv")),
        containsString("--heldSha256"));
    assertThat(
        refused(folder, options -> options.setHeldSha256(hash)), containsString("--held=URI"));
    assertThat(
        refused(
            folder,
            options -> {
              options.setHeld("gs://b/held.csv");
              options.setHeldSha256(hash.toUpperCase(Locale.ROOT));
            }),
        containsString("as sha256sum prints it"));
    assertThat(
        refused(folder, options -> options.setModelFloor(1.5)),
        containsString("is not from 0 to 1"));
    assertThat(
        refused(folder, options -> options.setModelMargin(-0.1)),
        containsString("is not from 0 to 1"));
  }
}
