package dhara.testkit;

import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import java.nio.file.Path;
import java.util.List;

/** The events of an analysis in {@code test-data/}: a folder named as the analysis. */
public final class TestData {

  /** The package of the product's analyses; those of tests have no files in the repository. */
  private static final String PRODUCT = "dhara.pipelines.";

  private TestData() {}

  /** The analyses of the class path whose files the repository keeps, by name. */
  public static List<String> analyses() {
    return Analysis.all().values().stream()
        .filter(analysis -> analysis.getClass().getName().startsWith(PRODUCT))
        .map(Analysis::name)
        .toList();
  }

  /**
   * The options of a run that reads all its inputs.
   *
   * @param testData where {@code test-data/} is
   * @param suffix of the files: {@code .jsonl}
   */
  public static List<String> read(Analysis<?> analysis, Path testData, String suffix) {
    return analysis.inputs().stream()
        .map(
            input ->
                "--events=%s%s"
                    .formatted(
                        analysis.inputs().size() == 1 ? "" : input.name() + "=",
                        file(analysis, input, testData, suffix)))
        .toList();
  }

  private static Path file(Analysis<?> analysis, Input<?> input, Path testData, String suffix) {
    return testData.resolve(analysis.name()).resolve(input.name() + suffix);
  }
}
