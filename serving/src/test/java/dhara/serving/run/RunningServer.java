package dhara.serving.run;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.serving.shop.HttpAsk;
import dhara.terminal.Console;
import dhara.tools.Dhara;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The verb serve in a thread of a test, asked over HTTP. */
final class RunningServer implements AutoCloseable {

  private static final Pattern ADDRESS = Pattern.compile("Serving at (\\S+)");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Thread thread;
  private volatile int exit = -1;
  private HttpAsk ask;

  private RunningServer(String... arguments) {
    Dhara dhara =
        Dhara.on(
            Console.piped(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)));
    thread = new Thread(() -> exit = dhara.run(arguments), "serve");
  }

  static RunningServer start(String... arguments) {
    List<String> patient = new ArrayList<>(List.of(arguments));
    patient.add("--sqlTimeout=" + HttpAsk.PATIENCE);
    RunningServer server = new RunningServer(patient.toArray(String[]::new));
    server.thread.start();
    return server;
  }

  /** What it has told the user. */
  String said() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** Waits until it has an address. */
  HttpAsk ask() throws Exception {
    if (ask != null) {
      return ask;
    }
    until("it has an address", () -> ADDRESS.matcher(out.toString(StandardCharsets.UTF_8)).find());
    Matcher address = ADDRESS.matcher(out.toString(StandardCharsets.UTF_8));
    assertThat(address.find(), is(true));
    ask = new HttpAsk(URI.create(address.group(1)));
    return ask;
  }

  /** Orders by name and the start of the window. */
  Map<String, Long> orders() throws Exception {
    JsonNode result =
        HttpAsk.json(
            ask()
                .sql(
                    "select dimension || ' ' || name || ' ' || window_start, orders from"
                        + " order_metrics_metrics"));
    Map<String, Long> orders = new TreeMap<>();
    result.path("rows").forEach(row -> orders.put(row.get(0).asText(), row.get(1).asLong()));
    return orders;
  }

  /** Waits until something holds, while it runs. */
  void until(String what, Callable<Boolean> holds) throws Exception {
    long deadline = System.nanoTime() + HttpAsk.PATIENCE.toNanos();
    while (!holds.call()) {
      if (!thread.isAlive() || System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + HttpAsk.PATIENCE + ": " + what + "\n" + said());
      }
      Thread.sleep(50); // it runs in other threads
    }
  }

  /** Stops it, as Ctrl-C does, and returns its exit code. */
  int stop() throws InterruptedException {
    thread.interrupt();
    thread.join();
    return exit;
  }

  @Override
  public void close() throws IOException {
    thread.interrupt();
  }
}
