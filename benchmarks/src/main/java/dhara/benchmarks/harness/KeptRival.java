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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A {@link Contestant} in its own JVM, which lives until {@link #end} and measures itself. */
final class KeptRival implements Rival {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final Path log;
  private final Writer tasks;
  private final BufferedReader replies;

  private KeptRival(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.tasks = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    this.replies =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts the JVM.
   *
   * @param flags of its JVM
   * @param log where what it prints goes
   */
  static Rival start(Entrant entrant, String classPath, List<String> flags, Path log)
      throws IOException {
    List<String> command = Rival.java(flags, classPath, Child.class.getName());
    command.add(entrant.contestant());
    Files.createDirectories(log.getParent());
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new KeptRival(process, log);
  }

  @Override
  public Measured run(Task task, Duration most) throws Failed, InterruptedException {
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

  @Override
  public void end() throws InterruptedException {
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
