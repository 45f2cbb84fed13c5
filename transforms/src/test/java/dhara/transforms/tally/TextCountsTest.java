package dhara.transforms.tally;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextCountsTest {

  private static TextCounts of(int most, List<String> texts) {
    return texts.stream()
        .map(text -> TextCounts.of(text, most))
        .reduce(TextCounts.NONE, TextCounts::plus);
  }

  @Test
  void textsAreCounted() {
    assertThat(of(9, List.of("b", "a", "b")), is(new TextCounts(9, Map.of("a", 1L, "b", 2L), 0)));
    assertThat(of(9, List.of()), is(TextCounts.NONE));
  }

  @Test
  void beyondTheBoundTheFirstInTheirOrderAreExactAndTheRestIsCountedTogether() {
    TextCounts expected = new TextCounts(2, Map.of("a", 2L, "b", 3L), 4);

    assertThat(of(2, List.of("d", "b", "c", "b", "a", "c", "a", "b", "c")), is(expected));
    assertThat(
        of(2, List.of("c", "d", "b")).plus(of(2, List.of("a", "b", "c", "a", "c", "b"))),
        is(expected));
  }

  @Test
  void differentBoundsDoNotAddUp() {
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> TextCounts.of("a", 2).plus(TextCounts.of("b", 3)))
            .getMessage(),
        containsString("counts of 2 and 3 texts do not add up"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> TextCounts.of("a", 0)).getMessage(),
        is("counts are of at least 1 text, not 0"));
  }
}
