package dhara.tools.deploy;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The recipes of images fit the build and the manifests. No test builds an image. */
class ImagesTest {

  private static final Path ROOT = Path.of("..");
  private static final Path TEMPLATES = Path.of("src/main/resources/dhara/tools/deploy");

  @ParameterizedTest
  @CsvSource({"flink, flink-operator/deployment.yaml", "spark, spark/job.yaml"})
  void holdsTheJarOfItsRunnerForTheUserOfItsManifest(String runner, String manifest)
      throws IOException {
    Path recipe = ROOT.resolve("runners/" + runner + "/Dockerfile");
    Path pom = ROOT.resolve("runners/" + runner + "/pom.xml");
    assertThat(found(recipe, "COPY target/(\\S+) "), is(found(pom, "<uber.name>(.*)</") + ".jar"));
    String user = found(recipe, "USER (\\d+:\\d+)");
    assertThat(
        found(TEMPLATES.resolve(manifest), "runAsUser: (\\d+)")
            + ":"
            + found(TEMPLATES.resolve(manifest), "runAsGroup: (\\d+)"),
        is(user));
  }

  @Test
  void flinksIsOfTheVersionOfTheBuild() throws IOException {
    Path recipe = ROOT.resolve("runners/flink/Dockerfile");
    Path manifest = TEMPLATES.resolve("flink-operator/deployment.yaml");
    String version = found(ROOT.resolve("pom.xml"), "<flink.version>(.*)</");
    assertThat(found(recipe, "ARG FLINK=(\\S+)"), is(version));
    assertThat(
        found(manifest, "flinkVersion: v(\\S+)").replace('_', '.'),
        is(version.substring(0, version.lastIndexOf('.'))));
    assertThat(
        found(manifest, "jarURI: local://(\\S+)"), is(found(recipe, "COPY target/\\S+ (\\S+)")));
    assertThat(
        found(manifest, "env.java.opts.all: \"(.*)\""),
        is(found(ROOT.resolve("runners/flink/pom.xml"), "<jvm.flags>(.*)</")));
  }

  private static String found(Path file, String pattern) throws IOException {
    Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
    if (!matcher.find()) {
      throw new AssertionError(file + " does not hold " + pattern);
    }
    return matcher.group(1);
  }
}
