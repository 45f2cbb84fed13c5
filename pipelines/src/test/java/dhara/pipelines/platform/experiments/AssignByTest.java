package dhara.pipelines.platform.experiments;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.pipelines.platform.experiments.ExperimentSetup.Variant;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Users are assigned as by GrowthBook's SDKs. */
class AssignByTest {

  /** The published test cases of the SDKs for hash version 2. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "seed, a, 0.0505",
        "seed, b, 0.2696",
        "foo, ab, 0.2575",
        "foo, def, 0.2019",
        "89123klj, 8952klfjas09ujkasdf, 0.124",
        "90850943850283058242805, 123, 0.7516",
        "()**(%$##$%#$#, ___)((*\":&, 0.0128"
      })
  void theHashIsThatOfGrowthBook(String seed, String user, double hash) {
    assertThat(AssignBy.growthbook.hash(seed, user), is(hash));
  }

  /** {@code printf checkout:user-1 | md5sum} begins with e3f0a632, which is 3,824,199,218. */
  @Test
  void theOtherHashIsTheFirst32BitsOfMd5() {
    assertThat(AssignBy.md5.hash("checkout", "user-1"), is(0.9218));
  }

  private static ExperimentSetup setup(@Nullable Double coverage, double... weights) {
    List<Variant> variants =
        IntStream.range(0, weights.length).mapToObj(i -> new Variant("v" + i, weights[i])).toList();
    return new ExperimentSetup("s", Instant.EPOCH, "foo", variants, coverage, null, null);
  }

  /**
   * The buckets of GrowthBook's cases: [0, 0.04), [0.2, 0.26), [0.5, 0.6). A hash at an end is left
   * out, because there the sums of floating-point numbers decide, as in the SDKs.
   */
  @Test
  void bucketsAreThoseOfGrowthBook() {
    ExperimentSetup setup = setup(0.2, 0.2, 0.3, 0.5);

    for (int user = 0; user < 2_000; user++) {
      double hash = AssignBy.growthbook.hash("foo", "u" + user);
      if (Set.of(0.04, 0.2, 0.26, 0.5, 0.6).contains(hash)) {
        continue;
      }
      int bucket =
          hash < 0.04 ? 0 : hash >= 0.2 && hash < 0.26 ? 1 : hash >= 0.5 && hash < 0.6 ? 2 : -1;
      assertThat("u" + user, setup.assigned("u" + user, AssignBy.growthbook), is(bucket));
    }
  }

  @Test
  void aSeedReplacesTheName() {
    ExperimentSetup named = setup(null, 0.5, 0.5);
    ExperimentSetup seeded =
        new ExperimentSetup("s", Instant.EPOCH, "foo", named.variants(), 1.0, "seed", false);

    // 0.0505 and 0.2696 by the seed.
    assertThat(seeded.assigned("a", AssignBy.growthbook), is(0));
    assertThat(seeded.assigned("b", AssignBy.growthbook), is(0));
    // 0.2575 by the name.
    assertThat(named.assigned("ab", AssignBy.growthbook), is(0));
  }
}
