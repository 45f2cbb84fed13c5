package dhara.transforms.learn;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class HashedFeaturesTest {

  /** The hashes of these texts are published: cbd8a7b341bd9b02…, e34bbc7bbc071b6c…. */
  @Test
  void aFeatureHasTheLowestBitsOfItsHash() {
    assertThat(HashedFeatures.number("hello", 1 << 16), is(0x9b02));
    assertThat(HashedFeatures.number("hello", 1 << 8), is(0x02));
    assertThat(
        HashedFeatures.number("The quick brown fox jumps over the lazy dog", 1 << 16), is(0x1b6c));
  }

  @Test
  void anExampleHasEachNumberOnceInAscendingOrder() {
    List<String> features = List.of("hello", "a=1", "b=2", "hello");

    List<Integer> numbers = HashedFeatures.numbers(features, 1 << 16);

    assertThat(numbers, is(numbers.stream().sorted().distinct().toList()));
    assertThat(numbers.size(), is(3));
    assertThat(HashedFeatures.numbers(features, 1), is(List.of(0)));
    assertThat(HashedFeatures.name(770), is("h770"));
  }

  @Test
  void theEmptyTextIsAFeatureTooAndBucketsAreAPowerOfTwo() {
    int empty = HashedFeatures.number("", 4);

    assertThat(empty >= 0 && empty < 4, is(true));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> HashedFeatures.number("x", 1_000))
            .getMessage(),
        containsString("a power of two, and not 1000"));
  }
}
