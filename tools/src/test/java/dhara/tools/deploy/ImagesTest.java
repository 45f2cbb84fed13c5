package dhara.tools.deploy;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The recipes of images fit the build and the manifests. Nothing builds them here. */
class ImagesTest {

  private static final Path ROOT = Path.of("..");

  @Test
  void flinksImageHasTheVersionOfTheBuild() throws IOException {
    String recipe = Files.readString(ROOT.resolve("runners/flink/Dockerfile"));
    String version = found(Files.readString(ROOT.resolve("pom.xml")), "<flink.version>(.*)</");
    assertThat(recipe, containsString("ARG FLINK=" + version + "\n"));
    assertThat(
        Manifest.class.getResource("flink-operator/deployment.yaml") == null
            ? ""
            : new String(
                Manifest.class
                    .getResourceAsStream("flink-operator/deployment.yaml")
                    .readAllBytes(),
                java.nio.charset.StandardCharsets.UTF_8),
        containsString(
            "flinkVersion: v"
                + version.substring(0, version.lastIndexOf('.')).replace('.', '_')
                + "\n"));
  }

  private static String found(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    if (!matcher.find()) {
      throw new AssertionError(pattern + " is not in " + text);
    }
    return matcher.group(1);
  }
}
