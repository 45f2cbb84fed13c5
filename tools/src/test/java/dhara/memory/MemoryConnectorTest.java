package dhara.memory;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dhara.terminal.Console;
import dhara.tools.Dhara;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One class on the class path is all that a new kind of endpoint takes. */
class MemoryConnectorTest {

  private static final String EVENTS = "--events=../test-data/order-metrics/orders.jsonl";

  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void takesAnswersThatAreReadBackAndCompared() {
    assertThat(run("order-metrics", EVENTS, "--answers=memory://shop"), is(0));
    assertThat(run("order-metrics", EVENTS, "--answers=files:" + folder), is(0));

    int equal = run("reconcile", "memory://shop", "files:" + folder, "--analysis=order-metrics");

    assertThat(printed(out), containsString("same 166"));
    assertThat(equal, is(0));
    assertThat(
        run("order-metrics", EVENTS, "--answers=console", "--compareTo=memory://shop"), is(0));
    assertThat(printed(err), containsString("same 158, changed 0"));
  }

  @Test
  void isRefusedForWhatItCannotDo() {
    assertThat(run("order-metrics", "--events=memory://shop"), is(2));
    assertThat(
        printed(err),
        containsString(
            "--events=memory://shop: cannot be read; these can: files:PATH,"
                + " kafka://HOST:9092/TOPIC"));
  }

  private int run(String... arguments) {
    return Dhara.on(Console.piped(stream(out), stream(err))).run(arguments);
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String printed(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
