package dhara.layers;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * The modules that stand above the command: serving knows no engine, and only the demonstration
 * knows it.
 */
@AnalyzeClasses(packages = "dhara", importOptions = ImportOption.DoNotIncludeTests.class)
class ServingLayersTest {

  @ArchTest
  static final ArchRule ONLY_THE_DEMONSTRATION_KNOWS_SERVING =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("dhara..")
          .layer("serving")
          .definedBy("dhara.serving..")
          .layer("demo")
          .definedBy("dhara.demo..")
          .whereLayer("serving")
          .mayOnlyBeAccessedByLayers("demo")
          .whereLayer("demo")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule SERVING_KNOWS_NO_ENGINE_AND_NO_TEST_KIT =
      noClasses()
          .that()
          .resideInAPackage("dhara.serving..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dhara.runners..", "dhara.testkit..", "org.apache.flink..");

  @ArchTest
  static final ArchRule NO_CYCLE_OF_PACKAGES =
      slices().matching("dhara.(**)").should().beFreeOfCycles();
}
