package dhara.benchmarks.harness;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An entrant in its own JVM, which lives until {@link #end}. */
final class Rival {

  /** A run that gave no figures. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    Failed(String message) {
      super(message);
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Entrant entrant;
  private final Process process;
  private final Path log;
  private final Writer tasks;
  private final BufferedReader replies;

  private Rival(Entrant entrant, Process process, Path log) {
    this.entrant = entrant;
    this.process = process;
    this.log = log;
    this.tasks = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    this.replies =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** The flags of an entrant's JVM. */
  static List<String> flags(Entrant entrant, List<String> shared) {
    List<String> flags = new ArrayList<>(shared);
    flags.addAll(entrant.classPath().flags());
    flags.addAll(entrant.flags());
    return flags;
  }

  /**
   * Starts the JVM.
   *
   * @param flags of its JVM
   * @param log where what it prints goes
   */
  static Rival start(Entrant entrant, String classPath, List<String> flags, Path log)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(classPath);
    command.add(Child.class.getName());
    command.add(entrant.contestant());
    Files.createDirectories(log.getParent());
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new Rival(entrant, process, log);
  }

  Entrant entrant() {
    return entrant;
  }

  /**
   * Runs a task.
   *
   * @param most how long it may take
   * @throws Failed where it failed, did not come back, or its JVM died
   */
  Measured run(Task task, Duration most) throws Failed, InterruptedException {
    CompletableFuture<String> reply =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                tasks.write(JSON.writeValueAsString(task) + "\n");
                tasks.flush();
                String line = replies.readLine();
                while (line != null && !line.startsWith("{")) {
                  line = replies.readLine(); // a JVM that records itself says so, on this stream
                }
                return line == null ? "" : line;
              } catch (IOException e) {
                return "";
              }
            });
    try {
      String line = reply.get(most.toSeconds(), TimeUnit.SECONDS);
      if (line.isEmpty()) {
        throw new Failed("its JVM died; " + log + " says why");
      }
      Child.Reply answer = JSON.readValue(line, Child.Reply.class);
      if (answer.measured() == null) {
        throw new Failed(answer.failure() + "; more in " + log);
      }
      return answer.measured();
    } catch (TimeoutException e) {
      process.destroyForcibly();
      throw new Failed("not done after " + most.toSeconds() + " s; see --timeout");
    } catch (ExecutionException | IOException e) {
      throw new Failed("no figures came: " + e.getMessage());
    }
  }

  /** Lets the JVM end. */
  void end() throws InterruptedException {
    try {
      tasks.close();
    } catch (IOException e) {
      // It is gone already, and with it its tasks.
      process.destroyForcibly();
    }
    if (!process.waitFor(5, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
