package dhara.tools.deploy;

import dhara.options.BadOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A volume of Kubernetes.
 *
 * @param claim the name of its PersistentVolumeClaim
 * @param path the folder at which pods see it
 */
record Volume(String claim, String path) {

  private static final Pattern SHAPE =
      Pattern.compile("([a-z0-9][a-z0-9.-]*):((?:/[A-Za-z0-9._-]+)+)");

  /**
   * Reads {@code CLAIM:/FOLDER}.
   *
   * @throws BadOption if it is none, or the folder is one that pods need
   */
  static Volume of(String text) {
    Matcher shape = SHAPE.matcher(text);
    if (!shape.matches()) {
      throw new BadOption("--volume", text, "is no claim and folder, e.g. --volume=archive:/data");
    } else if (shape.group(2).matches("/(tmp|opt|etc)(/.*)?") || shape.group(2).contains("/..")) {
      throw new BadOption(
          "--volume", text, "would hide a folder of the image, e.g. --volume=archive:/data");
    }
    return new Volume(shape.group(1), shape.group(2));
  }

  /** Whether a path is in it. */
  boolean holds(String file) {
    return file.startsWith(path + "/") && !file.contains("/../");
  }
}
