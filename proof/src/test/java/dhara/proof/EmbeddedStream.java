package dhara.proof;

import dhara.runners.direct.DirectEngine;
import dhara.testkit.flink.LiveStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A stream on an embedded Flink in its own process, as a user starts one.
 *
 * @param log the output of both its streams
 * @param temporary the folder of its temporary files, and of other streams with the same folder
 */
record EmbeddedStream(Process process, Path log, Path temporary) implements LiveStream {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  static EmbeddedStream start(Path folder, List<String> arguments) throws Exception {
    return start(folder, arguments, null);
  }

  /**
   * Starts a stream.
   *
   * @param first a prefix of the class path; null for none
   */
  static EmbeddedStream start(Path folder, List<String> arguments, @Nullable Path first)
      throws Exception {
    return start(folder, "dhara.tools.Dhara", arguments, first);
  }

  /** The same by another main class. */
  static EmbeddedStream start(
      Path folder, String main, List<String> arguments, @Nullable Path first) throws Exception {
    Path log = Files.createTempFile(folder, "stream", ".log");
    Path temporary = Files.createDirectories(folder.resolve("temporary"));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx768m",
                // It lives for a minute: the second compiler would take more time than it saves.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + temporary,
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-cp",
                first == null ? flinkAlone() : first + File.pathSeparator + flinkAlone(),
                main));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("FLINK_CONF_DIR");
    builder.environment().put("XDG_STATE_HOME", folder.resolve("state").toString());
    return new EmbeddedStream(
        builder.redirectErrorStream(true).redirectOutput(log.toFile()).start(), log, temporary);
  }

  /** A class path with Flink only, because this one has two engines and the command accepts one. */
  private static String flinkAlone() throws URISyntaxException {
    Path direct =
        Path.of(DirectEngine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return Arrays.stream(
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                .split(File.pathSeparator))
        .filter(entry -> !Path.of(entry).equals(direct))
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Override
  public void checkRunning() {
    if (!process.isAlive()) {
      throw new IllegalStateException("the stream ended:\n" + said());
    }
  }

  /** Its output so far. */
  String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the first line of output that contains a text, and returns it. */
  String says(String part) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<String> line = said().lines().filter(each -> each.contains(part)).findFirst();
      if (line.isPresent()) {
        return line.get();
      }
      checkRunning();
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("it does not say '" + part + "':\n" + said());
      }
      TimeUnit.MILLISECONDS.sleep(50); // between two looks at its log
    }
  }

  /** Stops it like Ctrl-C, and waits for its end. */
  String end() {
    process.destroy();
    process.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    return said();
  }

  /** Kills it like {@code kill -9}. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
