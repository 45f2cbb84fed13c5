package dhara.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.Filter;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * Sets how much the engines log: warnings, on the error stream, and everything with {@code
 * --verbose}. An engine's module lists loggers with false alarms in {@code
 * dhara-logging.properties} (java.util.logging) or {@code log4j2.properties} (Spark).
 */
public final class Logs {

  private static final String FILE = "/dhara-logging.properties";

  private Logs() {}

  /**
   * Must be called before any class of an engine is loaded. A {@code
   * -Djava.util.logging.config.file} of the user takes precedence.
   */
  public static void configure(boolean verbose) {
    System.setProperty("dhara.log.level", verbose ? "info" : "warn");
    System.setProperty("dhara.log.false.alarms", verbose ? "info" : "off");
    if (System.getProperty("java.util.logging.config.file") != null) {
      return;
    }
    try (InputStream quiet = Logs.class.getResourceAsStream(FILE)) {
      if (quiet == null) {
        return;
      }
      String properties = new String(quiet.readAllBytes(), StandardCharsets.ISO_8859_1);
      if (verbose) {
        properties = properties.replaceAll("(?m)^.*\\.level *=.*$", "") + "\n.level = INFO\n";
      }
      LogManager.getLogManager()
          .readConfiguration(
              new ByteArrayInputStream(properties.getBytes(StandardCharsets.ISO_8859_1)));
      if (!verbose) {
        for (Handler handler : Logger.getLogger("").getHandlers()) {
          handler.setFilter(quiet());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + FILE, e);
    }
  }

  /** Without repetitions, and without what a task that is cancelled says of its interruption. */
  static Filter quiet() {
    Filter repeated = new Repeated(System::nanoTime);
    return line -> !(line.getThrown() instanceof InterruptedException) && repeated.isLoggable(line);
  }
}
