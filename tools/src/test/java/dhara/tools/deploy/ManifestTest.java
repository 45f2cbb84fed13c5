package dhara.tools.deploy;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Templates with values that YAML could take for something else. */
class ManifestTest {

  private static final List<String> ODD =
      List.of(
          "",
          " ",
          "yes",
          "no",
          "true",
          "null",
          "~",
          "8081",
          "0o17",
          "1e3",
          "2026-10-01",
          "a: b",
          "a #b",
          "- a",
          "{a}",
          "[a]",
          "*a",
          "&a",
          "!a",
          "%a",
          "@a",
          "`a`",
          "'a'",
          "\"a\"",
          "a\\b",
          "tab\there",
          "ünï ☃ 🙂",
          "{{name}}",
          "--map=a=b:decimal(2;,)");

  @Test
  void listsAndMapsComeBackAsTheyWere() {
    Map<String, Object> files = Map.of("one", "a\n  b: {{c}}\n\n# d\n", "two", "no end of line");
    String yaml = Manifest.of("test.yaml", Map.of("name", "orders", "many", ODD, "map", files));
    assertThat(
        new Yaml().<Map<?, ?>>load(yaml),
        is(
            Map.of(
                "name",
                "orders",
                "text",
                "the-orders.x",
                "list",
                ODD,
                "in",
                Map.of("lists", List.of(Map.of("first", ODD, "map", files))),
                "map",
                files)));
  }

  @Test
  void emptyOnesLeaveNothingOrAnEmptyOne() {
    String yaml = Manifest.of("test.yaml", Map.of("name", "o", "many", List.of(), "map", Map.of()));
    assertThat(
        new Yaml().<Map<?, ?>>load(yaml),
        is(
            Map.of(
                "name", "o",
                "text", "the-o.x",
                "list", List.of(),
                "in", Map.of("lists", List.of(Map.of("first", List.of(), "map", Map.of()))),
                "map", Map.of())));
  }

  @Test
  void aValueThatIsMissingOrNoWordIsAnErrorOfTheTemplate() {
    assertThrows(IllegalStateException.class, () -> Manifest.of("test.yaml", Map.of()));
    assertThrows(
        IllegalStateException.class,
        () -> Manifest.of("test.yaml", Map.of("name", "a b", "many", List.of(), "map", Map.of())));
  }
}
