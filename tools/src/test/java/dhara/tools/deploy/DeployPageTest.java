package dhara.tools.deploy;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files below docs/deploy/ are those that the commands of docs/deploy.md write. Run this test
 * with {@code -Ddhara.readme.write=true} to rewrite them.
 */
class DeployPageTest {

  private static final Path PAGE = Path.of("../docs/deploy.md");
  private static final Path EXAMPLES = Path.of("../docs/deploy");
  private static final Pattern COMMAND =
      Pattern.compile("(?s)```\\njava -jar \\S+ deploy (.*?--out=docs/deploy/(\\S+).*?)\\n```");

  @Test
  void showsWhatItsCommandsWrite(@TempDir Path folder) throws IOException {
    Matcher commands = COMMAND.matcher(Files.readString(PAGE));
    int count = 0;
    while (commands.find()) {
      count++;
      String name = commands.group(2);
      List<String> words =
          Stream.of(commands.group(1).replace("\\\n", " ").split("\\s+", -1))
              .map(word -> word.replace("'", "").replace("\"", ""))
              .map(word -> word.startsWith("--out=") ? "--out=" + folder.resolve(name) : word)
              .map(word -> word.replace("=routes/", "=../routes/"))
              .toList();

      Deployed deployed = Deployed.run(words);

      assertThat(deployed.err(), deployed.exit(), is(0));
      Map<String, String> written = Deployed.files(folder.resolve(name));
      Path example = EXAMPLES.resolve(name);
      if (Boolean.getBoolean("dhara.readme.write")) {
        Files.createDirectories(example);
        for (Map.Entry<String, String> file : written.entrySet()) {
          Files.writeString(example.resolve(file.getKey()), file.getValue());
        }
      }
      assertThat(
          example + " (-Ddhara.readme.write=true writes it)", Deployed.files(example), is(written));
      String next = deployed.out().substring(deployed.out().indexOf("Next:"));
      for (String line : next.lines().skip(1).toList()) {
        assertThat(
            PAGE + " shows what to type next",
            Files.readString(PAGE),
            containsString(line.strip().replace(folder.toString(), "docs/deploy")));
      }
    }
    assertThat(count, is(2));
  }
}
