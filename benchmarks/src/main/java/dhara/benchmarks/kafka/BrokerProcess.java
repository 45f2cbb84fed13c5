package dhara.benchmarks.kafka;

import dhara.testkit.EmbeddedKafka;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Kafka broker in its own JVM, so that its cost is in no contestant's figures and it shares no
 * heap. Its data is in a temporary folder that is deleted with it.
 */
public final class BrokerProcess implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 30;

  private final Process process;
  private final String bootstrap;

  private BrokerProcess(Process process, String bootstrap) {
    this.process = process;
    this.bootstrap = bootstrap;
  }

  /**
   * Starts a broker, and returns when it answers.
   *
   * @param classPath one that holds this class
   * @param log where what it prints goes
   * @throws IOException where it does not start
   */
  public static BrokerProcess start(String classPath, Path log) throws IOException {
    Files.createDirectories(log.getParent());
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx768m",
                    "-Duser.timezone=UTC",
                    "-cp",
                    classPath,
                    BrokerProcess.class.getName()))
            .redirectError(log.toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    String bootstrap =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    if (bootstrap == null) {
      throw new IOException("the Kafka broker did not start; " + log + " says why");
    }
    return new BrokerProcess(process, bootstrap);
  }

  /** Its {@code host:port}. */
  public String bootstrap() {
    return bootstrap;
  }

  /** Processor time that it has used so far, in nanoseconds. */
  public long cpuNanos() {
    return process.info().totalCpuDuration().map(java.time.Duration::toNanos).orElse(0L);
  }

  /** Stops it; its data go with it. */
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }

  /**
   * The broker's own JVM: prints where it is, and runs until its input ends.
   *
   * @param args none
   */
  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    System.setOut(System.err);
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      out.println(kafka.bootstrap());
      out.flush();
      while (System.in.read() >= 0) {
        // The parent writes nothing, and closes this input when it is done.
      }
    }
    System.exit(0);
  }
}
