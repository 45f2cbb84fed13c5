package dhara.tools;

import dhara.pipelines.Analysis;
import dhara.tools.template.FlexTemplate;
import dhara.tools.template.LaunchCommands;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The launch commands of docs/dataflow.md are those that {@code template} shows. */
class DataflowPageTest {

  @Test
  void showsHowEachAnalysisIsLaunched() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Analysis<?> analysis : ReadmeTest.shipped()) {
      LaunchCommands commands =
          new LaunchCommands(FlexTemplate.of(analysis), "gs://BUCKET/templates");
      text.append(
          "\n**`%s`**\n\n```\n%s\n\n%s\n\n%s\n```\n"
              .formatted(
                  analysis.name(),
                  commands.copy("target/templates/" + analysis.name() + ".json"),
                  commands.stream(),
                  commands.backfill()));
    }
    ReadmeTest.assertPart(Path.of("../docs/dataflow.md"), "commands", text + "\n");
  }
}
