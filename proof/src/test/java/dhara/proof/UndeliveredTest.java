package dhara.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dhara.testkit.Command;
import dhara.testkit.Receiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a backfill ends whose rows a real server does not take. */
class UndeliveredTest {

  private static final String NOT_DELIVERED =
      "1 row was not delivered; the dead letters UNDELIVERED say why, and redrive --output=NAME"
          + " sends them again";

  @TempDir private Path folder;

  private Receiver receiver;

  @BeforeEach
  void start() {
    receiver = Receiver.start();
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  private Command totalsToTheServer(String... options) throws IOException {
    Path order = folder.resolve("order.jsonl");
    Files.writeString(
        order,
        """
        {"id":"1","at":"2026-01-05T09:00:00Z","order":"o","product":"p","category":"c",\
        "country":"IN","city":"Pune","customer":"u","quantity":1,"unit_minor":100}
        """,
        UTF_8);
    return Command.run(
        "direct",
        Command.line(
            List.of(
                "order-metrics",
                "--events=" + order,
                "--answers=totals=" + receiver.uri("attempts=2&backoff=PT0.02S")),
            List.of(options)));
  }

  @Test
  void rowsThatAreTakenAreNoFault() throws IOException {
    Command run = totalsToTheServer("--answers=files:" + folder.resolve("out"));

    assertThat(run.err(), run.exit(), is(0));
    assertThat(receiver.taken().size(), is(1));
  }

  @Test
  void rowsThatAreRefusedEndItWithExitCode1AndTheOtherAnswersAreComplete() throws IOException {
    receiver.mood(Receiver.status(422));

    Command run = totalsToTheServer("--answers=files:" + folder.resolve("out"));

    assertThat(run.err(), run.exit(), is(1));
    assertThat(run.err(), containsString(NOT_DELIVERED));
    assertThat(run.err(), containsString("orders: read 1 = aggregated 1"));
    assertThat(Files.exists(folder.resolve("out/metrics/_SUCCESS")), is(true));
  }

  @Test
  void theSameIfTheirDeadLettersGoToTheConsole() throws IOException {
    receiver.mood(Receiver.status(422));

    Command run = totalsToTheServer("--answers=console");

    assertThat(run.err(), run.exit(), is(1));
    assertThat(run.err(), containsString(NOT_DELIVERED));
    assertThat(run.err(), not(containsString("unaccounted")));
  }
}
