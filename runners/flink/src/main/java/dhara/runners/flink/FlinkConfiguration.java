package dhara.runners.flink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;

/**
 * The configuration that Flink runs with. Flink reads it only from a folder, so the settings of a
 * run are written to a new folder, on top of the user's own configuration.
 */
final class FlinkConfiguration {

  private FlinkConfiguration() {}

  /** The user's configuration, from {@code --flinkConfDir} or {@code FLINK_CONF_DIR}. */
  static Configuration ofUser(FlinkPipelineOptions options) {
    return options.getFlinkConfDir() == null
        ? GlobalConfiguration.loadConfiguration()
        : GlobalConfiguration.loadConfiguration(options.getFlinkConfDir());
  }

  /**
   * Makes Flink run with additional settings.
   *
   * @param settings override the user's
   * @param folder that exists
   */
  static void use(
      FlinkPipelineOptions options, Configuration user, Map<String, String> settings, Path folder)
      throws IOException {
    Map<String, String> all = new TreeMap<>(user.toMap());
    all.putAll(settings);
    // A file in the old format has lists that the new format parses differently.
    boolean old = !GlobalConfiguration.isStandardYaml() && !user.toMap().isEmpty();
    Files.write(
        folder.resolve(
            old
                ? GlobalConfiguration.LEGACY_FLINK_CONF_FILENAME
                : GlobalConfiguration.FLINK_CONF_FILENAME),
        all.entrySet().stream()
            .map(entry -> entry.getKey() + ": " + (old ? entry.getValue() : quoted(entry)))
            .toList());
    options.setFlinkConfDir(folder.toString());
  }

  private static String quoted(Map.Entry<String, String> entry) {
    return "'" + entry.getValue().replace("'", "''") + "'";
  }
}
