package dhara.proof;

import dhara.runners.direct.DirectEngine;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A stream on an embedded Flink, in a process of its own, as a user starts one. */
record EmbeddedStream(Process process, Path log) implements AutoCloseable {

  static EmbeddedStream start(Path folder, List<String> arguments) throws Exception {
    Path log = Files.createTempFile(folder, "stream", ".log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx768m",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-cp",
                flinkAlone(),
                "dhara.cli.Dhara"));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("FLINK_CONF_DIR");
    return new EmbeddedStream(
        builder.redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
  }

  /** This class path has two engines; the command wants one. */
  private static String flinkAlone() throws URISyntaxException {
    Path direct =
        Path.of(DirectEngine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return Arrays.stream(
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                .split(File.pathSeparator))
        .filter(entry -> !Path.of(entry).equals(direct))
        .collect(Collectors.joining(File.pathSeparator));
  }

  void checkRunning() {
    if (!process.isAlive()) {
      try {
        throw new IllegalStateException("the stream ended:\n" + Files.readString(log));
      } catch (IOException e) {
        throw new IllegalStateException("the stream ended", e);
      }
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
