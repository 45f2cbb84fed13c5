package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;

import dhara.cli.TypedOption;
import dhara.options.DharaOptions;
import dhara.parity.visits.Visits;
import dhara.pipelines.Analysis;
import dhara.testkit.OptionsRead;
import dhara.testkit.Oracle;
import dhara.testkit.TestData;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An option that an analysis takes has an effect: it is read when the pipeline is built. */
class OptionsReadTest {

  static List<String> analyses() {
    return TestData.analyses();
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void noOptionOfAnAnalysisIsIgnored(String name) {
    Analysis<?> analysis = Analysis.all().get(name);
    Set<String> read = new TreeSet<>();
    for (List<String> run : Oracle.of(name).runs()) {
      read.addAll(OptionsRead.getters(analysis, run));
    }

    Set<String> ignored = new TreeSet<>();
    for (TypedOption option : TypedOption.of(analysis.options())) {
      String getter =
          "get" + Character.toUpperCase(option.name().charAt(0)) + option.name().substring(1);
      if (!option.owner().isAssignableFrom(DharaOptions.class) && !read.contains(getter)) {
        ignored.add("--" + option.name());
      }
    }
    assertThat(name + " takes options that it ignores", ignored, is(empty()));
  }

  @Test
  void whatIsReadIsSeen() {
    assertThat(
        OptionsRead.getters(new Visits(), List.of()),
        hasItems("getWindow", "getEvery", "getGap", "getLateness"));
  }
}
