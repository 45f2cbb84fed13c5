package dhara.benchmarks.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;

import java.util.List;
import org.junit.jupiter.api.Test;

class GivenOptionsTest {

  @Test
  void anOptionOfTheUserTakesThePlaceOfTheSameOne() {
    assertThat(
        GivenOptions.over(
            List.of("--lateness=PT0S", "--parallelism=2"),
            List.of("--parallelism=1", "--early=PT1S", "--unwritten")),
        contains("--lateness=PT0S", "--parallelism=1", "--early=PT1S", "--unwritten"));
  }
}
