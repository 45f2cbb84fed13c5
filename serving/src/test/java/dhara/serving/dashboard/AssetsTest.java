package dhara.serving.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AssetsTest {

  private static final Pattern REFERENCE = Pattern.compile("(?:src|href)=\"([^\"]+)\"");
  private static final Pattern IMPORT = Pattern.compile("(?m)from '\\./([a-z-]+\\.js)';$");
  private static final Pattern ADDRESS = Pattern.compile("https?://[^\\s'\"`)]+");

  private static String text(String path) {
    return new String(
        Assets.of(path).orElseThrow(() -> new AssertionError("no " + path)).bytes(), UTF_8);
  }

  /** The page and everything that it loads, however indirectly. */
  private static Set<String> loaded() {
    Set<String> seen = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of("/"));
    while (!open.isEmpty()) {
      String path = open.pop();
      if (!seen.add(path)) {
        continue;
      }
      String text = text(path);
      if (path.equals("/")) {
        REFERENCE.matcher(text).results().map(found -> found.group(1)).forEach(open::push);
      } else if (path.startsWith("/dashboard/") && path.endsWith(".js")) {
        IMPORT
            .matcher(text)
            .results()
            .map(found -> "/dashboard/" + found.group(1))
            .forEach(open::push);
      }
    }
    return seen;
  }

  @Test
  void everythingThatThePageLoadsIsThere() {
    Set<String> loaded = loaded();

    assertThat(loaded, hasItem("/lib/uplot.js"));
    assertThat(loaded, hasItem("/dashboard/rows.js"));
    assertThat(loaded.size(), greaterThan(15));
  }

  @Test
  void modulesAreAnnouncedSoThatTheyLoadAtOnce() {
    Set<String> announced = new LinkedHashSet<>();
    REFERENCE.matcher(text("/")).results().map(found -> found.group(1)).forEach(announced::add);

    assertThat(
        loaded().stream().filter(path -> !path.equals("/") && !announced.contains(path)).toList(),
        is(List.of()));
  }

  @Test
  void thePageIsSmallerThan300KilobytesPacked() {
    int packed =
        loaded().stream().mapToInt(path -> Assets.of(path).orElseThrow().gzip().length).sum();

    assertThat(packed, lessThan(300_000));
  }

  @Test
  void noScriptStandsInThePageItself() {
    assertThat(
        Pattern.compile("<script[^>]*>([^<]*)</script>")
            .matcher(text("/"))
            .results()
            .map(found -> found.group(1))
            .toList(),
        everyItem(emptyString()));
    assertThat(Pattern.compile("\\son[a-z]+=|style=").matcher(text("/")).find(), is(false));
  }

  @Test
  void nothingIsLoadedFromAnotherMachine() {
    // The name space of SVG is a name that looks like an address.
    Stream<String> addresses =
        loaded().stream()
            .filter(path -> !path.startsWith("/lib/"))
            .flatMap(path -> ADDRESS.matcher(text(path)).results().map(MatchResult::group));

    assertThat(
        addresses.filter(address -> !address.equals("http://www.w3.org/2000/svg")).toList(),
        is(List.of()));
  }

  @Test
  void typesAndTagsAreThoseOfTheFile() {
    assertThat(Assets.of("/").orElseThrow().type(), startsWith("text/html"));
    assertThat(Assets.of("/lib/preact.js").orElseThrow().type(), startsWith("text/javascript"));
    assertThat(Assets.of("/favicon.ico").orElseThrow().type(), is("image/svg+xml"));
    assertThat(
        Assets.of("/dashboard/app.js").orElseThrow().etag(),
        not(Assets.of("/dashboard/rows.js").orElseThrow().etag()));
    assertThat(text("/lib/preact.js").contains("sourceMappingURL"), is(false));
  }

  @Test
  void noOtherFileOfTheClassPathCanBeRead() {
    for (String path :
        List.of(
            "/dashboard/../logging.properties",
            "/dashboard/%2e%2e/x.js",
            "/dashboard/a/b.js",
            "/lib/react.js",
            "/META-INF/MANIFEST.MF",
            "/dashboard/Assets.class",
            "",
            "//")) {
      assertThat(path, Assets.of(path), is(Optional.empty()));
    }
  }
}
