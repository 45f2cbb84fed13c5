package dhara.demo;

import dhara.testkit.Command;
import java.util.List;

/** What a command that ended said about it. */
final class Said {

  private Said() {}

  /** Its error, without the hint at the stack trace. */
  static String last(Command command) {
    List<String> lines =
        command
            .err()
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("Run it with --verbose"))
            .map(line -> line.replaceFirst("^dhara: ", ""))
            .toList();
    return lines.isEmpty() ? "exit code " + command.exit() : lines.get(lines.size() - 1);
  }
}
