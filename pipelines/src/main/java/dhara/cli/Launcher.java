package dhara.cli;

import java.io.File;

/** How this process was started, so that the commands it shows can be pasted. */
final class Launcher {

  /** What the command is called in help and errors. */
  static final String NAME = "dhara";

  /** Set to {@code maven} by the build's {@code exec:exec}. */
  private static final String PROPERTY = "dhara.launcher";

  private Launcher() {}

  /** The shell command that runs {@code arguments} on this engine again. */
  static String command(String engine, String arguments) {
    String classPath = System.getProperty("java.class.path", "");
    if ("maven".equals(System.getProperty(PROPERTY))) {
      String profile = engine.equals("direct") ? "" : " -P" + engine + "-runner";
      return "mvn -q compile exec:exec" + profile + " -Dargs=\"" + arguments + "\"";
    } else if (classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)) {
      return "java -jar " + classPath + " " + quoted(arguments);
    }
    return (NAME + " " + quoted(arguments)).strip();
  }

  /** A question mark is a wild card to a shell: zsh refuses one that matches no file. */
  private static String quoted(String arguments) {
    return arguments.replaceAll("\\S*[?*&;]\\S*", "\"$0\"");
  }
}
