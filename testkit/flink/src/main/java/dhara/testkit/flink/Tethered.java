package dhara.testkit.flink;

import java.io.IOException;
import java.util.Arrays;

/**
 * The main class of a JVM that must not outlive the one that started it, even if that one is
 * killed: it runs another main class, and exits when its standard input is closed.
 */
public final class Tethered {

  private static final int GONE = 143;

  private Tethered() {}

  /**
   * Runs a main class.
   *
   * @param arguments the class, and then its arguments
   */
  public static void main(String... arguments) throws Exception {
    Thread tether = new Thread(Tethered::hold, "dhara-tether");
    tether.setDaemon(true);
    tether.start();
    Class.forName(arguments[0])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
  }

  private static void hold() {
    try {
      while (System.in.read() >= 0) {
        // Nobody writes, so the read returns only at the end.
      }
    } catch (IOException e) {
      System.err.println("the tether broke: " + e);
    }
    Runtime.getRuntime().halt(GONE);
  }
}
