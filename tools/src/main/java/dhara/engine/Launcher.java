package dhara.engine;

import java.io.File;
import java.util.List;

/** How this process was started, so that the commands that it prints can be pasted into a shell. */
public final class Launcher {

  /** What the command is called in help and errors. */
  public static final String NAME = "dhara";

  /** {@code maven} by the build's {@code exec:exec}; by {@code bin/dhara}, as the user typed it. */
  private static final String PROPERTY = "dhara.launcher";

  /** The build's profile, if it is not named for the engine. */
  private static final String PROFILE = "dhara.profile";

  private Launcher() {}

  /** The shell command that runs {@code arguments} on the engine of this class path. */
  public static String command(String arguments) {
    List<String> engines = EngineSettings.names();
    return command(engines.size() == 1 ? engines.get(0) : DEFAULT, arguments);
  }

  /** The shell command that runs {@code arguments} on an engine. */
  public static String command(String engine, String arguments) {
    String launcher = System.getProperty(PROPERTY, "");
    String classPath = System.getProperty("java.class.path", "");
    if (launcher.equals("maven")) {
      String named = System.getProperty(PROFILE, "");
      String profile =
          !named.isEmpty()
              ? " -P" + named
              : engine.equals(DEFAULT) ? "" : " -P" + engine + "-runner";
      return "mvn -q compile exec:exec" + profile + " -Dargs=\"" + arguments + "\"";
    } else if (!launcher.isEmpty()) {
      return launcher
          + (engine.equals(DEFAULT) ? " " : " --engine=" + engine + " ")
          + quoted(arguments);
    } else if (classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)) {
      return "java -jar " + classPath + " " + quoted(arguments);
    }
    return (NAME + " " + quoted(arguments)).strip();
  }

  /** The engine if none is named. */
  private static final String DEFAULT = "direct";

  /** A question mark is a wild card in a shell, and zsh reports an error if it matches no file. */
  private static String quoted(String arguments) {
    return arguments.replaceAll("\\S*[?*&;]\\S*", "\"$0\"");
  }
}
