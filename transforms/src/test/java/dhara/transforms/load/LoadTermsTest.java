package dhara.transforms.load;

import static dhara.transforms.load.LoadLevel.EMERGENCY;
import static dhara.transforms.load.LoadLevel.ESSENTIAL;
import static dhara.transforms.load.LoadLevel.NORMAL;
import static dhara.transforms.load.LoadLevel.REDUCED;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadTermsTest {

  private static final LoadTerms TERMS = LoadTerms.of(30_000, 0.8, 0.9, 0.95);

  @ParameterizedTest
  @CsvSource({
    // a level begins at its share, however low the one before was
    "NORMAL, 0.0, NORMAL",
    "NORMAL, 0.79, NORMAL",
    "NORMAL, 0.8, REDUCED",
    "NORMAL, 0.89, REDUCED",
    "NORMAL, 0.9, ESSENTIAL",
    "NORMAL, 0.94, ESSENTIAL",
    "NORMAL, 0.95, EMERGENCY",
    "NORMAL, 20, EMERGENCY",
    "REDUCED, 0.95, EMERGENCY",
    // it ends only below the margin
    "REDUCED, 0.79, REDUCED",
    "REDUCED, 0.71, REDUCED",
    "REDUCED, 0.69, NORMAL",
    "ESSENTIAL, 0.81, ESSENTIAL",
    "ESSENTIAL, 0.79, REDUCED",
    "ESSENTIAL, 0.71, REDUCED",
    "ESSENTIAL, 0.69, NORMAL",
    "EMERGENCY, 0.94, EMERGENCY",
    "EMERGENCY, 0.86, EMERGENCY",
    "EMERGENCY, 0.84, ESSENTIAL",
    "EMERGENCY, 0.79, REDUCED",
    "EMERGENCY, 0.0, NORMAL"
  })
  void theNextLevelDependsOnTheLoadAndOnTheLevelSoFar(LoadLevel now, double load, LoadLevel next) {
    assertThat(TERMS.next(now, load), is(next));
  }

  @Test
  void aLoadThatSwingsAroundAShareSwitchesTheLevelOnce() {
    LoadLevel level = NORMAL;
    int switches = 0;
    for (int i = 0; i < 40; i++) {
      LoadLevel next = TERMS.next(level, i % 2 == 0 ? 0.78 : 0.82);
      switches += next == level ? 0 : 1;
      level = next;
    }
    assertThat(switches, is(1));
    assertThat(level, is(REDUCED));
  }

  @Test
  void aLevelIncludesThoseBeforeIt() {
    assertThat(EMERGENCY.atLeast(ESSENTIAL), is(true));
    assertThat(ESSENTIAL.atLeast(ESSENTIAL), is(true));
    assertThat(REDUCED.atLeast(ESSENTIAL), is(false));
    assertThat(
        List.of(NORMAL, REDUCED, ESSENTIAL, EMERGENCY).stream().map(LoadLevel::number).toList(),
        is(List.of(0, 1, 2, 3)));
  }

  @Test
  void workersReadTheTermsFromTheirText() {
    assertThat(LoadTerms.parse(TERMS.text()), is(TERMS));
    assertThat(LoadTerms.of(30_000, 0.8, 0.9, 0.95), is(not(TERMS))); // another run
  }

  @Test
  void sharesThatDoNotRiseAreRefused() {
    var refused =
        assertThrows(IllegalArgumentException.class, () -> LoadTerms.of(1, 0.9, 0.9, 0.95));
    assertThat(
        refused.getMessage(),
        is("each level begins above the one before, but they begin at 0.9, 0.9 and 0.95"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> LoadTerms.of(0, 0.8, 0.9, 0.95))
            .getMessage(),
        containsString("0 ms"));
  }
}
