package dhara.layers;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.greaterThan;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The module structure of CONTRIBUTING.md: dependencies point one way, and files have unique names.
 */
@AnalyzeClasses(packages = "dhara", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {

  private static final int MOST_FILES = 25;

  @ArchTest
  static final ArchRule ARROWS_POINT_ONE_WAY =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("dhara..")
          .layer("options")
          .definedBy("dhara.options..")
          .layer("transforms")
          .definedBy(
              "dhara.events..",
              "dhara.formats..",
              "dhara.geo..",
              "dhara.records..",
              "dhara.statistics..",
              "dhara.text..",
              "dhara.tokens..",
              "dhara.transforms..")
          .layer("connectors")
          .definedBy(
              "dhara.connectors..",
              "dhara.files..",
              "dhara.metrics..",
              "dhara.scratch..",
              "dhara.terminal..")
          .layer("pipelines")
          .definedBy(
              "dhara.pipelines..",
              "dhara.asof..",
              "dhara.assembly..",
              "dhara.ledger..",
              "dhara.reconcile..")
          .layer("tools")
          .definedBy("dhara.cli..", "dhara.engine..", "dhara.lint..", "dhara.tools..")
          .layer("runners")
          .definedBy("dhara.runners..")
          .layer("testkit")
          .definedBy("dhara.testkit..", "dhara.parity..")
          .layer("proof")
          .definedBy("dhara.proof..")
          .whereLayer("options")
          .mayNotAccessAnyLayer()
          .whereLayer("transforms")
          .mayNotAccessAnyLayer()
          .whereLayer("connectors")
          .mayOnlyAccessLayers("options", "transforms")
          .whereLayer("pipelines")
          .mayOnlyAccessLayers("options", "transforms", "connectors")
          .whereLayer("tools")
          .mayOnlyAccessLayers("options", "transforms", "connectors", "pipelines")
          .whereLayer("runners")
          .mayOnlyAccessLayers("options", "transforms", "connectors", "pipelines", "tools")
          .whereLayer("testkit")
          .mayOnlyBeAccessedByLayers("proof")
          .whereLayer("proof")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule NO_CYCLE_OF_PACKAGES =
      slices().matching("dhara.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule AN_ANALYSIS_KNOWS_NO_CONNECTOR_AND_NO_RUNNER =
      noClasses()
          .that()
          .resideInAPackage("dhara.pipelines.*")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dhara.connectors..",
              "dhara.assembly..",
              "dhara.ledger..",
              "org.apache.beam.sdk.io..",
              "org.apache.beam.runners..");

  @ArchTest
  static final ArchRule A_CONNECTOR_KNOWS_NO_OTHER =
      slices()
          .matching("dhara.connectors.(files|kafka|console|google|postgres|webhook|redis|lookup)..")
          .should()
          .notDependOnEachOther();

  /** Checks the sources, and so also modules that are never on one class path together. */
  @Test
  void noPackageIsTooLargeToLookThrough() throws IOException {
    Map<String, List<Path>> large = grouped(path -> String.valueOf(path.getParent()));
    large.values().removeIf(files -> files.size() <= MOST_FILES);

    assertThat(large, anEmptyMap());
  }

  @Test
  void noTwoFilesHaveOneName() throws IOException {
    Map<String, List<Path>> twice = grouped(path -> String.valueOf(path.getFileName()));
    assertThat(twice.size(), greaterThan(100));
    twice.values().removeIf(files -> files.size() == 1);
    twice.remove("package-info.java");

    assertThat(twice, anEmptyMap());
  }

  /** The sources of all modules but the benchmarks. */
  private static Map<String, List<Path>> grouped(Function<Path, String> by) throws IOException {
    Map<String, List<Path>> grouped = new TreeMap<>();
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      files
          .filter(
              file -> file.toString().matches("\\.\\./(?!benchmarks).*/src/main/java/.*\\.java"))
          .forEach(
              file -> grouped.computeIfAbsent(by.apply(file), name -> new ArrayList<>()).add(file));
    }
    return grouped;
  }
}
