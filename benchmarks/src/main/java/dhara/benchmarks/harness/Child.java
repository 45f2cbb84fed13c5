package dhara.benchmarks.harness;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A contestant's JVM: reads one {@link Task} a line from its input, runs it, and answers with one
 * {@link Reply} a line. Between tasks it only waits. What an engine prints goes to the error
 * stream.
 */
final class Child {

  /**
   * The result of a task.
   *
   * @param measured the measurement; null if it failed
   * @param failure why it failed; empty if it did not
   */
  record Reply(Measured measured, String failure) {}

  private Child() {}

  /**
   * Serves until its input ends.
   *
   * @param args the contestant's class
   */
  public static void main(String[] args) throws Exception {
    PrintStream replies = System.out;
    System.setOut(System.err);
    ObjectMapper json = new ObjectMapper();
    Contestant contestant =
        Class.forName(args[0]).asSubclass(Contestant.class).getConstructor().newInstance();
    Meter meter = new Meter();
    BufferedReader tasks =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = tasks.readLine(); line != null; line = tasks.readLine()) {
      Task task = json.readValue(line, Task.class);
      replies.println(json.writeValueAsString(reply(contestant, task, meter)));
      replies.flush();
      System.gc();
    }
    // Engines leave non-daemon threads behind.
    System.exit(0);
  }

  private static Reply reply(Contestant contestant, Task task, Meter meter) {
    try {
      return new Reply(meter.measure(() -> contestant.run(task)), "");
    } catch (Exception | LinkageError | OutOfMemoryError e) {
      e.printStackTrace();
      return new Reply(null, e.toString());
    }
  }
}
