package dhara.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiagramTest {

  private static final String JAVADOC =
      """
      package shop;

      /**
       * Counts.
       *
       * <pre>
       *   a ──▶ b &lt; c
       *
       *     └─▶ d
       * </pre>
       */
      public final class Counting {}
      """;

  @Test
  void isTheFirstPictureOfTheClassWithoutItsMargin() {
    assertThat(Diagram.in(JAVADOC), is(Optional.of("a ──▶ b < c\n\n  └─▶ d")));
  }

  @Test
  void isEmptyIfOnlyAMemberHasOne() {
    String picture = JAVADOC.substring(JAVADOC.indexOf("/**"), JAVADOC.indexOf("public"));

    assertThat(
        Diagram.in("package shop;\n\npublic final class Counting {\n" + picture + "int n; }\n"),
        is(Optional.empty()));
  }
}
